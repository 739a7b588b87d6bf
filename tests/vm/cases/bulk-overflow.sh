#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The agent is held up while it watches, and the ring of sizes and lives overflows: what was lost is
# counted and read anew, nothing of the critical ring is lost, and afterwards sizes are right and the
# right one is chosen. Neither a record that waited in the ring while newer ones were lost nor a
# process whose end was lost may outlive the new reading.
# kernels: 6.12
# vm: -m 768M
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
status() { reapctl --json status | awk -F '[:,]' -v key="\"$1\"" '$1 ~ key { print $2 + 0 }'; }
size() { reapctl --json top | tr -d '\n' | sed -n "s/.*\"pid\": *$1,[^}]*\"size_kib\": *\([0-9]*\).*/\1/p"; }
# So many percent of the ring, in records of 40 bytes.
flood() { for ((i = 0; i < ring * $1 / 100 / 40; i++)); do echo 0 >/proc/$$/oom_score_adj; done; }

agent_config 'calm_after = 60s' '[protect]' 'package = pusher'
agent_start
ring=$(bpftool map show | sed -n '/ name bulk /,/max_entries/s/.*max_entries \([0-9]*\).*/\1/p')
check "no ring" [ -n "$ring" ]
hog_start other -s 120
other=$pid
hog_ready "$other"

# Watch: a cgroup at its own limit is an edge for the whole machine.
mkdir /sys/fs/cgroup/edge
echo 16M >/sys/fs/cgroup/edge/memory.high
hog_start edge -j /sys/fs/cgroup/edge/cgroup.procs -s 17
check "no watch" "$await" line "$work/log" watch
kill -9 "$pid"
snapshots=$(status snapshots)

kill -STOP "$agent"
flood 75
hog_start ghost -s 50
ghost=$pid
hog_ready "$ghost"
hog_start large -s 50 -g 20 -m 200
large=$pid
hog_ready "$large"
flood 50
kill -9 "$ghost"
check "the hog did not grow" "$await" line "$work/hogs" "grown $large"
kill -CONT "$agent"

check "nothing was lost: the case proves nothing" [ "$(status lost_bulk)" -gt 0 ]
check "critical records were lost" [ "$(status lost_critical)" = 0 ]
check "what was lost was not read anew" [ "$(status snapshots)" -gt "$snapshots" ]
reapctl status
reapctl top | cat
kib=$(size "$large")
check "the size of the large one is $kib KiB" [ "$kib" -ge $((199 * 1024)) -a "$kib" -le $((205 * 1024)) ]
check "the dead one is still there" [ -z "$(size "$ghost")" ]

hog_start pusher -s 1 -g 25 -o 80
pusher=$pid
check "the largest was not killed" died "$large"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pusher"
check "not by us" "$await" line "$work/log" 'killed large'
check "the other one died" alive "$other"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
cat "$work/log"
