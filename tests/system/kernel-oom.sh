#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# When the kernel's own killer acts in the scope, its victim's memory is taken back at once and the
# kill stands in the same history.
. "$(dirname "$0")/../lib.sh"

scope_make 128
if [ -z "$memory_v1" ]; then
	echo max >"$cgroup2$scope/memory.high"
	echo 128M >"$cgroup2$scope/memory.max"
fi
agent_config '[host]' 'exhausted = no' 'thrashing = no'
agent_start
# shellcheck disable=SC2046 # words are meant
hog_start doomed $(join) -s 1 -g 0
doomed=$pid
check "the kernel did not kill it" died "$doomed" 60
"$await" line "$work/log" "kernel OOM killed doomed" >/dev/null || fail "no log line"
check "the kind is not kernel-oom" [ "$(kill_field "$doomed" kind)" = kernel-oom ]
check "its memory was not followed" [ "$(kill_field "$doomed" freed)" -gt 0 ]
reapctl status | grep -q '1 by the kernel' || fail "not counted"
