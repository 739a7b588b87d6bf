#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Confined to a cgroup (v2) with a limit of its own: the hog inside that pushes out what all others
# there need is killed; a larger process outside is none of our business.
# kernels: 6.1
# vm: -a reapd.modules=zram
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
scope=/test
# Files that cost no memory but their cache.
echo 1G >/sys/block/zram0/disksize

cgroup_make
echo 100M >/sys/fs/cgroup/test/memory.max
agent_start
hog_start outside -s 200
outside=$pid
hog_ready "$outside"
small=()
for i in 1 2 3; do
	# shellcheck disable=SC2046 # options
	hog_start "small$i" $(join) -s 10 -f /dev/zram0
	small+=("$pid")
done
for pid in "${small[@]}"; do hog_ready "$pid"; done
# shellcheck disable=SC2046 # options
hog_start inside $(join) -s 50 -f /dev/zram0
inside=$pid
check "the one inside was not killed" died "$inside" 60
check "not by us" "$await" line "$work/log" 'killed inside'
check "the larger one outside died" alive "$outside"
for pid in "${small[@]}"; do check "a small one died" alive "$pid"; done
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills "$(kill_field "$inside" id)"
check "its cgroup is not in the record" [ "$(kill_field "$inside" cgroup)" = "$scope" ]
reapctl --json kills | grep -q '"name": *"outside"' && fail "who is outside was a candidate"
true
