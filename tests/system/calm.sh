#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# In calm the agent makes no system call at all. CALM_SECONDS (5) of watching; here time is the
# subject.
. "$(dirname "$0")/../lib.sh"

command -v strace >/dev/null || skip "no strace"
cgroup_make
agent_start
timeout -s INT "${CALM_SECONDS:-5}" strace -f -c -p "$agent" -o "$work/strace" 2>"$work/attached"
check "strace did not attach: $(cat "$work/attached")" grep -q "Process $agent attached" "$work/attached"
# What strace itself interrupts is restarted: one per thread, seen as restart_syscall at most.
awk '$NF == "total" || /^-/ || /^%/ || $NF == "restart_syscall" { next } NF { print; n++ } END { exit n > 0 }' \
	"$work/strace" || fail "system calls in calm: $(cat "$work/strace")"
