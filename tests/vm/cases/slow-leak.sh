#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A slow leak fills memory and then swap: the leaking process is killed, before the kernel's own
# killer comes.
# vm: -a reapd.zram=256M
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_start
hog_start innocent -s 150
innocent=$pid
hog_ready "$innocent"
hog_start leak -s 200 -g 25
leak=$pid
check "the leak was not ended" died "$leak" 80
check "not by us" "$await" line "$work/log" 'killed leak'
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills "$(kill_field "$leak" id)"
check "outcome is not 'freed'" [ "$(kill_field "$leak" outcome)" = freed ]
