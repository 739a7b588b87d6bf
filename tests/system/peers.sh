#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Another program that kills for the sake of memory is named in the log and in the status: one that was
# there before, one that comes in watch, and one outside the scope; and no more once it is gone.
. "$(dirname "$0")/../lib.sh"

cp "$(command -v sleep)" "$work/earlyoom"
cp "$(command -v sleep)" "$work/bustd"
cp "$(command -v sleep)" "$work/kubelet"
cp "$(command -v sleep)" "$work/oomd"

# peer PROGRAM [CGROUP]: runs it; its pid is in $pid.
peer() {
	if [ $# = 2 ]; then
		# shellcheck disable=SC2016 # the inner shell's
		bash -c 'echo $$ >"$2" && exec "$1" 1000' - "$work/$1" "$cgroup2$2/cgroup.procs" &
	else
		"$work/$1" 1000 &
	fi
	pid=$!
	pids+=("$pid")
	disown "$pid"
	until [ "$(cat "/proc/$pid/comm")" = "$1" ]; do alive "$pid" || fail "no $1"; done
}

shown() { reapctl status | tr -s ' \n' ' ' | grep -q "peer $1 (pid $2"; }
hidden() { ! shown "$@"; }
in_json() { reapctl --json status | python3 -c "import json, sys; sys.exit(not any(p['name'] == '$1' and p['pid'] == $2 for p in json.load(sys.stdin)['peers']))"; }

cgroup_make
cgroup_make /b.service
peer earlyoom "$scope"
first=$pid
agent_start
grep -q "earlyoom is active too (pid $first): it kills any process .* end pid $first" "$work/log" || fail "the log does not name it"
check "the status does not name it" shown earlyoom "$first"
check "nor does its JSON" in_json earlyoom "$first"

# Outside the scope it kills in here all the same; the kubelet only kills pods.
peer bustd
second=$pid
peer kubelet
check "one outside the scope is not seen" shown bustd "$second"
check "bustd is not in the log" "$await" line "$work/log" "bustd is active too (pid $second)" >/dev/null
check "earlyoom is no longer shown" shown earlyoom "$first"
check "the kubelet has no business here" hidden kubelet "$pid"
reapctl status
reapctl status | awk 'length > 80 { print "wider than 80: " $0; bad = 1 } END { exit bad }' || fail "too wide"

kill "$first" "$second"
check "earlyoom does not end" died "$first"
check "bustd does not end" died "$second"
check "earlyoom is gone and shown" hidden earlyoom "$first"
check "bustd is gone and shown" hidden bustd "$second"

# Said without being asked: one that was started in calm when watch begins, one that is started in watch.
peer earlyoom "$scope/b.service"
fourth=$pid
scope_make 64
# shellcheck disable=SC2046 # words are meant
hog_start pusher $(join) -s 48 "${squeezed[@]}"
check "not told in watch" "$await" line "$work/log" "earlyoom is active too (pid $fourth, b.service)" >/dev/null
grep -q "pid $fourth, b.service.*To end that: systemctl disable --now b.service" "$work/log" || fail "the unit is not in the advice"
peer oomd "$scope"
check "one that came in watch is not told" "$await" line "$work/log" "oomd is active too (pid $pid)" >/dev/null
