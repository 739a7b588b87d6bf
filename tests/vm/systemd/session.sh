#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# In a user's session the one bloated program dies; the terminal in the scope beside it lives, with the
# shell in it and what runs there.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
session_start
agent_start
app_start terminal -s 20 -v
terminal=$pid terminal_app=$app
hog_ready "$terminal"
app_start bloat -s 60 -g 50
bloat=$pid bloat_app=$app
hog_ready "$bloat"
check "not a scope of its own" grep -qx "$bloat" "$cgroup2$bloat_app/cgroup.procs"
check "not a user's" [ "$(stat -c %u "/proc/$bloat")" = $uid ]

check "the bloated one was not killed" died "$bloat" 60
check "not by us" "$await" line "$work/log" 'killed bloat'
check "its scope is not empty" emptied "$bloat_app"
check "the terminal died" alive "$terminal"
check "what runs in the terminal died" [ "$(wc -l <"$cgroup2$terminal_app/cgroup.procs")" = 2 ]
alone_died
reapctl kills "$(kill_field "$bloat" id)"
