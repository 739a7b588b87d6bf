#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Two thousand processes: all of them are known, and the hog among them is found.
# kernels: 6.12
# vm: -m 1G
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
many=2000

agent_start
for ((i = 0; i < many; i++)); do
	sleep 1000 &
	pids+=($!)
	disown $!
done
status=$(reapctl --json status)
known=$(awk -F '[:,]' '/"processes":/ { print $2 + 0 }' <<<"$status")
check "$known processes are known" [ "$known" -ge $many ]
check "some found no room" grep -q '"processes_full": *0' <<<"$status"
hog_start hog -s 100 -g 100
check "the hog was not killed" died "$pid" 60
check "not by us" "$await" line "$work/log" "killed hog"
check "somebody else died" [ "$(grep -c killed "$work/log")" = 1 ]
kill -0 "${pids[@]:0:many}" || fail "a sleeper died"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
reapctl status
reapctl kills "$(kill_field "${pids[-1]}" id)"
