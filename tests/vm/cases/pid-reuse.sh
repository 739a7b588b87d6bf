#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The number of a chosen victim comes to belong to another process before it is killed. While the
# agent is held up, an armed candidate dies and an innocent process gets its number: it lives, and
# the next real hog dies. And while numbers wrap all the time, none but hogs die.
# kernels: 6.1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
status() { reapctl --json status | awk -F '[:,]' -v key="\"$1\"" '$1 ~ key { print $2 + 0 }'; }
# Does the agent hold a pidfd to it?
armed() { grep -qs "^Pid:[[:space:]]*$1\$" /proc/"$agent"/fdinfo/*; }

# Numbers up to 300 are not used again.
echo 400 >/proc/sys/kernel/pid_max
until true & [ $! -gt 300 ]; do wait $!; done
agent_config 'calm_after = 60s' '[protect]' 'package = pusher'
agent_start
hog_start real -s 130
real=$pid
hog_ready "$real"
hog_start first -s 150
first=$pid
hog_ready "$first"
mkdir /sys/fs/cgroup/edge
echo 16M >/sys/fs/cgroup/edge/memory.high
hog_start edge -j /sys/fs/cgroup/edge/cgroup.procs -s 17
edge=$pid
check "no watch" "$await" line "$work/log" watch
until armed "$first"; do :; done

kill -STOP "$agent"
kill -9 "$first" "$edge"
died "$first"
died "$edge"
# Numbers wrap until its own is the next.
until true & [ $! = $((first - 1)) ]; do wait $!; done
hog_start innocent -s 60
innocent=$pid
check "the number was not used again: the case proves nothing" [ "$innocent" = "$first" ]
hog_ready "$innocent"
check "the old one is not armed: the case proves nothing" grep -qs '^Pid:[[:space:]]*-1$' /proc/"$agent"/fdinfo/*
hog_start pusher -s 1 -g 25 -o 20
pusher=$pid
hog_ready "$pusher"
kill -CONT "$agent"
check "the real hog was not killed" died "$real"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pusher"
check "not by us" "$await" line "$work/log" 'killed real'
check "the innocent one died" alive "$innocent"
kill -9 "$pusher"
died "$pusher"

# Again and again, with new processes all the time: more than there are numbers.
for round in 1 2 3; do
	hog_start hog -s 200 -g 50
	while [ -e "/proc/$pid" ]; do (:); done
	"$await" line "$work/log" 'killed hog' $round >/dev/null || fail "round $round: not by us"
done
say "$(awk '/^processes/ { print $2 }' /proc/stat) processes so far"
check "numbers did not wrap" [ "$(awk '/^processes/ { print $2 }' /proc/stat)" -gt 800 ]
check "somebody else died" [ "$(grep 'killed' "$work/log" | grep -cv 'killed \(real\|hog\) ')" = 0 ]
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
check "events were lost" [ "$(status malformed)" = 0 ]
reapctl kills
