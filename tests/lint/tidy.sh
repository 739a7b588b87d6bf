#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# clang-tidy over the agent and the tools, as .clang-tidy says. One file a run: with more, clang 14
# takes every va_list but the first file's for uninitialized.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v clang-tidy >/dev/null || { echo "SKIP: no clang-tidy"; exit 77; }
build=${REAPD_BUILD:-build}
[ -e "$build/reapd.skel.h" ] || { echo "SKIP: no $build/reapd.skel.h (made by make)"; exit 77; }
files() { git ls-files -co --exclude-standard -- 'agent/*.c' 'tools/*.c'; }
# In a hurry, those that are not committed yet.
[ -z "${CHECK_FAST:-}" ] || files() {
	git diff --name-only --diff-filter=d HEAD -- 'agent/*.c' 'tools/*.c'
	git ls-files -o --exclude-standard -- 'agent/*.c' 'tools/*.c'
}
# The flags of the Makefile. A third of the paths that the analyzer would follow through a function by
# itself: for the rest it takes as long again, and has found nothing there so far.
out=$(files | xargs -r -d '\n' -P 2 -I{} clang-tidy --quiet {} -- -std=gnu11 -D_GNU_SOURCE \
		'-DREAPD_VERSION="x"' -Iinclude "-I$build" \
		-Xclang -analyzer-config -Xclang max-nodes=75000 2>/dev/null)
code=$?
# What it says of the generated skeleton in build/ is left out.
sed -nE "s;^($PWD/)?((agent|tools|include)/[^ :]+:[0-9]+):[0-9]+: (warning|error): ;\2: ;p" <<<"$out" |
	sort -u | grep . && exit 1
[ $code = 0 ] || { echo ".clang-tidy:1: clang-tidy failed"; exit 1; }
