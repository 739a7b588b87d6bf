#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The README's bpftool recipe, exactly as written there, while the agent is under pressure: the next
# decision obeys it, and again when the filter is taken away.
. "$(dirname "$0")/../lib.sh"

bpf_dir=/sys/fs/bpf/reapd # as in the README
[ ! -e $bpf_dir ] || skip "$bpf_dir is in use"
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
PATH=$build:$(dirname "$bpftool"):$PATH
check "no recipe in README.md" [ -n "$(recipe protect)" ]
check "no second recipe in README.md" [ -n "$(recipe unprotect)" ]

scope_make 256
# Long enough that the recipe is always done before the decision.
agent_config '[host]' 'thrashing_window = 8s' '[choose]' 'order = size'
agent_start
# shellcheck disable=SC2046 # words are meant
for i in 1 2 3 4 5 6; do hog_start "worker$i" $(join) -s 8 "${squeezed[@]}"; done
# shellcheck disable=SC2046
hog_start mydb $(join) -s 90 "${squeezed[@]}"
mydb=$pid
# shellcheck disable=SC2046
hog_start leak $(join) -s 70 "${squeezed[@]}"
leak=$pid
"$await" line "$work/log" watch >/dev/null || fail "no pressure"
bash -euc "$(recipe protect)" || fail "the recipe failed"
reapctl filter list | grep -q 'protect  package  live   mydb' || fail "the recipe's filter is not listed"
check "leak was not killed" died "$leak" 60
check "mydb died, although the recipe protects it" alive "$mydb"
reapctl --json kills "$(kill_field "$leak" id)" | grep -q '"rule": "package mydb"' ||
	fail "the spared mydb and its rule are not in the record"

bash -euc "$(recipe unprotect)" || fail "the second recipe failed"
# shellcheck disable=SC2046
hog_start leak2 $(join) -s 70 "${squeezed[@]}"
leak2=$pid
check "mydb was not killed, although nothing protects it any more" died "$mydb" 60
check "leak2 died, although mydb was larger" alive "$leak2"
