#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Each kind of bad input gets one clear line and its exit code, and kills nobody.
. "$(dirname "$0")/../lib.sh"

# expect CODE WORDS COMMAND...: that exit code, one line of output, these words in it.
expect() {
	local code=$1 words=$2 out got
	shift 2
	out=$(timeout 20 "$@" 2>&1)
	got=$?
	[ $got = "$code" ] || fail "'$*': exit $got, not $code: $out"
	grep -q -- "$words" <<<"$out" || fail "'$*' did not say '$words': $out"
	[ "$(wc -l <<<"$out")" = 1 ] || fail "'$*' said more than one line: $out"
}
conf() { printf '%s\n' "$@" >"$work/bad.conf"; }

# Configuration.
: >"$work/bad.conf"
"$reapd" -c "$work/bad.conf" --check-config >/dev/null || fail "an empty configuration is not good"
conf '[agent]' 'colour = blue'
expect 2 "bad.conf:2: unknown key 'colour' in section \[agent\]" "$reapd" -c "$work/bad.conf"
conf '[agnet]' 'dry_run = yes'
expect 2 "bad.conf:2: unknown section \[agnet\]" "$reapd" -c "$work/bad.conf"
conf '[agent]' 'reapers = 99'
expect 2 "reapers = 99: must be a number from 1 to 8" "$reapd" -c "$work/bad.conf"
conf '[host]' 'thrashing_window = 1h'
expect 2 "thrashing_window = 1h: must be a time" "$reapd" -c "$work/bad.conf"
conf '[protect]' "package = $(printf 'x%.0s' {1..130})"
expect 2 "longer than 127 bytes" "$reapd" -c "$work/bad.conf"
conf '[protect]' "cgroup = /$(printf 'x%.0s' {1..300})"
expect 2 "bad.conf:2: line longer" "$reapd" -c "$work/bad.conf"
conf '[agent]' 'dry_run'
expect 2 "bad.conf:2: expected" "$reapd" -c "$work/bad.conf"
conf '[rule r]' 'when = psi.full is 5%'
expect 2 "bad.conf:2:17: expected >=, >, <= or <, got 'is'" "$reapd" -c "$work/bad.conf"
conf '[rule r]' 'when = psi.full > 5M'
expect 2 "bad.conf:2:19: psi.full is measured in %, got '5M'" "$reapd" -c "$work/bad.conf"
conf '[rule r]' 'when = psi.full > 5%' "action = run $work/nosuch"
expect 2 "bad.conf:3:14: $work/nosuch: No such file" "$reapd" -c "$work/bad.conf"
conf '[rule r]' 'choose = cgroup'
expect 2 "bad.conf:1: \[rule r\] has no 'when'" "$reapd" -c "$work/bad.conf"
conf '[rule r]' 'when = psi.full > 5%'
"$reapd" -c "$work/bad.conf" --check-config | grep -q '^# rule r: when, of the whole machine, full' ||
	fail "--check-config does not say a rule in words"
expect 2 "No such file" "$reapd" -c "$work/nosuch.conf"
conf '[agent]' 'scope = /no/such/cgroup' "run_dir = $work/run" "state_dir = $work/state"
expect 2 "scope = /no/such/cgroup: No such file" "$reapd" -c "$work/bad.conf"

# Command lines.
expect 2 "must be A, B or C" "$reapd" --tier X
expect 2 "unexpected argument" "$reapd" start
expect 2 "unknown verb 'stats'" "$build/reapctl" stats
expect 1 "no reapd is running on $work/nowhere" "$build/reapctl" --run-dir "$work/nowhere" status
expect 1 "no kill records in $work/nowhere" "$build/reapctl" --state-dir "$work/nowhere" kills

# What this kernel or user does not give.
scope_make 256
agent_config
chmod 755 "$work" && chmod 644 "$work/conf"
cp "$reapd" "$work/reapd" # nobody may not look into every build tree
expect 3 "must be run as root" setpriv --reuid 65534 --regid 65534 --clear-groups "$work/reapd" -c "$work/conf"
# An empty directory over what would be there, for this one process.
# shellcheck disable=SC2016
without=(unshare -m bash -c 'mount -t tmpfs none "$0" && exec "$@"')
expect 3 "no pressure stall information" "${without[@]}" /proc/pressure "$reapd" -c "$work/conf"
if [ "$("$build/reapctl" --run-dir "$work/nowhere" --json probe | awk '/"tier"/ { print $2 }')" = '"C",' ]; then
	expect 3 "tier A is not available" "$reapd" -c "$work/conf" --tier A
fi

# A second agent on the same run_dir.
agent_start
expect 1 "another reapd is running on $work/run: pid $agent" "$reapd" -c "$work/conf"

# Garbage on the control socket: that client is dropped, the agent lives and answers others.
command -v python3 >/dev/null || fail "no python3 (make deps)"
{
	python3 - "$work/run/control" <<-'P' || fail "garbage was not answered as it should"
	import socket, struct, sys
	def talk(data):
	    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	    s.settimeout(10)
	    s.connect(sys.argv[1])
	    s.send(data)
	    got = []
	    while True:
	        d = s.recv(65536)
	        if not d:
	            return got
	        got.append(d)
	good = struct.pack("<IHHIi", 0x44504552, 1, 1, 0, 0)
	EPROTO = 71
	for bad in (b"x", b"\0" * 16, b"\xff" * 4096, good + b"tail", good[:15],
	            struct.pack("<IHHIi", 0x44504552, 2, 1, 0, 0),
	            struct.pack("<IHHIi", 0x44504552, 1, 999, 0, 0),
	            struct.pack("<IHHIi", 0x44504552, 1, 1, 5, 0)):
	    got = talk(bad)
	    assert len(got) == 1 and struct.unpack("<i", got[0][12:16])[0] == -EPROTO, (bad, got)
	# A client that never reads is dropped, and nobody else waits for it.
	mute = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	mute.connect(sys.argv[1])
	mute.setblocking(False)
	try:
	    for _ in range(100000):
	        mute.send(struct.pack("<IHHIi", 0x44504552, 1, 4, 0, 0))
	except (BlockingIOError, BrokenPipeError, ConnectionResetError):
	    pass
	P
}
reapctl status >/dev/null || fail "the agent does not answer any more"

# A recording that is cut off, or is none.
reapctl record "$work/rec" -s 1 2>/dev/null || fail "cannot record"
size=$(stat -c %s "$work/rec")
head -c $((size - 3)) "$work/rec" >"$work/cut"
expect 1 "damaged or cut off at byte" "$build/reapctl" replay "$work/cut"
echo hello >"$work/none"
expect 1 "neither a recording nor a pressure trace" "$build/reapctl" replay "$work/none"
agent_stop || fail "the agent did not end well"
