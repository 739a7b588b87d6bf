#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A recorded crisis gives the same verdicts again, bit for bit, killed or not, and the two recorded traces give the
# right answers: loadshift nobody, overload a kill between 5 and 20 s.
. "$(dirname "$0")/../lib.sh"

scope_make 256
agent_start
kill_recorded
out=$(reapctl --json replay "$work/rec") || fail "the verdicts differ: $out"
grep -q '"decisions": 1,' <<<"$out" || fail "not one decision: $out"
grep -q "\"pid\": $pid," <<<"$out" || fail "another victim: $out"
grep -q '"since_look_ns": [1-9]' <<<"$out" || fail "no look before the one that decided: $out"

# So does one about nobody: the rule rests after it, not before.
reapctl filter add protect cgroup "$scope"
recorder_start
# shellcheck disable=SC2046
hog_start spared $(join) -s 110 "${squeezed[@]}"
"$await" line "$work/log" "killed nobody" >/dev/null || fail "nobody was not killed"
recorder_stop
out=$(reapctl --json replay "$work/rec") || fail "about nobody the verdicts differ: $out"
grep -q '"same": true' <<<"$out" || fail "no decision about nobody: $out"

[ "$(reapctl --json replay "$top/tests/replay/loadshift.txt" | awk '/"decisions"/ { print $2 }')" = 0, ] ||
	fail "loadshift: somebody would have died"
first=$(reapctl --json replay "$top/tests/replay/overload.txt" | awk '/"time_s"/ { print $2 + 0; exit }')
awk -v t="$first" 'BEGIN { exit !(t >= 5 && t <= 20) }' || fail "overload: first kill at $first s"
for trace in loadshift overload; do
	reapctl replay "$top/tests/replay/$trace.txt" | diff "$top/tests/replay/$trace.golden" - || fail "$trace: not as before"
done
