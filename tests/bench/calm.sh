#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# calm.sh: what the agent does when nothing happens, in CALM_SECONDS (60) of it, in a cgroup of its own: how
# often any of its threads was switched to, and for how long it ran. (Here time itself is the subject.)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
seconds=${CALM_SECONDS:-60}

# Slices and nanoseconds of all threads.
ran() { cat /proc/"$agent"/task/*/schedstat | awk '{ ns += $1; slices += $3 } END { print slices, ns }'; }

cgroup_make
agent_start
reapctl status >/dev/null # a request comes last: all that belongs to the start is done
sleep 1 # ... but the reply's own end
read -r slices ns <<<"$(ran)"
sleep "$seconds"
read -r slices_after ns_after <<<"$(ran)"
awk -v s="$seconds" -v n=$((slices_after - slices)) -v ns=$((ns_after - ns)) -v OFS='\t' 'BEGIN {
	print "calm: wake-ups in " s " s", n, sprintf("CPU: %.3f ms", ns / 1e6), "-", "0", n ? "missed" : "met" }'
