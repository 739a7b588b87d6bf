#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The lmkd socket: what its clients ask for is done, what is no packet is dropped and nothing else, a
# process belongs to who registered it, subscribers are told of a kill (STAT, then KILL) however deaf
# another one is, and clients find the next agent.
. "$(dirname "$0")/../lib.sh"
. "$top/tests/lmkd.sh"

scope_make 256
agent_config "lmkd_socket = $lmkd_socket"
agent_start
check "wrong mode: $(stat -c %a "$lmkd_socket")" [ "$(stat -c %a "$lmkd_socket")" = 660 ]
status() { reapctl --json status | sed -n "s/^ *\"$1\": *\([0-9]*\).*/\1/p"; }

# A batch, then the barrier: all of it is done. Raising is allowed to everybody.
client_start one
victims=()
for i in 1 2 3; do
	sleep 600 &
	victims+=($!)
	pids+=($!)
	disown $!
done
tell one prios "${victims[0]}" 10001 901 0 "${victims[1]}" 10002 902 0 "${victims[2]}" 10003 903 1
done_by one
for i in 0 1 2; do
	check "process $i has $(adj_of "${victims[$i]}")" [ "$(adj_of "${victims[$i]}")" = 90$((i + 1)) ]
done
check "not three registered" [ "$(status lmkd_registered)" = 3 ]
tell one prios "${victims[0]}" 10001 911 0 1 "${victims[1]}" 10002 912 0 0
tell one prio "${victims[2]}" 10003 913
done_by one
check "what is for lmkd only was written" [ "$(adj_of "${victims[0]}")" = 901 ]
check "a record of five words was not" [ "$(adj_of "${victims[1]}")" = 912 ]
check "three arguments were not taken" [ "$(adj_of "${victims[2]}")" = 913 ]
# Lowering may be refused by the kernel: the client is none the worse for it.
tell one prio "${victims[2]}" 10003 100 0
done_by one
check "lost by a priority that cannot be written" [ "$(status lmkd_registered)" = 3 ]

# Another's process is not changed, not removed, not purged; of nobody's it is the first's who touches it.
client_start two
tell two prio "${victims[0]}" 10001 950 0
tell two remove "${victims[1]}"
tell two purge
done_by two
check "another's process was changed" [ "$(adj_of "${victims[0]}")" = 901 ]
check "another's process was removed" [ "$(status lmkd_registered)" = 3 ]
"$await" line "$work/log" "client ${client_pid[two]}: process ${victims[0]} not taken: another client" >/dev/null ||
	fail "the refusal is not in the log"
client_stop one
client_start one # its connection ended before this one began
tell two prio "${victims[0]}" 10001 951 0
done_by two
check "nobody's process was not taken" [ "$(adj_of "${victims[0]}")" = 951 ]
tell one prio "${victims[0]}" 10001 960 0
done_by one
check "it is not the first's who touched it" [ "$(adj_of "${victims[0]}")" = 951 ]
tell one purge
done_by one
check "a purge leaves $(status lmkd_registered): nobody's should go, another's stay" [ "$(status lmkd_registered)" = 1 ]
threads=(/proc/"$agent"/task/*)
tell two prio 1 0 2000
tell two prio $((1 << 22)) 10001 900 # nobody has this number
tell two prio "${threads[-1]##*/}" 0 900 # a thread of another process
done_by two
check "not a process, and registered" [ "$(status lmkd_registered)" = 1 ]

# Every packet that is none, on one connection: dropped, said once, and the connection is as before.
malformed=$(status lmkd_malformed)
bad=(00 000000 0000000c ffffffff 00000000 "00000000 00000001" "00000001 00000001"
	"00000001 00000000 00000000 00000000" "00000001 00000001 00000000 000003e9" "00000002"
	"00000003 00000000" 00000004 "00000005 00000002" "00000005 ffffffff" 00000006 00000008
	"00000007 00000000" 0000000b "0000000b 00000001 00000002 00000003"
	"$(printf '%08d' 3 $(seq 100000001 100000020))")
for packet in "${bad[@]}"; do tell two hex "$packet"; done
tell two count 1001 1001
told two "count 0"
check "counted $(($(status lmkd_malformed) - malformed)) of ${#bad[@]}" [ $(($(status lmkd_malformed) - malformed)) = ${#bad[@]} ]
check "not one line of it, but $(grep -c 'packet dropped' "$work/log")" [ "$(grep -c 'packet dropped' "$work/log")" -le 1 ]

# The other commands.
tell two booted
told two "booted 0"
tell two booted
told two "booted 1"
tell two monitor
tell two target 18432 0 23040 100
tell two update
told two "update 0"
"$await" line "$work/log" "configuration reloaded" >/dev/null || fail "not reloaded"
echo nonsense >>"$work/conf"
tell two update
told two "update -1"
check "the agent did not outlive a bad configuration" alive "$agent"
sed -i '$d' "$work/conf"

# The fourth is refused, and the first three stay. One of them never reads, and has all it can hold.
client_start deaf
tell deaf subscribe 1
tell deaf subscribe 0
lost=$(status lmkd_lost)
tell deaf flood 2000
client_start four
told four closed
check "clients are not three" [ "$(status lmkd_clients)" = 3 ]
client_stop four
tell one subscribe 0
tell one subscribe 1
tell two subscribe 0
done_by one
done_by two

# A kill: in the scope, of a process that is registered with another uid than it has.
small=()
for i in 1 2 3 4 5 6; do
	# shellcheck disable=SC2046 # words are meant
	hog_start "small$i" $(join) -s 20 "${squeezed[@]}"
	small+=("$pid")
	hog_ready "$pid"
done
# shellcheck disable=SC2046
hog_start large $(join) -s 110 "${squeezed[@]}"
large=$pid
tell one prio "$large" 12345 900 0
done_by one
check "the large one was not killed" died "$large"
told one "kill $large 12345"
told two "kill $large 12345"
grep -E '^(stat|kill)' "$work/client.one" >"$work/order"
cat "$work/order"
check "not one STAT and then one KILL" [ "$(cut -d' ' -f1 "$work/order" | tr '\n' ' ')" = "stat kill " ]
read -r _ _ _ rss _ _ start uid adj _ _ _ reason _ _ name <"$work/order"
check "uid $uid, adj $adj, reason $reason, name $name" [ "$uid $adj $reason $name" = "12345 900 -1 large" ]
check "its size is $rss bytes" [ "$rss" -gt $((64 << 20)) ]
check "no start time" [ "$start" -gt 0 ]
check "who did not ask for STAT has it" [ "$(grep -c ^stat "$work/client.two")" = 0 ]
check "the deaf one lost nothing: $lost, $(status lmkd_lost)" [ "$(status lmkd_lost)" -gt "$lost" ]
for range in "900 900" "-1000 1000" "1001 1001" "-5000 5000"; do
	# shellcheck disable=SC2086
	tell one count $range
done
tell one count 901 1000
tell one count 5 -5
done_by one
check "counts: $(grep ^count "$work/client.one" | tr '\n' ' ')" [ "$(grep ^count "$work/client.one" | tr '\n' ' ')" = "count 1 count 1 count 1 count 1 count 0 count 0 " ]
check "it is registered still" [ "$(status lmkd_registered)" = 1 ]

# lmkd's lines, as its own tests look for them, and its numbers in the record.
check "no lmkd line" grep -Eq "lowmemorykiller: Kill 'large' \($large\), uid 12345, oom_score_adj 900 to free [0-9]+kB rss, [0-9]+kB swap; reason: " "$work/log"
check "no killinfo line of 38" grep -Eq "killinfo: \[$large,12345,900,(-?[0-9.]+,){34}-?[0-9.]+\]" "$work/log"
"$await" line "$work/log" "killed large" >/dev/null || fail "no line of the kill"
check "not said whether it was reaped" grep -Eq "Process $large was reaped in [0-9]+ms|process_mrelease $large failed: No such process" "$work/log"
check "killinfo is not in the record" [ "$(reapctl --json kills "$(kill_field "$large" id)" | sed -n '/"killinfo"/,/}/p' | grep -c '":')" = 39 ]

# The next agent is found again, and knows nobody until it is told.
agent_stop || fail "the agent did not stop cleanly"
told one closed
check "the socket is left behind" [ ! -e "$lmkd_socket" ]
agent_start
tell one connect
told one connected 2
tell one prio "${victims[1]}" 10002 970 0
done_by one
check "not as told to the next agent" [ "$(adj_of "${victims[1]}")" = 970 ]
check "not one registered" [ "$(status lmkd_registered)" = 1 ]

# Killed, it leaves its socket, which the next one takes; a second beside it does not.
disown "$agent"
kill -9 "$agent"
"$await" exit "$agent"
cgroup_make /both
agent_config "lmkd_socket = $lmkd_socket" '[rule apps]' "scope = $scope/*" 'when = psi.some >= 2% over 1s' \
	'cooldown = 1h' 'choose = cgroup'
agent_start
sed "s,run_dir = .*,run_dir = $work/run2,; s,bpf_dir = .*,bpf_dir = ${bpf_dir}b," "$work/conf" >"$work/conf2"
"$reapd" -c "$work/conf2" 2>"$work/log2"
rm -rf "${bpf_dir}b"
check "a second agent took the socket: $(cat "$work/log2")" grep -q "lmkd socket: Address already in use" "$work/log2"

# A cgroup dies whole: of each that is registered it is told, once.
kill -9 "${small[@]}"
"$await" exit "${small[@]}"
tell one connect
told one connected 3
tell one subscribe 0
# shellcheck disable=SC2046
hog_start first $(join /both) -s 60 "${squeezed[@]}"
first=$pid
# shellcheck disable=SC2046
hog_start second $(join /both) -s 60 "${squeezed[@]}"
second=$pid
tell one prio "$first" 10011 900 0
tell one prio "$second" 10012 905 0
done_by one
# shellcheck disable=SC2046
hog_start third $(join /both) -s 105 "${squeezed[@]}"
check "the cgroup was not killed" died "$pid"
told one "kill $first 10011"
told one "kill $second 10012"
"$await" line "$work/log" "killed cgroup" >/dev/null || fail "no line of the kill"
done_by one
check "told of some twice" [ "$(sed -n "s/^kill \($first\|$second\) .*/x/p" "$work/client.one" | wc -l)" = 2 ]
