#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The static binaries on arm64, where fentry does not attach, and without pressure of cgroups, both as on
# Android's kernels: tier B, and what is lost is said; a fast hog is killed before the kernel's own killer
# comes, and so is one in a cgroup that a rule is about; filters count while the agent watches; a new agent
# goes on where the old one was killed.
# kernels: 6.1-arm64
# vm: -a cgroup_disable=pressure
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh

check "not arm64" [ "$(uname -m)" = aarch64 ]
probe=$(reapctl probe | cat)
echo "$probe"
check "it is not tier B" [ "$(head -n 1 <<<"$probe")" = "tier B" ]
# -524 is ENOTSUPP, which libc has no name for.
check "fentry is not refused with -524" grep -q '"fentry", *"error": *-524,' <<<"$(reapctl --json probe | tr -d '\n')"
check "probe does not say what that costs" grep -q '^fentry  *missing  *tier B' <<<"$probe"
check "stalls are not seen by kprobes" [ "$(grep -c '^stall_.*_kprobe .* attached' <<<"$probe")" = 2 ]
check "pressure is not sampled in the kernel" grep -q '^psi_sample .* attached' <<<"$probe"
check "cgroups have pressure" [ ! -e /sys/fs/cgroup/memory.pressure ]
check "probe does not say what that costs" grep -q '^cgroup pressure  *missing  *psi of' <<<"$probe"
check "something else is refused" [ "$(grep -c ' refused' <<<"$probe")" = "$(grep -c '_f\(entry\|exit\) .* refused' <<<"$probe")" ]

# Are they the kernel's clocks that it samples?
scope=/stalls
scope_make 32
for i in 1 2 3; do
	# shellcheck disable=SC2046 # words are meant
	hog_start "staller$i" $(join) -s 20 "${squeezed[@]}"
done
check "clocks and pressure file differ" "$build/clocks" 50
kill -9 "${pids[@]}"
"$await" exit "${pids[@]}"
scope=/

# This emulator is the slowest: a rule that acts in time, whatever else the machine does.
agent_config 'kill_timeout = 5s' '[host]' 'exhausted = yes' 'thrashing = yes' \
	'[rule calm]' 'scope = /capped' 'when = memory.current >= 50M and psi.some < 50% over 1s' \
	'[rule capped]' 'scope = /capped' 'when = memory.current >= 50M' \
	'[rule low]' 'when = mem.available < 8%'
agent_start
check "it does not say tier B" grep -q 'tier B' "$work/log"
hog_start innocent -s 60
innocent=$pid
hog_ready "$innocent"
hog_start hog -s 200 -g 50
fast=$pid
check "the hog was not killed" died "$fast" 60
check "not by us" "$await" line "$work/log" 'killed hog'
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills "$(kill_field "$fast" id)"
check "its memory was not seen to come back" [ "$(kill_field "$fast" freed)" -gt 0 ]

# Of its cgroup all is known but pressure, which is not taken for none.
mkdir /sys/fs/cgroup/capped
hog_start capped -j /sys/fs/cgroup/capped/cgroup.procs -s 80
capped=$pid
check "the one in a cgroup was not killed" died "$capped"
check "not by us" "$await" line "$work/log" 'killed capped'
check "not by that rule" [ "$(kill_field "$capped" rule)" = capped ]

hog_start large -s 150
large=$pid
hog_start next -s 100
next=$pid
hog_ready "$large"
hog_ready "$next"
reapctl filter add protect package large
reapctl filter add protect package pusher
hog_start pusher -s 1 -g 25 -o 20
check "the next one was not killed" died "$next"
check "not by us" "$await" line "$work/log" 'killed next'
check "the pusher did not go on" "$await" line "$work/hogs" "grown $pid"
check "the protected one died" alive "$large"
kill -9 "$pid"
died "$pid"

disown "$agent"
kill -9 "$agent"
died "$agent"
agent_start
check "its filter is lost" grep -q 'package large' <<<"$(reapctl filter test "$large")"
hog_start next -s 100
next=$pid
hog_ready "$next"
hog_start pusher -s 1 -g 25 -o 20
check "the next one was not killed again" died "$next"
check "not by us" "$await" line "$work/log" 'killed next' 2
check "the protected one died" alive "$large"
check "the innocent one died" alive "$innocent"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl kills
check "the history does not go on" [ "$(reapctl --json kills --all | grep -c '"id":')" -ge 3 ]
cat "$work/log"
