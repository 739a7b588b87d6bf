#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# edge.sh [TIER]: from the edge to the decision, beyond what the rule waits for: since the edge, without the 5 ms of
# stall that it wants, or since the last look at which the kernel did not count so much yet (a recording tells), whichever
# is later. Each round squeezes a hog in a cgroup until it is killed. The agent is confined to that cgroup, whose pressure comes from
# its file in any tier, not more often than each 50 ms: the target is tier C's. WHOLE=1 (VMs only): it watches the
# whole machine, as its tier can. Prints a row.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
rounds=${ROUNDS:-15}
budget_ms=5
scope=/reapd-bench-$$

scope_make 24
read -ra squeezed <<<"$(join) -s 16 ${squeezed[*]}"
where=', in a cgroup'
[ -z "${WHOLE:-}" ] || scope=/ where=
agent_config 'calm_after = 200ms' '[rule budget]' 'when = psi.some >= 5% over 100ms'
agent_start ${1:+--tier "$1"}
recorder_start
tier=$(reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }')
for ((i = 1; i <= rounds; i++)); do
	hog_start "hog$i" "${squeezed[@]}"
	died "$pid" 30 || fail "round $i: nobody was killed"
	"$await" line "$work/log" "killed hog$i" >/dev/null || fail "round $i: not by us"
	echo "$(kill_field "$pid" edge) $(kill_field "$pid" decided)" >>"$work/kills"
done
recorder_stop
reapctl --json replay "$work/rec" >"$work/replayed" || fail "the recording: $(cat "$work/replayed" "$work/rec.err")"
# One about the next round's hog may come while there is none yet: it kills nobody.
awk -F '[:,]' '/"time_ns"/ { at = $2 } /"since_look_ns"/ { at -= $2 } /"pid"/ { print at }' "$work/replayed" >"$work/looks"
[ "$(wc -l <"$work/looks")" = "$rounds" ] || fail "$(wc -l <"$work/looks") decisions in $rounds rounds"
case $where$tier in A) most=10 ;; B) most=15 ;; *) most=120 ;; esac
paste -d ' ' "$work/kills" "$work/looks" | awk -v budget=$budget_ms '
	{ edge = ($2 - $1) / 1e6 - budget; look = ($2 - $3) / 1e6; ms = edge < look ? edge : look; print ms < 0 ? 0 : ms }' |
	sort -n | awk -v tier="$tier$where" -v budget=$budget_ms -v most=$most -v OFS='\t' '
	{ ms[NR] = $1 }
	END {
		median = ms[int((NR + 1) / 2)]
		print "edge to decision, tier " tier, sprintf("%.1f ms (%.1f-%.1f)", median, ms[1], ms[NR]),
			"stall: " budget " ms", "-", "<= " most " ms", median <= most ? "met" : "missed"
	}'
