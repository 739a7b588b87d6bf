#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# latency --trace: stages of a kill by reapd with its mrelease, of one by the kernel, and why a victim is
# slow: throttled, frozen (both versions), its memory held by another process, which it names.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
reapctl latency --trace --json >"$work/trace" 2>"$work/hooks" &
tracer=$!
pids+=("$tracer")
"$await" -t 60 line "$work/hooks" '# reaping' >/dev/null || fail "no tracer: $(cat "$work/hooks")"
cat "$work/hooks"
check "something is not told" eval "! grep 'not told' $work/hooks"

# line PID: of the death of PID; has PID TEXT: it says so.
line() { "$await" line "$work/trace" "\"pid\":$1,\"name\":\"hog\"" "${2:-1}"; }
has() { check "no $2 in: $(grep "\"pid\":$1,\"name\":\"hog" "$work/trace")" grep -q "\"pid\":$1,\"name\":\"hog.*$2" "$work/trace"; }
# cell NAME: a cgroup with a hog in it.
cell() {
	mkdir "$cgroup2/$1"
	hog_start "$1" -s 30 -w -j "$cgroup2/$1/cgroup.procs"
	hog_ready "$pid"
}

cell throttled
echo '1000 100000' >"$cgroup2/throttled/cpu.max"
while grep -q 'nr_throttled 0' "$cgroup2/throttled/cpu.stat"; do :; done
kill -9 "$pid"
line "$pid"
has "$pid" '"wait":"throttled"' # before it began to die or, just run by then, while it did

cell frozen
echo 1 >"$cgroup2/frozen/cgroup.freeze"
"$await" line "$cgroup2/frozen/cgroup.events" 'frozen 1' >/dev/null
kill -9 "$pid"
line "$pid"
has "$pid" '"state":"frozen"'

mkdir /tmp/freezer
mount -t cgroup -o freezer freezer /tmp/freezer || fail "no freezer of version 1"
mkdir /tmp/freezer/cell
hog_start iced -s 30
hog_ready "$pid"
echo "$pid" >/tmp/freezer/cell/cgroup.procs
echo FROZEN >/tmp/freezer/cell/freezer.state
"$await" line /tmp/freezer/cell/freezer.state FROZEN >/dev/null || fail "it does not freeze"
kill -9 "$pid"
line "$pid" # as it is so far
has "$pid" '"phase":"deliver","wait":"frozen".*"over":false'
echo THAWED >/tmp/freezer/cell/freezer.state
line "$pid" 2

hog_start pinned -s 30
hog_ready "$pid"
"$build/pin" "$pid" >"$work/pin" &
pin=$!
pids+=("$pin")
"$await" line "$work/pin" "pinned $pid" >/dev/null || fail "not pinned"
kill -9 "$pid"
line "$pid"
has "$pid" "\"pinned_by\":{\"pid\":$pin,\"name\":\"pin\"}.*\"over\":false"
has "$pid" "in a call on /proc/$pid/cmdline"
kill "$pin"
line "$pid" 2
has "$pid" "\"freed_in\":{\"pid\":$pin,"

mkdir "$cgroup2/small"
echo 20M >"$cgroup2/small/memory.max"
hog_start small -s 60 -j "$cgroup2/small/cgroup.procs"
line "$pid"
has "$pid" '"sender":"kernel-oom"'

# By reapd. Its victim is frozen, or it might be gone before process_mrelease comes.
agent_config '[protect]' 'package = pusher'
agent_start
hog_start victim -s 150
victim=$pid
hog_ready "$victim"
echo "$victim" >/tmp/freezer/cell/cgroup.procs
echo FROZEN >/tmp/freezer/cell/freezer.state
"$await" line /tmp/freezer/cell/freezer.state FROZEN >/dev/null || fail "it does not freeze"
hog_start pusher -s 1 -g 50 -o 60
check "it was not killed" died "$victim" 60
pid=$victim
line "$pid"
has "$pid" '"sender":"process","by":{"pid":[0-9]*,"name":"reapd/reap'
for stage in delivered called reaping reaped returned last_exit freed; do has "$pid" "\"${stage}_ns\":[1-9]"; done
has "$pid" '"mrelease":0'
has "$pid" '"over":true'
