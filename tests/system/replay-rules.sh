#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A recorded crisis in which a rule about cgroups kills one gives the same verdict again, bit for bit:
# also when the recording begins before that cgroup is made, and when the rules are others meanwhile.
. "$(dirname "$0")/../lib.sh"

scope_make 256
cgroup_make /small

# rules LINE...: the configuration with these rules.
rules() {
	mkdir -p "$work/run" "$work/state"
	{
		printf '[agent]\nscope = %s\nrun_dir = %s\nstate_dir = %s\nbpf_dir = %s\n' \
			"$scope" "$work/run" "$work/state" "$bpf_dir"
		printf '%s\n' "$@"
	} >"$work/conf"
}

crowded=('[rule crowded]' "scope = $scope/*" 'when = psi.some >= 2% over 1s' 'choose = cgroup' 'order = size'
	'cooldown = 1h')
never=('[rule never]' 'when = psi.full > 99% over 60s for 60s')

# into CGROUP NAME OPTION...: a hog there.
into() {
	local where=$1 name=$2
	shift 2
	# shellcheck disable=SC2046 # words are meant
	hog_start "$name" $(join "/$where") "$@"
}

rules "${crowded[@]}"
agent_start
"$build/reapctl" --run-dir "$work/run" record "$work/rec" 2>"$work/rec.err" &
recorder=$!
disown $recorder
pids+=("$recorder")

# Rules with the same numbers that are about no cgroup: what is remembered of cgroups goes.
rules "${never[@]}"
reapctl reload || fail "not reloaded"
check "a cgroup of rules that are gone is still watched" [ "$(reapctl explain | grep -c "$scope/small")" = 0 ]
rules "${never[@]}" "${crowded[@]}"
reapctl reload || fail "not reloaded"
reapctl explain | grep -q "$scope/small" || fail "the cgroup is not watched: $(reapctl explain)"

cgroup_make /large
into small bystander -s 10
bystander=$pid
into large first -s 90 "${squeezed[@]}"
first=$pid
into large second -s 40 "${squeezed[@]}"
check "the largest in the cgroup did not die" died "$first" 60
check "the other in the cgroup did not die" died "$pid"
check "the bystander in another cgroup died" alive "$bystander"
"$await" line "$work/log" "freed" >/dev/null || fail "no outcome in the log"
kill "$recorder"
check "the recorder did not end" died "$recorder"
out=$(reapctl --json replay "$work/rec") || fail "the verdicts differ: $out"
grep -q '"decisions": 1,' <<<"$out" || fail "not one decision: $out"
grep -q '"different": 0,' <<<"$out" || fail "the verdict differs: $out"
grep -q "\"rule\": \"crowded\"" <<<"$out" || fail "another rule: $out"
