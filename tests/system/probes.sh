#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every stage is a static probe that perf and bpftrace find.
. "$(dirname "$0")/../lib.sh"
[ -e /usr/include/sys/sdt.h ] || [ -e /usr/include/"$(gcc -print-multiarch)"/sys/sdt.h ] || skip "built without sys/sdt.h"
for probe in edge wake decided signalled released exited freed; do
	readelf -n "$reapd" | grep -A1 'Provider: reapd' | grep -q "Name: $probe\$" || fail "no probe reapd:$probe"
done
