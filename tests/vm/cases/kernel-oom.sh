#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# No rule fires and the kernel's own killer comes: its victim's memory is taken back by us at once,
# and it goes into the same history.
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config '[host]' 'exhausted = no' 'swap_full = no' 'starving = no' 'thrashing = no'
agent_start
hog_start innocent -s 60
innocent=$pid
hog_ready "$innocent"
hog_start victim -s 1 -g 0
victim=$pid
check "nobody was killed" died "$victim" 60
check "not told" "$await" line "$work/log" 'kernel OOM killed victim'
check "the innocent one died" alive "$innocent"
check "it was not the kernel" grep -qx 'oom_kill 1' /proc/vmstat

reapctl kills "$(kill_field "$victim" id)"
check "kind is $(kill_field "$victim" kind)" [ "$(kill_field "$victim" kind)" = kernel-oom ]
check "outcome is $(kill_field "$victim" outcome)" [ "$(kill_field "$victim" outcome)" = freed ]
# One that exited before we came to look has no memory to ask for: told by the kernel side alone, without threads.
[ "$(kill_field "$victim" threads)" = 0 ] || check "its memory was not asked for" [ "$(kill_field "$victim" mrelease_tries)" -ge 1 ]
if reapctl probe | grep -q '^oom_limit_.* attached'; then
	check "limit is $(kill_field "$victim" limit)" [ "$(kill_field "$victim" limit)" = machine ]
fi
for stage in decided signalled exited freed; do
	check "stage $stage is missing" [ "$(kill_field "$victim" $stage)" -gt 0 ]
done
check "the agent does not count it" [ "$(reapctl --json status | awk -F '[:,]' '/kernel_ooms/ { print $2 + 0 }')" = 1 ]
