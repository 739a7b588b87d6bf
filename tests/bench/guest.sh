#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# guest.sh: what of the benchmarks runs in a VM; started by tests/bench/vm.
set -u
cd /reapd || exit
echo +cpu +memory >/sys/fs/cgroup/cgroup.subtree_control
worst=0
for tier in A B C; do
	WHOLE=1 ROUNDS=9 tests/bench/edge.sh $tier || worst=$?
done
build/slow -m 48 -n "${ROUNDS:-3}" 2>&1 || worst=$?
exit $worst
