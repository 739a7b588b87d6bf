#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A hog that ignores SIGTERM dies all the same.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_start
hog_start innocent -s 60
innocent=$pid
hog_ready "$innocent"
hog_start stubborn -t -s 200 -g 50
stubborn=$pid
hog_ready "$stubborn"
kill "$stubborn"
check "SIGTERM ends it: the case proves nothing" alive "$stubborn"
check "it was not killed" died "$stubborn"
check "not by us" "$await" line "$work/log" 'killed stubborn'
check "outcome is not 'freed'" [ "$(kill_field "$stubborn" outcome)" = freed ]
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
