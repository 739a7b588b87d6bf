#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The layout of all C: .clang-format is the one judge (make format).
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v clang-format >/dev/null || { echo "SKIP: no clang-format"; exit 77; }
git ls-files -co --exclude-standard -- '*.[ch]' | grep -v ^vmlinux/ |
	xargs -d '\n' clang-format --dry-run -Werror 2>&1 |
	sed -nE 's/^([^ ]+:[0-9]+):[0-9]+: error: (.*)/\1: \2/p' | grep . && exit 1
exit 0
