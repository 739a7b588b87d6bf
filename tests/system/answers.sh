#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every verb answers, in text that fits 80 columns and in JSON that parses, with and without a hog;
# nothing is coloured when piped.
. "$(dirname "$0")/../lib.sh"

scope_make 256
agent_config '[protect]' 'package = database'
agent_start
# shellcheck disable=SC2046 # words are meant
hog_start database $(join) -s 20
hog_ready "$pid"
# shellcheck disable=SC2046
hog_start other $(join) -s 10 -T 20
other=$pid
hog_ready "$other"

for verb in status top explain latency probe 'filter list' 'filter test sshd' "filter test $other" kills reload \
	'latency --reset'; do
	# shellcheck disable=SC2086 # words are meant
	reapctl $verb >"$work/text" 2>"$work/err" || fail "$verb: $(cat "$work/err")"
	awk -v verb="$verb" 'length > 80 { print verb ": longer than 80: " $0; bad = 1 } END { exit bad }' "$work/text" || fail "too wide"
	grep -q $'\e' "$work/text" && fail "$verb is coloured although piped"
	# shellcheck disable=SC2086
	reapctl --json $verb >"$work/json" || fail "--json $verb failed"
	python3 -m json.tool <"$work/json" >/dev/null || fail "--json $verb is not JSON"
done
reapctl top | grep -A1 ' database ' | grep -q 'protected by a filter: package database' || fail "top does not say who is spared"
reapctl explain | grep -A1 ' other ' | grep -q 'would die' || fail "explain does not name the victim"
reapctl --json explain | grep -q "\"victim\": $other" || fail "explain --json does not name the victim"
reapctl --json top | grep -q '"threads": 21' || fail "a process with threads is not one entry"
# What has no text of 80 columns, or takes its time.
for verb in 'filter key cgroup /a' 'filter add avoid package something' 'filter remove package something' \
	"record $work/rec -s 1" "replay $work/rec"; do
	# shellcheck disable=SC2086
	reapctl --json $verb >"$work/json" || fail "--json $verb failed"
	python3 -m json.tool <"$work/json" >/dev/null || fail "--json $verb is not JSON"
done
# New limits are those that are shown, and the old ones again; no descriptor stays behind.
count_fds() { find "/proc/$agent/fd" -mindepth 1 | wc -l; }
fds=$(count_fds)
cp "$work/conf" "$work/conf.was"
sed -i 's/^thrashing_psi_full = .*/thrashing_psi_full = 55%/; s/^thrashing_window = .*/thrashing_window = 3s/' "$work/conf"
reapctl reload
reapctl status | grep -q 'psi.full >= 55% over 3s' || fail "the new limits are not shown"
cp "$work/conf.was" "$work/conf"
for _ in 1 2 3 4 5; do reapctl reload; done
reapctl status | grep -q 'psi.full >= 4% over 1s' || fail "the old limits are not back"
check "descriptors stay behind: $fds before, $(count_fds) now" [ "$(count_fds)" -le "$fds" ]
echo 'strategy = none' >"$work/conf"
reapctl reload 2>&1 | grep -q 'the configuration has errors' || fail "a bad configuration is not said to be"
