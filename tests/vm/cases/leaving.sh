#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Memory is short, but a large process is just dying by another hand. That takes its time, since it
# hardly gets a CPU: its memory is on its way back all the same, and nobody else has to die.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config 'calm_after = 60s' '[protect]' 'package = pusher'
agent_start
hog_start innocent -s 60
innocent=$pid
hog_start large -i -s 200
large=$pid
hog_ready "$innocent"
hog_ready "$large"

# Watching, and then held up until memory is as good as gone.
mkdir /sys/fs/cgroup/edge
echo 16M >/sys/fs/cgroup/edge/memory.high
hog_start edge -j /sys/fs/cgroup/edge/cgroup.procs -s 17
edge=$pid
check "no watch" "$await" line "$work/log" watch
kill -9 "$edge"
died "$edge"
kill -STOP "$agent"
left=$(awk '/^MemTotal:/ { print int($2 * 3 / 100 / 1024) }' /proc/meminfo)
hog_start pusher -s 1 -g 100 -o -"$left"
check "the pusher did not grow" "$await" line "$work/hogs" "grown $pid"
busy=()
for _ in 1 2 3 4; do
	while :; do :; done &
	busy+=($!)
	pids+=($!)
	disown $!
done
kill -9 "$large"
# It has let go of its memory when it has no score any more; then the memory itself goes.
while read -r score <"/proc/$large/oom_score" && [ "$score" != 0 ]; do :; done 2>/dev/null
kill -CONT "$agent"

# Each answer comes after all that the agent has decided until then.
for _ in 1 2 3 4 5 6 7 8; do
	reapctl status >>"$work/answers"
done
for pid in "${busy[@]}"; do kill -9 "$pid"; done
check "the large one lives" died "$large" 60
reapctl status
reapctl kills
cat "$work/log"
check "the innocent one died" alive "$innocent"
check "somebody else was killed" [ "$(grep 'killed' "$work/log" | grep -cv 'killed large')" = 0 ]
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
