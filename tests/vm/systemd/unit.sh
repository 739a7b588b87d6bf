#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The unit as shipped kills in every way the agent has - a process of another user, a pair that shares
# its memory, one that dumps core (process_mrelease is refused and tried again), one in a frozen cgroup
# of version 1 (raised and thawed) - and no system call of it is denied meanwhile: neither by the
# kernel's permissions, seen in a trace of failing calls, nor by seccomp, which PID 1 has log.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh

# Does this test see a denial? unshare(2) has number 272.
cp /usr/bin/unshare /tmp/reapd-denied
trace_denied
systemd-run --quiet --wait --collect -p SystemCallFilter=~unshare -p SystemCallErrorNumber=EPERM \
	/tmp/reapd-denied -U true && fail "unshare was not denied"
denied >"$work/denied"
check "the trace shows no denied call" grep -q '^reapd-denied: call 272: -1' "$work/denied"
check "seccomp logs no denied call" grep -q 'comm="reapd-denied".* syscall=272' "$work/denied"
trace_denied

# A cgroup that is a user's own: what is to be done with it in the agent's sandbox.
# shellcheck disable=SC2016 # for the inner shell
command_start delegated --uid=testuser -p Delegate=yes -- /bin/bash -c '
	cd /sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)
	mkdir inner && echo $BASHPID >inner/cgroup.procs && echo +memory >cgroup.subtree_control
	exec sleep 1000'
delegated=$(cgroup_of delegated)/inner sleeper=$pid
"$await" line "$cgroup2$delegated/cgroup.procs" "$sleeper" >/dev/null || fail "no delegated cgroup"
"$await" line "$cgroup2$delegated/../cgroup.subtree_control" memory >/dev/null || fail "no delegated controller"
agent_unit '[Service]' "ExecStartPre=/reapd/tests/vm/systemd/as-agent $delegated"

mkdir /sys/fs/cgroup/freezer
mount -t cgroup -o freezer freezer /sys/fs/cgroup/freezer || fail "no freezer of version 1"
mkdir /sys/fs/cgroup/freezer/cell
agent_config '[protect]' 'package = pusher'
agent_start
check "the user's cgroup was not killed" died "$sleeper"

# It is as it should be: in its sandbox, first in line for the CPU, last for the killer.
status=/proc/$agent/status
check "no filter of system calls" grep -q '^Seccomp:.2' "$status"
check "other capabilities: $(grep ^CapBnd "$status")" grep -q '^CapBnd:.000000c401800026$' "$status"
check "something is missing: $(reapctl probe)" [ "$(reapctl probe | grep -Ec ' (missing|refused)')" = 0 ]
check "not SCHED_FIFO" grep -q SCHED_FIFO <(chrt -p "$agent")
check "not the last to be killed" [ "$(cat /proc/"$agent"/oom_score_adj)" = -1000 ]
# shellcheck disable=SC2016 # awk's own
check "memory is not locked" awk '/^VmLck/ { exit !$2 }' "$status"
check "no memory is reserved" [ "$(cat "$cgroup2$(cgroup_of reapd)/memory.min")" = $((16 << 20)) ]
check "not in tier A" [ "$(reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }')" = A ]

unit_start innocent -- innocent -s 25
innocent=$pid
unit_start plain --uid=testuser -- plain -s 60
plain=$pid
unit_start pair -- pair -s 50 -v
pair=$pid
unit_start frozen -- frozen -s 60
frozen=$pid
unit_start dumping -- dumping -s 80 -i -T 100
dumping=$pid
for pid in "$innocent" "$plain" "$pair" "$frozen" "$dumping"; do hog_ready "$pid"; done
# shellcheck disable=SC2034 # by its name, below
read -r half <"/proc/$pair/task/$pair/children"
echo '|/bin/busybox sleep 100' >/proc/sys/kernel/core_pattern
kill -SEGV "$dumping"
"$await" line /proc/"$dumping"/status 'CoreDumping:	1' >/dev/null || fail "it does not dump"
echo "$frozen" >/sys/fs/cgroup/freezer/cell/cgroup.procs
echo FROZEN >/sys/fs/cgroup/freezer/cell/freezer.state
"$await" line /sys/fs/cgroup/freezer/cell/freezer.state FROZEN >/dev/null || fail "it does not freeze"

unit_start pusher -- pusher -s 1 -g 25 -o 215
pusher=$pid
for one in dumping frozen pair half plain; do check "$one was not killed" died "${!one}" 60; done
check "the pusher did not go on" "$await" -t 60 line "$work/hogs" "grown $pusher"
for one in dumping frozen plain; do
	check "$one: not by us" "$await" line "$work/log" "killed $one"
	check "$one: outcome is $(kill_field "${!one}" outcome)" [ "$(kill_field "${!one}" outcome)" = freed ]
done
check "pair: not by us" "$await" line "$work/log" "killed pair"
check "memory was not taken from the frozen one" [ "$(kill_field "$frozen" released)" -gt 0 ]
tries=$(kill_field "$dumping" mrelease_tries)
say "process_mrelease was tried $tries times on the one that dumps core"
check "the cell was not frozen again" grep -q FROZEN /sys/fs/cgroup/freezer/cell/freezer.state
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat

check "the agent was started again" [ "$(property reapd NRestarts)" = 0 ]
check "the log complains" [ -z "$(grep -iE 'cannot|denied|permitted|going on' "$work/log")" ]
check "denied: $(denied)" [ -z "$(denied)" ]
say "$(systemd-analyze --no-pager security reapd.service 2>/dev/null | sed -n 's/^.*Overall/Overall/p')"
umount /sys/fs/cgroup/freezer
rmdir /sys/fs/cgroup/freezer
