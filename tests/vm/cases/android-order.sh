#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A hog of adj 900, and 100 small cached processes above it; what is short is the cache that a program of
# the system works on. By order = benefit the hog dies and all small ones live; by order = lmkd, which is
# lmkd's, all of them die before it and nothing is gained. The figures are those of docs/lmkd-parity.md.
# vm: -m 1G -a reapd.modules=zram
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
many=100
small=()

# Files to work on: on a device that costs no memory but its cache.
files_make() {
	files=/dev/zram$(cat /sys/class/zram-control/hot_add)
	echo "$1M" >"/sys/block/${files#/dev/}/disksize"
}
# A process of less than 1 MiB, its adj between 901 and 999.
small_start() {
	(echo $((901 + $1 % 99)) >/proc/self/oom_score_adj && exec "$await" -t 1000 exit $$) &
	small[$1]=$!
	pids+=($!)
	disown $!
}
# From the first sign of pressure until the last one who was killed had given all back, in ms.
took() {
	reapctl --json kills --all | awk -F '[:,]' '
		/"edge":/ { ms = $2 / 1e6; if (ms && (!first || ms < first)) first = ms }
		/"freed":/ { ms = $2 / 1e6; if (ms > last) last = ms }
		END { print int(last - first) }'
}
oom_kills() { awk '/^oom_kill / { print $2 }' /proc/vmstat; }

# crisis ORDER: leaves $died, how many small ones, and prints the figures.
crisis() {
	local order=$1 i big system probe ooms
	rm -rf "$work/state"
	agent_config 'strategy = android' '[choose]' "order = $order" '[protect]' 'package = probe' 'package = system'
	agent_start
	for ((i = 0; i < many; i++)); do small_start "$i"; done
	: >"$work/probe"
	"$build/probe" -s 8 -w "$work/target" >"$work/probe" &
	probe=$!
	pids+=("$probe")
	disown "$probe"
	"$await" line "$work/probe" ready >/dev/null || fail "no probe"
	hog_start system -a -800 -s 1 -f "$files"
	system=$pid
	hog_ready "$pid"
	ooms=$(oom_kills)
	hog_start hog -a 900 -s 600 -g 50 -o -40
	big=$pid
	grep VmRSS "/proc/${small[0]}/status"
	echo "$big" >"$work/target"
	check "$order: the hog lives" died "$big" 100
	"$await" line "$work/log" 'killed hog' >/dev/null || fail "$order: the hog's kill is not in the log"
	kill "$probe"
	died "$probe"
	died=0
	for ((i = 0; i < many; i++)); do alive "${small[i]}" || died=$((died + 1)); done
	printf 'figures %s: kills %d, by the kernel %d, first edge to memory back %d ms, probe %s\n' "$order" \
		"$(grep -c 'reapd: killed' "$work/log")" $(($(oom_kills) - ooms)) "$(took)" \
		"$(tail -n 1 "$work/probe")"
	reapctl explain "$(kill_field "$big" id)"
	reapctl latency | cat
	agent_stop
	mv "$work/log" "$work/log.$order"
	kill -9 "${small[@]}" "$system" 2>/dev/null
	"$await" exit "${small[@]}" "$system"
}

files_make 200
crisis benefit
check "$died small ones died by benefit" [ "$died" = 0 ]
crisis lmkd
check "only $died small ones died by lmkd's order" [ "$died" = "$many" ]
