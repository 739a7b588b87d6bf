#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Who dies by Android's orders: by benefit the hog, though smaller ones are less important; by lmkd's order
# those go before it. Record and explanation say why.
. "$(dirname "$0")/../lib.sh"

scope_make 256
crisis() { # crisis ORDER: a hog of adj 900 and three small ones above it
	rm -rf "$work/state"
	agent_config '[choose]' "order = $1"
	agent_start
	small=()
	for i in 1 2 3; do
		# shellcheck disable=SC2046 # words are meant
		hog_start "small$i" $(join) -a $((940 + i)) -s 1
		small+=("$pid")
		hog_ready "$pid"
	done
	# Those who miss the memory that it has.
	readers=()
	for i in 1 2 3 4; do
		# shellcheck disable=SC2046
		hog_start reader $(join) -s 15 "${squeezed[@]}"
		readers+=("$pid")
		hog_ready "$pid"
	done
	# shellcheck disable=SC2046
	hog_start hog $(join) -a 900 -s 155 "${squeezed[@]}"
	big=$pid
}
alive_of() { for one in "$@"; do ! alive "$one" || echo "$one"; done | wc -l; }

crisis benefit
check "the hog lives" died "$big"
check "a small one died" [ "$(alive_of "${small[@]}")" = 3 ]
"$await" line "$work/log" 'killed hog' >/dev/null || fail "it is not in the log"
reapctl --json kills --all | grep -q '"order": *"benefit"' || fail "the order is not in the record"
reapctl explain last | tr '\n' ' ' >"$work/text"
grep -q 'First goes who gives back the most in the least important band' "$work/text" || fail "$(cat "$work/text")"
grep -Eq 'After it came .*small[123] \(pid [0-9]+, [^)]*oom_score_adj 94[123]' "$work/text" || fail "$(cat "$work/text")"
agent_stop
check "a reader died" [ "$(alive_of "${readers[@]}")" = 4 ]
kill -9 "${small[@]}" "${readers[@]}"
"$await" exit "${small[@]}" "${readers[@]}"

crisis lmkd
check "the hog lives" died "$big"
check "a small one lives" [ "$(alive_of "${small[@]}")" = 0 ]
"$await" line "$work/log" 'killed hog' >/dev/null || fail "it is not in the log"
order=$(sed -n 's/.*reapd: killed \([a-z0-9]*\) (pid.*/\1/p' "$work/log" | tail -n 4 | tr '\n' ' ')
check "the order was $order" [ "$order" = "small3 small2 small1 hog " ]
check "a reader died" [ "$(alive_of "${readers[@]}")" = 4 ]
agent_stop
kill -9 "${readers[@]}"
"$await" exit "${readers[@]}"

# Nobody below what the reason allows: of strategy android the nearest row says what that is. And with an
# lmkd socket nobody of whom no client told.
. "$top/tests/lmkd.sh"
agent_config "lmkd_socket = $lmkd_socket" 'strategy = android'
agent_start
# shellcheck disable=SC2046
hog_start important $(join) -a 0 -s 30
hog_ready "$pid"
# shellcheck disable=SC2046
hog_start cached $(join) -a 905 -s 10
hog_ready "$pid"
client_start am
tell am prio "$pid" 10001 905
done_by am
# shellcheck disable=SC2046
hog_start unknown $(join) -a 950 -s 20
hog_ready "$pid"
reapctl explain >"$work/text"
grep -q 'not registered at the lmkd socket' "$work/text" || fail "the unknown one is not spared: $(cat "$work/text")"
grep -q 'order: benefit' "$work/text" || fail "the order is not explained: $(cat "$work/text")"
floor=$(sed -n 's/.*nobody with an oom_score_adj below \([0-9]*\).*/\1/p' "$work/text")
[ -n "$floor" ] || fail "no floor: $(cat "$work/text")"
[ "$floor" = 0 ] || ! grep -q important "$work/text" || fail "one below $floor is a candidate: $(cat "$work/text")"
grep -A 1 cached "$work/text" | grep -q 'would die' || fail "the cached one would not die: $(cat "$work/text")"
