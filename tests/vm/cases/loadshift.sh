#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# An idle process with 60 % of memory makes way for another of the same size: it is swapped out, in
# one long burst of stalls that ends by itself. Nobody has to die.
# kernels: 6.12
# vm: -a reapd.zram=512M -i 1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
size=$(awk '/^MemTotal:/ { print int($2 * 6 / 10 / 1024) }' /proc/meminfo)

agent_start
hog_start idle -s "$size"
idle=$pid
hog_ready "$idle"
hog_start busy -s 1 -g 16 -m "$size"
busy=$pid
check "the second one did not get its memory" "$await" -t 60 line "$work/hogs" "grown $busy"
check "no watch: the case proves nothing" "$await" line "$work/log" watch
cat /proc/pressure/memory
reapctl status
check "it did not calm down" "$await" -t 60 line "$work/log" calm
check "the idle one died" alive "$idle"
check "the busy one died" alive "$busy"
check "somebody was killed" [ "$(reapctl --json status | awk -F '[:,]' '/"kills"/ { print $2 + 0 }')" = 0 ]
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
awk '/^Swap/' /proc/meminfo
cat "$work/log"
