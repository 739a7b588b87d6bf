#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A machine where earlyoom runs becomes one where reapd does, by the two commands of the README, as they
# stand there; the one that earlyoom was told to avoid lives, and who goes instead goes by a rule of
# earlyoom's numbers.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
check "no recipe in README.md" [ -n "$(recipe earlyoom)" ]
cp /etc/reapd/reapd.conf "$work/shipped"
cp /etc/default/earlyoom "$work/default"
put_back() {
	cp "$work/shipped" /etc/reapd/reapd.conf
	cp "$work/default" /etc/default/earlyoom
	systemctl disable --now earlyoom
} >/dev/null 2>&1
trap 'put_back; cleanup' EXIT
echo "EARLYOOM_ARGS=\"-r 3600 -m 40,20 -s 100 --avoid '^(keeper|init)\$'\"" >/etc/default/earlyoom
systemctl enable --now earlyoom 2>/dev/null || fail "earlyoom did not start"

bash -euc "$(recipe earlyoom)" 2>/dev/null || fail "the recipe failed"
check "earlyoom runs" [ "$(property earlyoom ActiveState)" = inactive ]
check "earlyoom would be started again" [ "$(property earlyoom UnitFileState)" = disabled ]
check "reapd does not run" [ "$(property reapd ActiveState)" = active ]
check "reapd would not be started again" [ "$(property reapd UnitFileState)" = enabled ]
check "its rules are others" [ "$(reapctl status | grep -c '^rule  *earlyoom-')" = 2 ]

unit_start keeper -- keeper -s 120
keeper=$pid
hog_ready "$keeper"
unit_start hog -- hog -s 60 -g 25 -o 400
check "the hog was not killed" died "$pid" 60
check "not by earlyoom's rule" "$await" line "$work/log" "earlyoom-term"
check "the one to be avoided died" alive "$keeper"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
