#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Memory that falls below the level a rule looks at is seen at once, by fentry and by kprobe: long before
# kswapd wakes, and without a look in calm, since the rule is not about levels alone.
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
grep -qw memory "$cgroup2/cgroup.subtree_control" || echo +memory >"$cgroup2/cgroup.subtree_control"
mkdir -p "$cgroup2/app"
agent_config '[rule falling]' 'when = mem.available < 50% and time.to.exhaustion < 1min over 250ms' \
	'action = notify' 'cooldown = 1h'
for tier in A B; do
	agent_start --tier $tier
	reapctl probe | cat
	awoken=$(awk '$1 == "pageoutrun" { print $2 }' /proc/vmstat)
	hog_start hog -j "$cgroup2/app/cgroup.procs" -s 1 -g 50 -m 320
	"$await" line "$work/log" 'warned' >/dev/null || fail "tier $tier: nobody saw it"
	check "tier $tier: kswapd was awake" [ "$(awk '$1 == "pageoutrun" { print $2 }' /proc/vmstat)" = "$awoken" ]
	sed -n 's/^.*warned/# warned/p' "$work/log"
	kill -9 "$pid"
	"$await" exit "$pid"
	agent_stop
done
