#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# latency --trace sees a kill that no agent had a hand in, with its sender and its stages; names who holds
# the memory of one that is dead; looks at those processes only that it was given; and without the right
# to BPF says so in one line.
. "$(dirname "$0")/../lib.sh"
trace_start() {
	: >"$work/trace"
	reapctl latency --trace "$@" >"$work/trace" 2>&1 &
	tracer=$!
	pids+=("$tracer")
	disown "$tracer"
	"$await" line "$work/trace" '# reaping' >/dev/null || skip "no tracer here: $(cat "$work/trace")"
}

hog_start other -s 1
other=$pid
hog_start plain -s 40 -T 3
plain=$pid
hog_start pinned -s 30
pinned=$pid
for pid in "$other" "$plain" "$pinned"; do hog_ready "$pid"; done
"$build/pin" "$pinned" >"$work/pin" &
pin=$!
pids+=("$pin")
disown "$pin"
"$await" line "$work/pin" 'pinned' >/dev/null || fail "not pinned"

trace_start -n 2 "$plain" "$pinned"
sed -n 's/^# /# hooks: /p' "$work/trace"
kill -9 "$other" "$plain"
"$await" line "$work/trace" "hog[$plain] " >/dev/null || fail "plain is not told"
check "$(grep "hog.$plain. " "$work/trace")" grep -q "hog\[$plain\] [0-9]* MiB, 4 threads: by .*\[$$\]" "$work/trace"
row=$(grep -A1 "hog\[$plain\]" "$work/trace" | tail -n 1)
for column in 1 2 3; do
	check "no column $column in $row" [ "$(awk -v n=$column '{ gsub(/ (us|ms|s)/, "&"); split($0, c, /  +/); print c[n + 1] }' <<<"$row")" != - ]
done
kill -9 "$pinned"
"$await" line "$work/trace" "its mm is held by pin[$pin], in a call on /proc/$pinned/cmdline" >/dev/null || fail "who pins is not told"
check "it seems over" grep -q 'from there until its memory was back: not yet' "$work/trace"
kill "$pin"
"$await" line "$work/trace" "the last to let go of its mm: pin[$pin]" >/dev/null || fail "the end is not told"
check "it goes on behind -n" "$await" exit "$tracer"
check "not asked for" eval "! grep -q 'hog\[$other\]' $work/trace"
check "a line is too long" eval "! grep -v '^#' $work/trace | grep '.\{81\}'"

reapctl latency --trace nobody >/dev/null 2>&1
check "a pid that is none: $?" [ $? = 2 ]
setpriv --reuid=65534 --clear-groups "$build/reapctl" latency --trace >"$work/out" 2>&1
check "without rights: exit $?" [ $? = 3 ]
check "more than a line" [ "$(wc -l <"$work/out")" = 1 ]
