#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Rules about cgroups, with the unit as shipped. In workload.slice (systemd-oomd's S1 and S3) the bloated
# service dies and the idle one lives, and where the bloated one is to be avoided the next one dies; a
# service with memory.oom.group dies with all that is below it; of a service with more processes than
# the rule may kill only the largest dies. And time in which the agent was stopped does not count as time
# in which a rule held.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
many=2000

kills() { reapctl --json kills | grep -c '^    "pid":'; }

# squeezed UNIT: a service in workload.slice that wants more than its 20 MiB.
squeezed() { unit_start "$1" --slice=workload.slice -p MemoryHigh=20M -- "$1" -s 10 -g 100; }

agent_config '[agent]' 'verbose = yes' 'kill_timeout = 5s' '[rule workload]' 'scope = /workload.slice' 'when = psi.full >= 20% over 1s' 'choose = cgroup' \
	'[rule crowds]' 'scope = /crowd.slice/*' 'when = psi.full >= 20% over 1s' 'choose = cgroup' 'max_processes = 200' \
	'[rule seen]' 'scope = /level.slice' 'when = memory.current >= 20M' 'action = notify' 'cooldown = 1h' \
	'[rule level]' 'scope = /level.slice' 'when = memory.current >= 20M for 4s'
agent_start

# S1
unit_start chill --slice=workload.slice -p MemoryHigh=20M -- chill -s 5
chill=$pid
hog_ready "$chill"
squeezed bloat
bloat=$pid cgroup=/workload.slice/bloat.service # which may be gone by now
check "S1: the bloated one was not killed" died "$bloat" 60
"$await" line "$work/log" "killed cgroup $cgroup (1 processes" >/dev/null || fail "S1: not by us"
check "S1: the idle one died" alive "$chill"
check "S1: it was rule $(kill_field "$bloat" rule)" [ "$(kill_field "$bloat" rule)" = workload ]
check "S1: the cgroup is not empty" emptied "$cgroup"
check "S1: another one died" [ "$(kills)" = 1 ]

# S3
unit_start avoided --slice=workload.slice -p MemoryHigh=40M -- avoided -s 35
avoided=$pid
hog_ready "$avoided"
setfattr -n user.oomd_avoid -v 1 "$cgroup2$(cgroup_of avoided)"
squeezed munch
munch=$pid cgroup=/workload.slice/munch.service
check "S3: munch was not killed" died "$munch" 60
"$await" line "$work/log" "killed cgroup $cgroup (1 processes" >/dev/null || fail "S3: not by us"
check "S3: the larger one, to be avoided, died" alive "$avoided"
check "S3: the idle one died" alive "$chill"
check "S3: another one died" [ "$(kills)" = 2 ]

# They may be dead before systemd answers a question about them.
# shellcheck disable=SC2016 # for the inner shell
command_start whole --slice=workload.slice -p Delegate=yes -p OOMPolicy=kill -- /bin/bash -c '
	cd /sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)
	mkdir small large && echo $BASHPID >small/cgroup.procs && echo +memory >cgroup.subtree_control
	echo 45M >large/memory.high
	(exec -a large "$0" -j large/cgroup.procs -s 40 -g 100) &
	echo "small and large: $BASHPID $!"
	exec -a small "$0" -s 5' "$hog"
cgroup=/workload.slice/whole.service
both=$("$await" line "$work/hogs" 'small and large:') || fail "neither is there"
read -r small large <<<"${both#*: }"
check "the large one was not killed" died "$large" 60
check "the large one is dead, not by us: $(tail -n 3 "$work/hogs")" "$await" line "$work/log" "killed cgroup $cgroup"
check "the small one in the same group was not killed" died "$small"
"$await" line "$work/log" "killed cgroup $cgroup (2 processes" >/dev/null || fail "not as a whole, or not by us"
check "the idle one died" alive "$chill"
check "the larger one, to be avoided, died" alive "$avoided"
check "another one died" [ "$(kills)" = 3 ]
kill -9 "$avoided"

# shellcheck disable=SC2016 # for the inner shell
command_start crowd --slice=crowd.slice -p TasksMax=infinity -- /bin/busybox sh -c '
	i=0
	while [ $i -lt $0 ]; do sleep 10000 & i=$((i + 1)); done
	echo "crowd is there"
	wait' $many
shell=$pid cgroup=$(cgroup_of crowd)
"$await" -t 60 line "$work/hogs" "crowd is there" >/dev/null || fail "no crowd"
# The last of them may not have come to its sleep yet, and still takes memory.
# shellcheck disable=SC2046 # words are meant
while grep -qs '^State:.[^S]' $(sed 's|.*|/proc/&/status|' "$cgroup2$cgroup/cgroup.procs"); do :; done
crowd=$(wc -l <"$cgroup2$cgroup/cgroup.procs")
check "only $crowd processes" [ "$crowd" -gt $many ]
say "a crowd of $crowd takes $(($(cat "$cgroup2$cgroup/memory.current") >> 20)) MiB"
echo $(($(cat "$cgroup2$cgroup/memory.current") + (20 << 20))) >"$cgroup2$cgroup/memory.high"
hog_start hog -a 0 -j "$cgroup2$cgroup/cgroup.procs" -s 10 -g 100
check "the hog in the crowd was not killed" died "$pid" 60
"$await" line "$work/log" ', alone: all of what it is in is more than the rule may kill' >/dev/null ||
	fail "the record does not say why it died alone"
check "it was rule $(kill_field "$pid" rule)" [ "$(kill_field "$pid" rule)" = crowds ]
[ "$(wc -l <"$cgroup2$cgroup/cgroup.procs")" = "$crowd" ] || reapctl --json kills | tail -n 400
check "of the crowd some died" [ "$(wc -l <"$cgroup2$cgroup/cgroup.procs")" = "$crowd" ]
check "its first process died" alive "$shell"
check "another one died" [ "$(kills)" = 4 ]

# The cgroup is made in calm, where nothing wakes the agent. Rule `seen` fires at the look with which the 4 s of
# rule `level` begin.
"$await" -t 60 line "$work/log" calm "$(grep -cx watch "$work/log")" >/dev/null || fail "it did not calm down"
unit_start level --slice=level.slice -- level -s 30
"$await" line "$work/log" 'warned' >/dev/null || fail "the level was not seen"
kill -STOP "$agent"
sleep 5 # nothing happens meanwhile that could be waited for
resumed=$(awk '{ printf "%d", $1 * 1000 }' /proc/uptime)
kill -CONT "$agent"
check "rule level does not fire" died "$pid"
"$await" line "$work/log" 'killed level' >/dev/null || fail "not by us"
decided=$(kill_field "$pid" decided)
check "it held for $((decided / 1000000 - resumed)) ms only" [ $((decided / 1000000 - resumed)) -ge 4000 ]

check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
check "the log complains" [ -z "$(grep -iE 'cannot|denied|permitted|going on' "$work/log")" ]
