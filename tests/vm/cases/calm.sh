#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# In calm the agent does not run at all: in a minute no thread of it is switched to once. (Here time
# itself is the subject.) A minute in which the kernel did have an edge, compaction say, proves nothing
# and is taken again.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
switches() { cat /proc/"$agent"/task/*/status | awk '/ctxt_switches/ { sum += $2 } END { print sum }'; }
ran() { cat /proc/"$agent"/task/*/schedstat | awk '{ ns += $1; slices += $3 } END { print ns, slices }'; }
edges() { grep -c watch "$work/log"; }

agent_start
for attempt in 1 2 3; do
	# Until it has all done that belongs to its start: a request comes last.
	reapctl status
	[ "$(edges)" = 0 ] || "$await" line "$work/log" calm "$(edges)"
	check "it is not calm" grep -q '"state": *"calm"' <<<"$(reapctl --json status)"
	edges=$(edges) before="$(switches) switches, $(ran) ns and slices"
	sleep 60
	after="$(switches) switches, $(ran) ns and slices"
	say "minute $attempt: $before; $after"
	[ "$before" != "$after" ] || exit 0
	check "it ran although nothing happened" [ "$(edges)" -gt "$edges" ]
done
fail "the kernel had edges in each minute"
