#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every stage is a static probe that perf and bpftrace find, with two arguments. (That they are kill id and
# time: trace-recipes.sh.)
. "$(dirname "$0")/../lib.sh"
[ -e /usr/include/sys/sdt.h ] || [ -e /usr/include/"$(gcc -print-multiarch)"/sys/sdt.h ] || skip "built without sys/sdt.h"
for probe in edge wake decided signalled released exited freed; do
	readelf -n "$reapd" | grep -A3 'Provider: reapd' | grep -A2 "Name: $probe\$" | grep -q 'Arguments: 8@.* 8@' ||
		fail "no probe reapd:$probe with two arguments"
done
