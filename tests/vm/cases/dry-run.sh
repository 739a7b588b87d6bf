#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A dry run decides and records as always, and nobody dies.
# kernels: 6.1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_start --dry-run
hog_start innocent -s 60
innocent=$pid
hog_ready "$innocent"
hog_start hog -s 250 -g 20
hog=$pid
check "no decision" "$await" line "$work/log" 'would have killed hog'
kill -STOP "$hog" # nobody else will stop it
check "the hog died" alive "$hog"
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
check "outcome is $(kill_field "$hog" outcome)" [ "$(kill_field "$hog" outcome)" = dry-run ]
reapctl kills
