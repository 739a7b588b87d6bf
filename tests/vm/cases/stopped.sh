#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A victim that cannot run - stopped, or in a frozen cgroup - gives its memory back as any other.
# kernels: 6.1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config '[protect]' 'package = pusher'
agent_start
hog_start innocent -s 40
innocent=$pid
hog_start stopped -s 100
stopped=$pid
hog_start frozen -s 150
frozen=$pid
for pid in "$innocent" "$stopped" "$frozen"; do hog_ready "$pid"; done

kill -STOP "$stopped"
cgroup=/sys/fs/cgroup/frozen
mkdir "$cgroup"
echo "$frozen" >"$cgroup/cgroup.procs"
echo 1 >"$cgroup/cgroup.freeze"
check "it does not freeze" "$await" line "$cgroup/cgroup.events" 'frozen 1'
check "it does not stop" grep -q '^State:.T' "/proc/$stopped/status"

hog_start pusher -s 1 -g 25 -o 165
check "the frozen one was not killed" died "$frozen"
check "the stopped one was not killed" died "$stopped"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "not by us" "$await" line "$work/log" 'killed frozen'
check "not by us" "$await" line "$work/log" 'killed stopped'
for pid in "$frozen" "$stopped"; do
	check "outcome is $(kill_field "$pid" outcome)" [ "$(kill_field "$pid" outcome)" = freed ]
	returned=$(kill_field "$pid" returned_kib)
	check "$returned KiB came back" [ "$returned" -gt $((50 * 1024)) ]
done
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills
