#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# edge.sh [TIER]: from the edge to the decision, beyond the 5 ms of stall that the rule waits for. Each round
# squeezes a hog in a cgroup until it is killed. The agent is confined to that cgroup, whose pressure comes from
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
tier=$(reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }')
for ((i = 1; i <= rounds; i++)); do
	hog_start "hog$i" "${squeezed[@]}"
	died "$pid" 30 || fail "round $i: nobody was killed"
	"$await" line "$work/log" "killed hog$i" >/dev/null || fail "round $i: not by us"
	echo $(($(kill_field "$pid" decided) - $(kill_field "$pid" edge))) >>"$work/ns"
done
case $where$tier in A) most=10 ;; B) most=15 ;; *) most=120 ;; esac
sort -n "$work/ns" | awk -v tier="$tier$where" -v budget=$budget_ms -v most=$most -v OFS='\t' '
	{ ms[NR] = $1 / 1e6 - budget; if (ms[NR] < 0) ms[NR] = 0 }
	END {
		median = ms[int((NR + 1) / 2)]
		print "edge to decision, tier " tier, sprintf("%.1f ms (%.1f-%.1f)", median, ms[1], ms[NR]),
			"stall: " budget " ms", "-", "<= " most " ms", median <= most ? "met" : "missed"
	}'
