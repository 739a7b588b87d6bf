#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# As systemd sees it: ready, alive as often as it was asked, reloading, stopping. And calm with a watchdog
# makes the watchdog's system calls and no other.
. "$(dirname "$0")/../lib.sh"

command -v strace >/dev/null || skip "no strace"
cgroup_make
export NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=400000
python3 - "$NOTIFY_SOCKET" >"$work/told" <<-'P' &
	import socket, sys
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind(sys.argv[1])
	print("listening", flush=True)
	while True:
	    print(s.recv(4096).decode(), flush=True)
P
pids+=($!)
disown $!
told() { "$await" line "$work/told" "$@" >/dev/null || fail "not told: $*: $(cat "$work/told")"; }
told listening
agent_start
told READY=1
alive=$(grep -c WATCHDOG=1 "$work/told")
told WATCHDOG=1 $((alive + 3))

strace -f -p "$agent" -o "$work/strace" 2>"$work/attached" &
strace=$!
pids+=("$strace")
told WATCHDOG=1 $((alive + 9))
kill "$strace"
"$await" exit "$strace"
check "strace did not attach: $(cat "$work/attached")" grep -q "Process $agent attached" "$work/attached"
check "no watchdog was traced" grep -q 'WATCHDOG=1' "$work/strace"
grep -vE ' (epoll_wait|read|socket|sendto|close)\(| (\+\+\+|---|strace:) | restart_syscall| <detached|futex\(|resumed' "$work/strace" &&
	fail "other system calls in calm"

kill -HUP "$agent"
told RELOADING=1
told READY=1 2
agent_stop || fail "the agent did not stop cleanly"
told STOPPING=1
