#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Of equal candidates the one goes first whose oom_score_adj was written the longest ago; then the
# next; the one written last lives.
# kernels: 6.1
# vm: -m 2G
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config '[protect]' 'package = pusher'
agent_start

# Equal means within a thousandth of memory: take a size whose score is in the middle of one. What a
# hog has besides its size is the same for all.
hog_start probe -s 1
hog_ready "$pid"
size=$(awk -v pid="$pid" '
	FILENAME ~ /meminfo/ { if (/^MemTotal:/) band = $2 / 1000; next }
	/^Vm(RSS|PTE):/ { own += $2 }
	END {
		for (size = 300; ; size++) {
			score = size * (1024 + 2) + own - 1024
			place = score / band - int(score / band)
			if (place > 0.4 && place < 0.6) { print size; exit }
		}
	}' /proc/meminfo "/proc/$pid/status")
kill -9 "$pid"
hogs=()
for name in a b c d; do
	hog_start "$name" -s "$size"
	hogs+=("$pid")
done
for pid in "${hogs[@]}"; do hog_ready "$pid"; done
# In another order than they were born in.
for i in 2 0 3 1; do echo 100 >"/proc/${hogs[i]}/oom_score_adj"; done
reapctl top | cat

# Over by what two of them have and some: three must go.
hog_start pusher -s 1 -g 100 -o $((2 * size + 100))
check "the pusher did not go on" "$await" -t 60 line "$work/hogs" "grown $pid"
check "not three were killed" "$await" line "$work/log" killed 3
order=$(sed -n 's/.*killed \(.\) (pid.*/\1/p' "$work/log" | tr -d '\n')
check "the order was $order, not cad" [ "$order" = cad ]
check "the one written last died" alive "${hogs[1]}"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
