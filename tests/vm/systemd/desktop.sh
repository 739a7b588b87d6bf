#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The desktop preset as it says to use it: the scope of the one bloated application dies with all its
# processes; the terminal's scope lives, with its shell and what runs there.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh

# app NAME SCRIPT: a shell script in a scope of its own, with the hog as its $0.
app() { scope_start "$1" /bin/bash -c "$2" "$hog"; }

mkdir -p "${dropin%/*}"
ln -s /usr/share/reapd/presets/desktop.conf "$dropin"
session_start
agent_start
# shellcheck disable=SC2016 # for the inner shells
app terminal 'exec -a bash bash -c "exec -a in-terminal $0 -s 30 & wait"'
terminal=$pid terminal_app=$app
"$await" line "$work/hogs" ready >/dev/null || fail "nothing runs in the terminal"
read -r inside <"/proc/$terminal/task/$terminal/children"
# shellcheck disable=SC2016
app bloat '(exec -a helper "$0" -s 20) & exec -a bloat "$0" -s 60 -g 50'
bloat=$pid bloat_app=$app
hog_ready "$bloat"
read -r helper <"/proc/$bloat/task/$bloat/children"
check "its helper is not in its scope" grep -qx "$helper" "$cgroup2$bloat_app/cgroup.procs"

check "the bloated one was not killed" died "$bloat" 60
check "its helper was not killed" died "$helper"
"$await" line "$work/log" "app.slice/app-bloat.scope (2 processes" >/dev/null || fail "not as a cgroup, or not by us"
check "its scope is not empty" emptied "$bloat_app"
check "the shell in the terminal died" alive "$terminal"
check "what runs in the terminal died" alive "$inside"
check "the terminal's scope is not whole" [ "$(wc -l <"$cgroup2$terminal_app/cgroup.procs")" = 2 ]
alone_died
reapctl kills "$(kill_field "$bloat" id)"
