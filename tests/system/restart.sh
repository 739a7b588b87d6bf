#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Stopped, killed and started again: filters and names stay, the history is whole, nothing is left
# running, and a kill in between two agents has its place in the numbering.
. "$(dirname "$0")/../lib.sh"

kill_one() { # kill_one NAME: pressure until that one dies
	# shellcheck disable=SC2046 # words are meant
	hog_start "$1" $(join) -s 110 "${squeezed[@]}"
	victim=$pid
	check "$1 was not killed" died "$victim" 60
	"$await" line "$work/log" "killed $1" >/dev/null || fail "$1: no log line"
}

scope_make 256
agent_start
workers_start
reapctl filter add protect package keepme
kill_one first
check "the first id is not 1" [ "$(kill_field "$victim" id)" = 1 ]
check "the agent did not stop cleanly" agent_stop
check "the socket is still there" [ ! -e "$work/run/control" ]
check "the pinned filter is gone" [ -e "$bpf_dir/package_filters" ]

agent_start
reapctl filter list | grep -q keepme || fail "the live filter is gone"
kill_one second
seq=$(kill_field "$victim" seq)
check "the numbering starts again" [ "$seq" -gt 2 ]

# kill -9: the next one takes over run_dir, socket and history.
kill -9 "$agent"
"$await" exit "$agent"
truncate -s -100 "$work/state/kills" # a record torn in the middle
agent_start
kill_one third
check "the numbering went back" [ "$(kill_field "$victim" seq)" -ge "$seq" ]
# The final record of the second kill was torn: its first one, made at the signal, tells of it.
reapctl kills | grep -q second || fail "the torn record took the whole kill with it"
reapctl kills | grep -q first || fail "older records are gone"
agent_stop
