#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The largest of several thrashing processes dies, its memory comes back, the others live, and the
# record says why and how fast.
. "$(dirname "$0")/../lib.sh"

scope_make 256
long=/a-cgroup-with-a-name-that-is-longer-than-what-a-line-of-a-table-has-room-for
cgroup_make $long
agent_config '[protect]' "cgroup = $scope$long"
agent_start
# shellcheck disable=SC2046
hog_start spared $(join $long) -s 30
small=()
for i in 1 2 3 4 5 6; do
	# shellcheck disable=SC2046 # words are meant
	hog_start "small$i" $(join) -s 20 "${squeezed[@]}"
	small+=("$pid")
done
for pid in "${small[@]}"; do hog_ready "$pid"; done
# shellcheck disable=SC2046
hog_start large $(join) -s 110 "${squeezed[@]}"
large=$pid
check "the large one was not killed" died "$large"
for pid in "${small[@]}"; do check "pid $pid died too" alive "$pid"; done
"$await" line "$work/log" "killed large" >/dev/null || fail "no log line"
check "outcome is not 'freed'" [ "$(kill_field "$large" outcome)" = freed ]
check "name is not in the record" [ "$(kill_field "$large" name)" = large ]
reapctl kills "$(kill_field "$large" id)" | awk 'length > 80 { print "wider than 80: " $0; bad = 1 } END { exit bad }' ||
	fail "a kill is not readable at 80 columns"
reapctl explain "$(kill_field "$large" id)" | tee "$work/text"
awk 'length > 80 { print "wider than 80: " $0; bad = 1 } END { exit bad }' "$work/text" || fail "an explanation is too wide"
tr '\n' ' ' <"$work/text" >"$work/line"
grep -q "reapd killed large (pid $large, uid 0 root, .*The rule was [a-z]*: .* processes were considered and .*All of its memory came back" "$work/line" ||
	fail "the explanation lacks something"
for stage in edge wake decided signalled freed; do
	check "stage $stage is missing" [ "$(kill_field "$large" $stage)" -gt 0 ]
done
