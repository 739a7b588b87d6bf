#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Victims that do not exit: one whose core is being dumped into a pipe that nobody reads, and one in a
# frozen cgroup of version 1. Both give their memory back, are recorded, and nobody else has to die.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
mkdir /tmp/freezer
mount -t cgroup -o freezer freezer /tmp/freezer || skip "no freezer of version 1"
mkdir /tmp/freezer/cell
agent_config '[protect]' 'package = pusher'
agent_start
hog_start innocent -s 40
innocent=$pid
hog_start frozen -s 100
frozen=$pid
hog_start dumping -s 150
dumping=$pid
for pid in "$innocent" "$frozen" "$dumping"; do hog_ready "$pid"; done

echo '|/bin/busybox sleep 1000' >/proc/sys/kernel/core_pattern
kill -SEGV "$dumping"
"$await" line /proc/"$dumping"/status 'CoreDumping:	1' >/dev/null || fail "it does not dump"
echo "$frozen" >/tmp/freezer/cell/cgroup.procs
echo FROZEN >/tmp/freezer/cell/freezer.state
"$await" line /tmp/freezer/cell/freezer.state FROZEN >/dev/null || fail "it does not freeze"

hog_start pusher -s 1 -g 25 -o 165
check "the dumping one was not killed" died "$dumping" 60
check "the frozen one was not killed" died "$frozen" 60
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "not by us" "$await" line "$work/log" 'killed frozen'
check "not by us" "$await" line "$work/log" 'killed dumping'
for pid in "$frozen" "$dumping"; do
	check "outcome is $(kill_field "$pid" outcome)" [ "$(kill_field "$pid" outcome)" = freed ]
done
if reapctl probe | grep -q '^process_mrelease *there'; then
	check "memory was not taken from the frozen one" [ "$(kill_field "$frozen" released)" -gt 0 ]
fi
check "the cell was not frozen again" grep -q FROZEN /tmp/freezer/cell/freezer.state
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills
