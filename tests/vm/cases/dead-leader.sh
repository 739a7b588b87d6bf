#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A process whose first thread exited, while another one holds its memory, is chosen by its size and
# killed. One with 500 threads is one candidate, and dies as a whole.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
# Early enough for an emulated machine: the death of 501 threads takes it a third of a second.
grep -qw memory "$cgroup2/cgroup.subtree_control" || echo +memory >"$cgroup2/cgroup.subtree_control"
mkdir -p "$cgroup2/app"
agent_config '[rule low]' 'when = mem.available < 8% and time.to.exhaustion < 10s over 250ms' \
	'[protect]' 'package = pusher'
agent_start
hog_start innocent -s 40
innocent=$pid
hog_start threads -s 80 -T 500
threads=$pid
hog_start headless -s 150 -z
headless=$pid
for pid in "$innocent" "$threads" "$headless"; do hog_ready "$pid"; done
check "its leader lives: the case proves nothing" grep -q '^State:.Z' "/proc/$headless/status"

# The two give back 230 MiB: the pusher takes enough of it to need the second, and leaves enough for the
# innocent one. It is charged to a cgroup, so that falling memory is seen.
hog_start pusher -j "$cgroup2/app/cgroup.procs" -s 1 -g 15 -o 170
check "the one without a leader was not killed" died "$headless"
check "the one with many threads was not killed" died "$threads"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "not by us" "$await" line "$work/log" 'killed headless'
check "not by us" "$await" line "$work/log" 'killed threads'
reapctl kills "$(kill_field "$headless" id)"
reapctl kills "$(kill_field "$threads" id)"
for pid in "$headless" "$threads"; do
	check "outcome is $(kill_field "$pid" outcome)" [ "$(kill_field "$pid" outcome)" = freed ]
done
check "$(kill_field "$threads" threads) threads" [ "$(kill_field "$threads" threads)" = 501 ]
listed=$(reapctl --json kills "$(kill_field "$headless" id)" | awk '/"candidates"/ { list = 1 } list' | grep -c '"name": *"threads"')
check "it is listed $listed times" [ "$listed" = 1 ]
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
