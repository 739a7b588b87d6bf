#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Without fentry (tier B) kprobes tell of stalls, and a fast hog is killed before the kernel's own killer
# comes.
# kernels: 6.1 6.12 7.2
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_start --tier B
probe=$(reapctl probe | cat)
echo "$probe"
check "it is not tier B" [ "$(reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }')" = B ]
check "hooks of tier A are not off" [ "$(grep -c '^stall_.*_fentry .* off' <<<"$probe")" = 2 ]
check "those of tier B are not on" [ "$(grep -c '^stall_.*_kprobe .* attached' <<<"$probe")" = 2 ]
hog_start innocent -s 60
innocent=$pid
hog_ready "$innocent"
hog_start hog -s 200 -g 50
check "the hog was not killed" died "$pid" 60
check "not by us" "$await" line "$work/log" 'killed hog'
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills "$(kill_field "$pid" id)"
