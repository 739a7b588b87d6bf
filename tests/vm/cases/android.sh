#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The whole machine under strategy android, with zram: as in lmkd's own unit test one process after the
# other, with oom_score_adj 1000, 900 ... 0, grows until it is killed. Each is, by us, for one of lmkd's
# reasons, and the kernel's own killer never comes. A protected one of adj 900 is passed over all the while.
# The next agent, after a SIGKILL, is found again by its clients, and decides when they say that it may.
# kernels: 6.1 6.12 6.1-arm64 5.10
# also: 5.10
# vm: -m 256M -a reapd.zram=32M
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
# shellcheck source=tests/lmkd.sh
. /reapd/tests/lmkd.sh

# As Android's init does: else a watermark may rise by half for a while, and lmkd's numbers are of the minute.
echo 0 >/proc/sys/vm/watermark_boost_factor
# As Android sets them (extra_free_kbytes): from low to min is more than what is taken between two looks.
echo 300 >/proc/sys/vm/watermark_scale_factor

# At 200 and below nobody dies before the min watermark, or before there is nothing left to reclaim: a moment
# before the kernel's own killer, and an emulated CPU gives us some twenty times less of it.
common=(-s 100 -g 50) important=(-s 140 -g 12)
options=()
case $(uname -r) in 5.10.*) options=(--no-btf) ;; esac

# An emulated CPU takes half a second to free a victim: with lmkd's 100 ms each would be two kills.
agent_config 'strategy = android' "lmkd_socket = $lmkd_socket" '[protect]' 'package = bystander' \
	'[android]' 'kill_timeout_ms = 2000' 'delay_monitors_until_boot = yes'
# app NAME OPTION...: without BTF a name is that of the file, whatever its argv[0] says.
app() {
	ln "$hog" "$build/$1"
	hog=$build/$1 hog_start "$@"
}
# Batches, and a barrier behind them: it is registered before it can be killed, and so is the bystander, anew.
register() { # PID ADJ
	kill -STOP "$1"
	tell ams prios "$bystander" 10900 800 0 "$1" $((10000 + $2)) 950 0
	tell ams prios "$1" $((10000 + $2)) "$2" 0 "$bystander" 10900 900 0
	done_by ams
	check "behind the barrier its adj is $(adj_of "$1")" [ "$(adj_of "$1")" = "$2" ]
	check "behind the barrier the bystander's adj is $(adj_of "$bystander")" [ "$(adj_of "$bystander")" = 900 ]
	kill -CONT "$1"
}

app bystander -s 20
hog_ready "$pid"
bystander=$pid

# Nobody dies before a client says so, and then for what has been true before. Without swap, and with the low
# watermark far above the min one, memory can stay in between.
scale=$(cat /proc/sys/vm/watermark_scale_factor)
swapoff /dev/zram0
echo 1000 >/proc/sys/vm/watermark_scale_factor
agent_start "${options[@]}"
client_start ams
tell ams subscribe 0
tell ams subscribe 1
# One that asks to be told and never reads holds up nobody.
client_start deaf
tell deaf subscribe 0
tell deaf flood 2000
reapctl probe | head -3
app early -s $(($(awk '/^MemFree:/ { print int($2 / 1024) }' /proc/meminfo) - 8))
register "$pid" 950
until reapctl explain >"$work/explain" && grep -q 'rule low_mem: fires' "$work/explain"; do
	check "it decided before it was told that it may" alive "$pid"
	sleep 0.1
done
check "it decided before it was told that it may" alive "$pid"
tell ams monitor
check "it does not decide when it may" died "$pid" 60
told ams "kill $pid 10950 "
check "it was not for what had been true before" [ "$(kill_field "$pid" rule)" = low_mem ]
echo "$scale" >/proc/sys/vm/watermark_scale_factor
swapon /dev/zram0
# Then watermarks are read anew.
"$await" -t 60 line "$work/log" calm >/dev/null || fail "it did not calm down"

for adj in 1000 900 800 700 600 500 400 300 200 100 0; do
	if [ $adj -gt 200 ]; then pace=("${common[@]}"); else pace=("${important[@]}"); fi
	app "app$adj" "${pace[@]}"
	register "$pid" $adj
	check "app$adj was not killed" died "$pid" 60
	"$await" line "$work/log" "(pid $pid, uid 0, adj $adj, " >/dev/null || fail "app$adj: not by us"
	told ams "kill $pid $((10000 + adj)) "
	last=$pid
	rule=$(kill_field "$pid" rule)
	say "app$adj: $rule, $(kill_field "$pid" size_kib) KiB, $SECONDS s"
	check "app$adj: no reason of lmkd's" [ -n "$rule" ]
done
order=$(sed -n 's/.*reapd: killed [a-z0-9]* (pid [0-9]*, uid 0, adj \([0-9]*\),.*/\1/p' "$work/log" | tr '\n' ' ')
check "they died in the order $order" [ "$order" = "950 1000 900 800 700 600 500 400 300 200 100 0 " ]
check "the bystander died" alive "$bystander"
reapctl --json kills "$(kill_field "$last" id)" | tr -d '\n' | grep -qE \
	"\"pid\": *$bystander,[^}]*\"oom_score_adj\": *900,[^}]*\"rule\": *\"package bystander\"[^}]*\"why\": *\"protected by a filter\"" ||
	fail "the bystander is not in the record as protected"
check "not STAT and then KILL for each" [ "$(grep -E '^(stat|kill)' "$work/client.ams" | cut -d' ' -f1 | uniq -c | awk '{ print $1, $2 }' | sort | uniq -c | awk '{ print $1, $2, $3 }' | tr '\n' ' ')" = "12 1 kill 12 1 stat " ]
tell ams count 901 1000
tell ams count -1000 1000
told ams "count 2"
told ams "count 12"
grep -E "lowmemorykiller: (Kill|killinfo)" "$work/log" | head -n 4
check "not twelve of lmkd's lines" [ "$(grep -c "lowmemorykiller: Kill '[a-z0-9]*' .*; reason: " "$work/log")" = 12 ]
check "values that lmkd knows are not known" [ "$(grep -Ec 'killinfo: \[([0-9]+,){22}' "$work/log")" = 12 ]
reapctl status
reapctl probe | grep -E 'watermarks_changed|vendor_kill'

# Without swap, and with no file left to reclaim, kswapd has given up: nobody stalls, nothing wakes the agent but
# falling memory itself, where that is seen.
if reapctl probe | grep -q '^charge_.* attached'; then
	"$await" -t 60 line "$work/log" calm "$(grep -c 'reapd: watch' "$work/log")" >/dev/null || fail "it did not calm down"
	swapoff /dev/zram0
	app swapless -s 60 -g 50
	register "$pid" 950
	check "without swap nobody was killed" died "$pid" 60
	check "without swap: not by us" [ "$(kill_field "$pid" rule)" = low_mem ]
	swapon /dev/zram0
fi

# Killed, it is found again by its clients, and the next one knows nobody until it is told. Where the kernel side
# cannot add stalls up, triggers with lmkd's numbers do.
disown "$agent"
kill -9 "$agent"
died "$agent"
told ams closed
agent_start --tier C "${options[@]}"
tell ams connect
told ams connected 2
tell ams subscribe 0
# Nor does it know that it may.
tell ams monitor
app last "${common[@]}"
register "$pid" 700
check "in tier C nobody was killed" died "$pid" 60
"$await" line "$work/log" "(pid $pid, uid 0, adj 700, " >/dev/null || fail "in tier C: not by us"
told ams "kill $pid 10700 "
say "tier C: $(kill_field "$pid" rule)"
check "a trigger was refused" [ "$(grep -c 'no trigger' "$work/log")" = 0 ]
check "the bystander died" alive "$bystander"
check "the agent did not stop well" agent_stop
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
