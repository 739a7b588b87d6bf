#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A scope throttled at memory.high, far below what runs in it: everybody in it stalls nearly all of
# the time, nothing idle can be swapped out, and the hog is killed by rule "starving".
# kernels: 6.1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
scope=/test
cgroup_make
echo 32M >/sys/fs/cgroup/test/memory.high

agent_config '[host]' 'thrashing_psi_full = 60%' 'thrashing_window = 2s' 'thrashing_mem_available = 10%'
agent_start
hog_start outside -s 200
outside=$pid
hog_ready "$outside"
# shellcheck disable=SC2046 # options
hog_start small $(join) -s 6
small=$pid
hog_ready "$small"
# shellcheck disable=SC2046 # options
hog_start inside $(join) -s 80 -w
inside=$pid
check "the one inside was not killed" died "$inside" 60
check "not by us" "$await" line "$work/log" 'killed inside'
check "it was another rule" [ "$(kill_field "$inside" rule)" = starving ]
check "the larger one outside died" alive "$outside"
check "the small one inside died" alive "$small"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills "$(kill_field "$inside" id)"
