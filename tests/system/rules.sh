#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Rules over cgroups: for each matching one by itself; a cgroup dies whole, unless it is too large or
# holds a protected process, then its largest process does; a process group dies whole; SIGTERM with a
# grace and then SIGKILL; a shadow rule says what it would do and does nothing.
. "$(dirname "$0")/../lib.sh"

scope_make 256
for name in small large; do cgroup_make "/$name"; done

# rule LINE...: the agent with one rule that any stall in one of the two cgroups fires.
rule() {
	[ -z "$agent" ] || agent_stop
	: >"$work/log"
	mkdir -p "$work/run" "$work/state"
	{
		printf '[agent]\nscope = %s\nrun_dir = %s\nstate_dir = %s\nbpf_dir = %s\n' \
			"$scope" "$work/run" "$work/state" "$bpf_dir"
		# One kill is all that is wanted: a stall that goes on must not lead to the next.
		printf '[rule apps]\nscope = %s/*\nwhen = psi.some >= 2%% over 1s\ncooldown = 1h\n' "$scope"
		printf '%s\n' "$@"
	} >"$work/conf"
	agent_start
}

# into CGROUP NAME OPTION...: a hog there.
into() {
	local where=$1 name=$2
	shift 2
	# shellcheck disable=SC2046 # words are meant
	hog_start "$name" $(join "/$where") "$@"
}

# Two processes in `large`, one in `small`, which feels nothing.
crowd() {
	into small bystander -s 10
	bystander=$pid
	into large first -s 90 "${squeezed[@]}"
	first=$pid
	into large second -s 40 "${squeezed[@]}" "$@"
	second=$pid
}

rule 'choose = cgroup' 'order = size' 'dry_run = yes'
crowd
"$await" line "$work/log" "would have killed cgroup" >/dev/null || fail "the dry rule says nothing"
check "a dry rule killed" alive "$first"
reapctl explain >"$work/explained"
check "explain is wider than 80" awk 'length > 80 { print; bad = 1 } END { exit bad }' "$work/explained"
check "explain does not say what would die" grep -q "cgroup .* would die: . process" "$work/explained"
kill -9 "$bystander" "$first" "$second"

rule 'choose = cgroup' 'order = size'
crowd
check "the largest in the cgroup did not die" died "$first"
check "the other in the cgroup did not die" died "$second"
check "the bystander in another cgroup died" alive "$bystander"
check "the kill is not of a cgroup" [ "$(kill_field "$first" cgroup)" = "$scope/large" ]
"$await" line "$work/log" "freed" >/dev/null || fail "no outcome in the log"
check "the end of a kill closed a file that is not its own" [ -e "/proc/$agent/fd/0" ]
kill -9 "$bystander"

rule 'choose = cgroup' 'order = size' 'max_processes = 1'
crowd
check "the largest in too large a cgroup did not die" died "$first"
"$await" line "$work/log" "killed first" >/dev/null || fail "no outcome in the log"
check "all of too large a cgroup died" alive "$second"
kill -9 "$bystander" "$second"

rule 'choose = cgroup' 'order = size' '[protect]' 'package = second'
crowd
check "the largest beside a protected one did not die" died "$first"
check "the protected one died" alive "$second"
kill -9 "$bystander" "$second"

rule 'action = term 1s' 'order = size'
into large stubborn -s 110 -t "${squeezed[@]}"
check "who ignores SIGTERM was not killed" died "$pid"
"$await" line "$work/log" "its grace is over" >/dev/null || fail "SIGKILL came without a grace"

rule 'action = term 20s' 'order = size'
into large polite -s 110 "${squeezed[@]}"
check "SIGTERM did not end who heeds it" died "$pid"
"$await" line "$work/log" "killed polite" >/dev/null || fail "no outcome in the log"
check "who went when asked was killed" [ "$(grep -c 'its grace is over' "$work/log")" = 0 ]

# Nobody may die: said once, however often it is found; the rule behind it shows that time goes on.
rule 'order = size' 'cooldown = 0' '[rule clock]' "scope = $scope/large" 'when = psi.some >= 2% over 1s' \
	'action = notify' 'cooldown = 500ms' '[protect]' 'package = first' 'package = second' 'package = bystander'
crowd
"$await" line "$work/log" "warned: clock" >/dev/null || fail "the rule behind one that finds nobody does not fire"
"$await" line "$work/log" "killed nobody" >/dev/null || fail "nobody says that nobody may die"
check "said more than once that nobody may die" [ "$(grep -c 'killed nobody' "$work/log")" = 1 ]
for one in "$bystander" "$first" "$second"; do
	check "a protected process died: $one" alive "$one"
	kill -9 "$one"
done

# An agent that dies in the middle of a ladder leaves nothing frozen for good.
rule 'choose = cgroup' 'order = size' 'action = freeze, wait 1h'
crowd
"$await" line "$work/log" "froze cgroup" >/dev/null || fail "nothing was frozen"
"$await" line "$cgroup2$scope/large/cgroup.events" "frozen 1" >/dev/null || fail "the cgroup is not frozen"
kill -9 "$agent"
"$await" exit "$agent"
agent=
agent_start
"$await" line "$cgroup2$scope/large/cgroup.events" "frozen 0" >/dev/null || fail "the cgroup stays frozen"
check "nobody says that a cgroup was let go" grep -q "let go of 1 cgroups" "$work/log"
for one in "$bystander" "$first" "$second"; do
	check "a rule that freezes killed $one" alive "$one"
	kill -9 "$one"
done

rule 'shadow = yes' 'order = size'
crowd
"$await" line "$work/log" "would have" >/dev/null || fail "the shadow rule says nothing"
for one in "$bystander" "$first" "$second"; do check "a shadow rule killed $one" alive "$one"; done
