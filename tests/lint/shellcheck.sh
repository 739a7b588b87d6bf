#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every shell script, by its name or its first line.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v shellcheck >/dev/null || { echo "SKIP: no shellcheck"; exit 77; }
# SC2119, SC2120: a function may have arguments that nobody has given it so far.
git ls-files -co --exclude-standard | grep -vE '^vmlinux/.*\.h$' |
	xargs -d '\n' awk '/^#!.*[ \/](ba|da)?sh( |$)/ || FILENAME ~ /\.sh$/ { print FILENAME } { nextfile }' |
	xargs -d '\n' -P 2 -n 20 shellcheck -x -P SCRIPTDIR -e SC2119,SC2120 -f gcc || exit 1
