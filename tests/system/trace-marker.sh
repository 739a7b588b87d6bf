#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# With trace_marker = yes a kill is slices in the kernel's trace: each that begins ends, in that order, and
# what came before the signal is told. Reads the machine's trace_pipe:
# nobody else may be taking a trace meanwhile.
. "$(dirname "$0")/../lib.sh"
tracing=/sys/kernel/tracing
[ -d $tracing/events ] || mount -t tracefs tracefs $tracing 2>/dev/null
[ -w $tracing/trace_marker ] || skip "no tracefs with trace_marker"
[ "$(cat $tracing/tracing_on)" = 1 ] || skip "the kernel's trace is off, somebody else's business"

scope_make 200
agent_config 'trace_marker = yes'
agent_start
cat $tracing/trace_pipe >"$work/trace" &
pipe=$!
pids+=("$pipe")
disown "$pipe"
# shellcheck disable=SC2046 # words are meant
for i in 1 2 3; do hog_start "small$i" $(join) -s 20 "${squeezed[@]}"; done
# shellcheck disable=SC2046
hog_start large $(join) -s 110 "${squeezed[@]}"
check "it was not killed" died "$pid" 40
"$await" line "$work/log" 'killed large' >/dev/null || fail "no log line"
id=$(kill_field "$pid" id)
"$await" line "$work/trace" "F|$agent|reapd kill|$id" >/dev/null || fail "no end of the kill: $(cat "$work/trace")"
grep -o "[SFI]|$agent|.*" "$work/trace"
for name in kill released exited freed; do
	check "not one begin and one end of $name" [ "$(grep -o "[SF]|$agent|reapd $name|$id\$" "$work/trace" | cut -c1 | tr -d '\n')" = SF ]
done
check "no word of what came before" grep -q "I|$agent|reapd kill $id: large (pid $pid), edge [1-9][0-9]* us" "$work/trace"
