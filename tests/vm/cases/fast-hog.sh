#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The whole machine, no swap: a hog that grows as fast as it can is killed by us, before the kernel's
# own killer comes.
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_start
reapctl probe | head -3
hog_start innocent -s 60
innocent=$pid
hog_ready "$innocent"
hog_start hog -s 1 -g 0
check "the hog was not killed" died "$pid" 60
"$await" line "$work/log" "killed hog" >/dev/null || fail "not by us"
check "the innocent one died" alive "$innocent"
dmesg | grep -i 'out of memory\|invoked oom' && fail "the kernel's killer came first"
cat "$work/log"
reapctl kills 1
