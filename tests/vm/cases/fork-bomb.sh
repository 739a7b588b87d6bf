#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# One starts hogs without end, each of which wants to be killed first: one after the other dies, by us;
# everybody else lives, and each kill has its record. Thirty that grow at once eat memory faster than
# one death gives it back, so now and then the kernel may be first with one of them; that one is in the
# history too.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
children=30

# Of a busy machine's emulated CPUs a second is not enough to free the victim.
agent_config 'kill_timeout = 5s'
agent_start
hog_start innocent -s 60
innocent=$pid
hog_ready "$innocent"
# A new one as soon as the last one has begun; each grows until it is killed.
(
	for ((i = 0; i < children; i++)); do
		(exec -a child "$hog" -a 1000 -s 2 -g 20 >>"$work/hogs" 2>&1) &
		"$await" -t 60 line "$work/hogs" "ready $!" >/dev/null
	done
	wait
	echo "all gone" >>"$work/log"
) &
bomb=$!
pids+=("$bomb")
check "not all children were killed" "$await" -t 100 line "$work/log" 'all gone'
"$await" -t 10 line "$work/log" 'killed child' $children >/dev/null ||
	fail "not all by us: $(grep -c 'killed child' "$work/log") of $children"
check "the innocent one died" alive "$innocent"
kernel_kills=$(awk '/^oom_kill / { print $2 }' /proc/vmstat)
check "the kernel killed $kernel_kills" [ "$kernel_kills" -le 3 ]
reapctl kills --all
reapctl latency
reapctl --json kills --all | awk -F '[:,]' '
	/^    "id":/ { kills++; id[$2 + 0]++ }
	/^    "kind":/ && /"kernel-oom"/ { kernel++ }
	/^    "kind":/ && !/"kill"|"kernel-oom"/ { bad = "kind" }
	/^    "outcome":/ && !/"freed"|"exited"|"gone"/ { bad = "outcome" }
	/^    "name":/ && !/"child"/ { bad = "name" }
	END {
		for (one in id) if (id[one] != 1) bad = "id"
		if (kernel + 0 != '"$kernel_kills"') bad = "kernel"
		if (kills < '$children' || bad) { print kills, bad; exit 1 }
	}' || fail "the records do not tell this story"
