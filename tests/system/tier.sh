#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The tier is what the hooks make it: A with fentry on stalls, C without the kernel's own clocks. What
# is lost is said beside each hook that is missing, and a forced tier C is one.
. "$(dirname "$0")/../lib.sh"

tier() { reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }'; }
attached() { reapctl probe | grep -q "^$1 .* attached"; }

cgroup_make
agent_start
say "tier $(tier)"
case $(tier) in
A) check "A without fentry" attached stall_enter_fentry ;;
B) check "B with fentry" eval '! attached stall_enter_fentry' ;;
C) check "C with the kernel's clocks" eval '! attached psi_sample' ;;
*) fail "no tier" ;;
esac
if ! attached psi_sample; then
	reapctl probe | grep '^psi_sample' | grep -q 'in-kernel pressure' || fail "probe does not say what is lost"
fi
agent_stop
agent_start --tier C
check "forced C is $(tier)" [ "$(tier)" = C ]
check "C with the kernel's clocks" eval '! attached psi_sample'
