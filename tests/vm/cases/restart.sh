#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The agent dies by SIGKILL and a new one starts while memory is so short that nobody may be asked
# for its name: a protected process with a name longer than a comm is still known by it and spared,
# the right one dies, and the history goes on where it ended.
# kernels: 6.1
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config '[protect]' 'package = com.example.keyboard.service' 'package = pusher'
agent_start
hog_start com.example.keyboard.service -s 150
keyboard=$pid
hog_start first -s 100
first=$pid
hog_ready "$keyboard"
hog_ready "$first"
hog_start pusher -s 1 -g 25 -o 20
check "the first hog was not killed" died "$first"
check "not by us" "$await" line "$work/log" 'killed first'
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
kill -9 "$pid"
died "$pid"

disown "$agent"
kill -9 "$agent"
died "$agent"
# 7 % are left, and nobody takes them: too short to ask for names, but no rule fires.
left=$(awk '/^MemTotal:/ { print int($2 * 7 / 100 / 1024) }' /proc/meminfo)
hog_start second -s 1 -g 0 -o -"$left"
second=$pid
check "the second hog did not grow" "$await" line "$work/hogs" "grown $second"
# What CPUs keep for themselves comes back later, and counts as available only then.
while [ "$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)" -gt $((left + 5)) ]; do
	hog_start filler -s 1 -g 0 -o -"$left"
	check "the filler did not grow" "$await" line "$work/hogs" "grown $pid"
done
agent_start
check "names were read from /proc: the case proves nothing" grep -q 'memory is short' "$work/log"
check "its name is lost" [ "$(reapctl --json filter test "$keyboard" | awk -F '"' '$2 == "rule" { print $4 }')" \
	= 'package com.example.keyboard.service' ]

hog_start pusher -s 1 -g 25 -o 20
check "the second hog was not killed" died "$second"
# It began when nobody noted names.
check "not by us" "$await" line "$work/log" "killed hog (pid $second,"
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "the protected one died" alive "$keyboard"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat

reapctl kills
check "the first kill is lost" [ "$(kill_field "$first" outcome)" = freed ]
check "the second kill is not recorded" [ "$(kill_field "$second" outcome)" = freed ]
check "records: $(kill_field "$first" seq), then $(kill_field "$second" seq)" \
	[ "$(kill_field "$second" seq)" = $(($(kill_field "$first" seq) + 2)) ]
reapctl kills "$(kill_field "$second" id)"
