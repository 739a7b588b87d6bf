#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Tests `splats`: kernel logs that are clean, that hold a splat, and that hold
# one which the allow list knows. Needs no VM.
set -u
here=${0%/*}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# expect STATUS TITLE [PATTERN]: splats on the log on stdin ends with STATUS and
# prints PATTERN.
expect() {
	local status=0
	"$here/splats" >"$work/out" 2>&1 || status=$?
	if [ "$status" = "$1" ] && grep -qE -- "${3:-}" <(cat "$work/out"; echo); then
		echo "ok - $2"
	else
		echo "not ok - $2: exit $status, expected $1 ${3:+and /$3/}:"
		sed 's/^/  | /' "$work/out"
		failed=1
	fi
}

: >"$work/none"
export SPLATS_ALLOW=$work/none

expect 0 'a clean boot with an OOM kill' <<'END'
[    0.000000] Linux version 6.1.0-99-cloud-amd64 #1 SMP
[    0.380560] Spectre V1 : Mitigation: usercopy/swapgs barriers and __user pointer sanitization
[    0.412345] clocksource: Marking clocksource 'tsc' as unstable because the skew is too large
[    0.500000] ACPI: [Firmware Bug]: BIOS _OSI(Linux) query ignored
[    0.510000] Warning: unable to open an initial console.
[    0.520000] foo: DEBUG: nothing
[    2.111111] hog invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
[    2.111222] Call Trace:
[    2.111333]  oom_kill_process+0x10/0x20
[    2.111444] Out of memory: Killed process 77 (hog) total-vm:1024kB, anon-rss:512kB
[    2.222222] INFO: lockdep is turned off.
END

expect 1 'a WARNING, with where it happened, printed once' 'foo_bar\+0x11' <<'END'
[    3.000001] ------------[ cut here ]------------
[    3.000002] WARNING: CPU: 1 PID: 42 at mm/foo.c:12 foo_bar+0x11/0x20
[    3.000003] Modules linked in: zram
[    3.000002] WARNING: CPU: 1 PID: 42 at mm/foo.c:12 foo_bar+0x11/0x20
END
[ "$(grep -c WARNING "$work/out")" = 1 ] || { echo 'not ok - printed twice'; failed=1; }

expect 1 'an oops' 'Oops' <<'END'
[    4.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008
[    4.000001] #PF: supervisor read access in kernel mode
[    4.000002] Oops: 0000 [#1] PREEMPT SMP NOPTI
END

while IFS= read -r line; do
	expect 1 "$line" <<<"[    5.000000] $line"
done <<'END'
Kernel panic - not syncing: System is deadlocked on memory
kernel BUG at mm/slub.c:305!
BUG: KASAN: slab-use-after-free in foo+0x1/0x2
watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [reapd:99]
general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1]
INFO: task reapd:99 blocked for more than 120 seconds.
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
rcu: INFO: rcu_preempt self-detected stall on CPU
WARNING: possible circular locking dependency detected
WARNING: suspicious RCU usage
Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008
Internal error: Oops: 0000000096000004 [#1] SMP
BUG: scheduling while atomic: reapd/99/0x00000002
BUG: Bad rss-counter state mm:00000000deadbeef type:MM_ANONPAGES val:3
UBSAN: array-index-out-of-bounds in mm/foo.c:12:3
refcount_t: underflow; use-after-free.
END

printf '%s\t## %s\n' 'WARNING: .* at mm/foo\.c:12 ' 'a fixture' >"$work/allow"
export SPLATS_ALLOW=$work/allow
expect 0 'an allowed WARNING' <<'END'
[    3.000002] WARNING: CPU: 1 PID: 42 at mm/foo.c:12 foo_bar+0x11/0x20
[    3.000003] Modules linked in: zram
END
expect 1 'another WARNING beside the allowed one' 'foo\.c:34' <<'END'
[    3.000002] WARNING: CPU: 1 PID: 42 at mm/foo.c:12 foo_bar+0x11/0x20
[    3.100002] WARNING: CPU: 1 PID: 42 at mm/foo.c:34 foo_baz+0x11/0x20
END
echo 'WARNING: .*' >"$work/allow"
expect 2 'an allow entry without a reason is refused' 'no reason given' </dev/null
SPLATS_ALLOW=$work/absent expect 2 'a missing allow list is an error' 'cannot read' </dev/null
SPLATS_ALLOW=$here/splats.allow expect 0 "the real allow list is well formed" </dev/null
exit $failed
