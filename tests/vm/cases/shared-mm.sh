#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Two processes with one memory: killing one of them gives nothing back. Both die; but when one of
# them is protected, neither is touched and the next one dies.
# kernels: 6.1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
child() { cat "/proc/$1/task/$1/children"; }

agent_config '[protect]' 'package = pusher' 'cgroup = /keep'
agent_start
mkdir /sys/fs/cgroup/keep
hog_start kept -s 150 -v
kept=$pid
hog_ready "$kept"
read -r kept_child <<<"$(child "$kept")"
echo "$kept_child" >/sys/fs/cgroup/keep/cgroup.procs
hog_start pair -s 100 -v
pair=$pid
hog_ready "$pair"
read -r pair_child <<<"$(child "$pair")"
check "no pairs" [ -n "$kept_child" -a -n "$pair_child" ]
hog_start small -s 30
small=$pid
hog_ready "$small"

hog_start pusher -s 1 -g 25 -o 20
check "the pair was not killed" died "$pair"
check "half of the pair lives" died "$pair_child"
check "not by us" "$await" line "$work/log" 'killed pair'
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "of the pair with the protected half the free one died" alive "$kept"
check "of the pair with the protected half the protected one died" alive "$kept_child"
check "the small one died" alive "$small"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat

victim=$pair
[ -n "$(kill_field "$victim" id)" ] || victim=$pair_child
id=$(kill_field "$victim" id)
reapctl kills "$id"
check "outcome is not 'freed'" [ "$(kill_field "$victim" outcome)" = freed ]
check "the other half is not in the record" [ "$(kill_field "$victim" sharers)" = 1 ]
reapctl --json kills "$id" | tr -d '\n' | grep -qE \
	"\"pid\": *$kept,[^}]*\"why\": *\"shares memory with a spared process\"" ||
	fail "the veto is not in the record"
