#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Without BTF, on the whole machine: tier C, and in calm the agent does not run. Beside many small processes that
# come and go, and a program that works on its files, a slow leak dies by us before the kernel's own killer
# comes; who is protected lives, the record is as whole as can be; one whose first thread is dead is found, too.
# kernels: 5.10 6.1
# also: 5.10
# vm: -a reapd.modules=zram
# shellcheck source=tests/vm/crisis.sh
. /reapd/tests/vm/crisis.sh
switches() { cat /proc/"$agent"/task/*/status | awk '/ctxt_switches/ { sum += $2 } END { print sum }'; }
hog_killed() { # PID NAME
	check "$2 was not killed" died "$1" 60
	check "not by us: $2" "$await" line "$work/log" "killed $2"
	check "outcome is not 'exited'" [ "$(kill_field "$1" outcome)" = exited ]
	check "the innocent one died" alive "$innocent"
	check "the guarded one died" alive "$guarded"
	check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
	reapctl kills "$(kill_field "$1" id)"
}

# A name is that of the file, whatever its argv[0] says.
for name in guarded worker pusher slow headless; do cp "$hog" "$work/$name"; done
# Of pressure that rises slowly, and early: without process_mrelease (5.10) a victim takes its time.
agent_config '[protect]' 'package = guarded' 'package = worker' 'package = pusher' \
	'[rule slow]' 'when = psi.some >= 5% over 1s and mem.available < 15%'
hog_start innocent -s 20
innocent=$pid
hog_ready "$innocent"
agent_start --no-btf
probe=$(reapctl probe | cat)
echo "$probe"
check "it is not tier C" [ "$(reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }')" = C ]
for hook in kswapd_wake direct_begin direct_end memcg_begin mark_victim process_fork process_exec process_exit adj_update; do
	check "not attached: $hook" grep -q "^${hook}_tp .* attached" <<<"$probe"
done
check "the tasks are not read from files" grep -q '^tasks_files .* attached' <<<"$probe"
check "a name from before is not argv[0]" grep -q innocent <<<"$(reapctl top | cat)"

# In calm nothing of the agent runs (here time itself is the subject); processes come and go meanwhile.
for attempt in 1 2 3; do
	reapctl status
	edges=$(grep -c watch "$work/log")
	[ "$edges" = 0 ] || "$await" line "$work/log" calm "$edges"
	before=$(switches)
	sleep 5
	for ((i = 0; i < 200; i++)); do (:); done
	after=$(switches)
	say "calm, attempt $attempt: $before, then $after switches"
	[ "$before" != "$after" ] || break
	check "it ran although nothing happened" [ "$(grep -c watch "$work/log")" -gt "$edges" ]
done
check "the kernel had edges each time" [ "$before" = "$after" ]

hog=$work/guarded hog_start nobody -s 120
guarded=$pid
hog_ready "$guarded"
files_make 120
hog=$work/worker hog_start worker -s 5 -f "$files"
hog_ready "$pid"
for ((i = 0; i < 150; i++)); do
	sleep 1000 &
	pids+=("$!")
	disown "$!" # or bash tells of each
done
(exec 2>/dev/null; while :; do (:) & (:) & wait; done) &
bomb=$!
pids+=("$bomb")
hog=$work/slow hog_start leak -s 100 -g 8
leak=$pid
hog_killed "$leak" slow
for stage in edge wake decided signalled exited; do
	check "stage $stage is missing" [ "$(kill_field "$leak" $stage)" -gt 0 ]
done
kill -9 "$bomb"
"$await" exit "$bomb"

hog=$work/headless hog_start headless -s 100 -z
headless=$pid
hog_ready "$headless"
check "its leader lives: the case proves nothing" grep -q '^State:.Z' "/proc/$headless/status"
hog=$work/pusher hog_start pusher -s 1 -g 8 -m 180
hog_killed "$headless" headless
reapctl status
