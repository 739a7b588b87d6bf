#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Filters are edited with bpftool while memory runs out: what is in the map counts at the very next
# decision, in both directions.
# kernels: 6.1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
map=$bpf_dir/package_filters
key() { reapctl filter key package "$1"; }

agent_config '[protect]' 'package = pusher'
agent_start
hog_start large -s 150
large=$pid
hog_start next -s 100
next=$pid
hog_start small -s 30
small=$pid
for pid in "$large" "$next" "$small"; do hog_ready "$pid"; done

# Already in watch, candidates chosen and their pidfds open.
mkdir /sys/fs/cgroup/edge
echo 16M >/sys/fs/cgroup/edge/memory.high
hog_start edge -j /sys/fs/cgroup/edge/cgroup.procs -s 18 -w
edge=$pid
check "no watch" "$await" line "$work/log" watch
check "the large one is not the first" [ "$(reapctl --json top | awk -F '"' '/"name"/ { print $4; exit }')" = large ]
hog_start pusher -s 1 -g 25 -o 20
# shellcheck disable=SC2046 # bytes
bpftool map update pinned "$map" key hex $(key large) value hex 01 00 00 00
check "the next one was not killed" died "$next"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "not by us" "$await" line "$work/log" 'killed next'
check "the protected one died" alive "$large"

# shellcheck disable=SC2046 # bytes
bpftool map delete pinned "$map" key hex $(key large)
hog_start pusher -s 1 -g 25 -o 20
check "the large one was not killed" died "$large"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "not by us" "$await" line "$work/log" 'killed large'
check "the small one died" alive "$small"
check "the one that only reclaims died" alive "$edge"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl filter list
reapctl kills
