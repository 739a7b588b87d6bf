#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# systemd-oomd's S7: a service with MemoryMax=10M and no swap starts, and the agent leaves it alone. The
# agent itself comes up and stays within a limit, too.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
agent_unit '[Service]' MemoryMax=40M MemorySwapMax=0
agent_start
check "a small service does not start" systemd-run --quiet --wait -p MemoryMax=10M -p MemorySwapMax=0 /bin/true
unit_start small -p MemoryMax=10M -p MemorySwapMax=0 -- small -s 7
hog_ready "$pid"
check "it was killed" alive "$pid"
check "somebody was killed" [ "$(reapctl --json kills | grep -c '^    "pid":')" = 0 ]
cgroup=$cgroup2$(cgroup_of reapd)
say "the agent's unit: $(($(cat "$cgroup/memory.current") >> 10)) KiB, at most $(($(cat "$cgroup/memory.peak") >> 10)) KiB"
