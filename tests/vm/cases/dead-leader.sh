#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A process whose first thread exited, while another one holds its memory, is chosen by its size and
# killed. One with 500 threads is one candidate, and dies as a whole.
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config '[protect]' 'package = pusher'
agent_start
hog_start innocent -s 40
innocent=$pid
hog_start threads -s 80 -T 500
threads=$pid
hog_start headless -s 150 -z
headless=$pid
for pid in "$innocent" "$threads" "$headless"; do hog_ready "$pid"; done
check "its leader lives: the case proves nothing" grep -q '^State:.Z' "/proc/$headless/status"

hog_start pusher -s 1 -g 25 -o 155
check "the one without a leader was not killed" died "$headless"
check "the one with many threads was not killed" died "$threads"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "not by us" "$await" line "$work/log" 'killed headless'
check "not by us" "$await" line "$work/log" 'killed threads'
reapctl kills "$(kill_field "$headless" id)"
reapctl kills "$(kill_field "$threads" id)"
for pid in "$headless" "$threads"; do
	check "outcome is $(kill_field "$pid" outcome)" [ "$(kill_field "$pid" outcome)" = freed ]
done
check "$(kill_field "$threads" threads) threads" [ "$(kill_field "$threads" threads)" = 501 ]
listed=$(reapctl --json kills "$(kill_field "$headless" id)" | awk '/"candidates"/ { list = 1 } list' | grep -c '"name": *"threads"')
check "it is listed $listed times" [ "$listed" = 1 ]
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
