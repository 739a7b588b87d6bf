#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# When the kernel's own killer acts in the scope, its victim's memory is taken back at once and the
# kill stands in the same history, with the container whose limit was reached.
. "$(dirname "$0")/../lib.sh"

id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
box=/a.slice/docker-$id.scope
cgroup_make
cgroup_make /a.slice
cgroup_make "$box"
if [ -n "$memory_v1" ]; then
	echo 128M >"$memory_v1$scope$box/memory.limit_in_bytes"
else
	for dir in "" "$scope" "$scope/a.slice"; do echo +memory >"$cgroup2$dir/cgroup.subtree_control"; done
	echo 128M >"$cgroup2$scope$box/memory.max"
	echo 0 >"$cgroup2$scope$box/memory.swap.max"
fi
agent_config '[host]' 'exhausted = no' 'swap_full = no' 'starving = no' 'thrashing = no'
agent_start
# shellcheck disable=SC2046 # words are meant
hog_start doomed $(join "$box") -s 1 -g 0
doomed=$pid
check "the kernel did not kill it" died "$doomed" 60
"$await" line "$work/log" "kernel OOM killed doomed" >/dev/null || fail "no log line"
grep 'kernel OOM killed doomed' "$work/log"
grep -q 'killed doomed .* in docker container 0123456789ab: kernel OOM' "$work/log" || fail "the log does not name the container"
check "the kind is not kernel-oom" [ "$(kill_field "$doomed" kind)" = kernel-oom ]
check "its memory was not followed" [ "$(kill_field "$doomed" freed)" -gt 0 ]
check "unit is $(kill_field "$doomed" unit)" [ "$(kill_field "$doomed" unit)" = "docker-$id.scope" ]
check "container is $(kill_field "$doomed" container)" [ "$(kill_field "$doomed" container)" = 0123456789ab ]
# Whose limit it was only fentry or kprobes can tell.
if reapctl probe | grep -q '^oom_limit_.* attached'; then
	check "limit is $(kill_field "$doomed" limit)" [ "$(kill_field "$doomed" limit)" = cgroup ]
	check "limit_cgroup is $(kill_field "$doomed" limit_cgroup)" [ "$(kill_field "$doomed" limit_cgroup)" = "$scope$box" ]
else
	check "limit is $(kill_field "$doomed" limit)" [ "$(kill_field "$doomed" limit)" = unknown ]
	reapctl probe | grep '^oom_limit_' | grep -q 'whose limit' || fail "probe does not say what is lost"
fi
reapctl status | grep -q '1 by the kernel' || fail "not counted"
for what in "explain last" "kills $(kill_field "$doomed" id)"; do
	# shellcheck disable=SC2086 # words are meant
	reapctl $what >"$work/text" || fail "$what failed"
	awk -v what="$what" 'length > 80 { print what ": longer than 80: " $0; bad = 1 } END { exit bad }' "$work/text" || fail "too wide"
	grep -q 0123456789ab "$work/text" || fail "$what does not name the container"
done
reapctl explain last
reapctl --json explain last | python3 -m json.tool >/dev/null || fail "explain --json is not JSON"

# One that is gone before the agent comes to look stands there too. Old kernels tell a number only.
kill -STOP "$agent"
# shellcheck disable=SC2046
hog_start late $(join "$box") -s 1 -g 0
late=$pid
died "$late" 60 || { kill -CONT "$agent"; fail "the kernel did not kill the second one"; }
kill -CONT "$agent"
if [ "$(reapctl status | grep -c '2 by the kernel')" = 1 ]; then
	check "its container is not told" [ "$(kill_field "$late" container)" = 0123456789ab ]
	check "its outcome is $(kill_field "$late" outcome)" [ "$(kill_field "$late" outcome)" = freed ]
	check "its name is $(kill_field "$late" name)" [ "$(kill_field "$late" name)" = late ]
elif grep -q 'uid=' /sys/kernel/tracing/events/oom/mark_victim/format 2>/dev/null; then
	fail "the one that was gone is not in the history"
fi
