#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Strategy android in a scope: what explain and status say in calm, a kill with lmkd's reason in its
# record, and the recording of it gives the same verdict again.
. "$(dirname "$0")/../lib.sh"

scope_make 256
# In a squeezed cgroup the machine's watermarks are never met: what happens is the complete stall. How
# much of one there is depends on what else runs here.
agent_config 'strategy = android' '[android]' 'psi_partial_stall_ms = 20' 'psi_complete_stall_ms = 60'
agent_start
reapctl status | tee "$work/status"
grep -q 'strategy android' "$work/status" || fail "status does not say the strategy"
grep -q 'rule *low_mem: mem.free < ' "$work/status" || fail "status has no watermark"
reapctl explain | tee "$work/explain"
grep -q 'rule not_responding.*: does not fire' "$work/explain" || fail "explain has no complete stall"
grep -q 'rule pressure_after_kill' "$work/explain" && fail "explain has a row that cannot be next"
awk 'length > 80 { print "wider than 80: " $0; bad = 1 } END { exit bad }' "$work/explain" || fail "too wide"

kill_recorded
check "the reason is not in the record" [ "$(kill_field "$pid" rule)" = not_responding ]
out=$(reapctl --json replay "$work/rec") || fail "the verdicts differ: $out"
grep -q '"rule": "not_responding"' <<<"$out" || fail "another reason: $out"

# A reload takes new numbers; another strategy it does not take, and says so.
agent_config 'strategy = android' '[android]' 'low_ram = yes' 'psi_complete_stall_ms = 900'
check "the reload failed" reapctl reload
reapctl status | tr '\n' ' ' | grep -q 'psi.full >= 90% over 1s' || fail "the reload changed nothing"
agent_config 'strategy = host'
reapctl reload && fail "the strategy changed while it ran"
"$await" line "$work/log" "strategy changes only with a restart" >/dev/null || fail "no reason was said"
reapctl status | grep -q 'strategy android' || fail "the strategy is not the old one"
check "the agent did not stop well" agent_stop
