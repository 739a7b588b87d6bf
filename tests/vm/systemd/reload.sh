#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The unit in the hands of systemctl: reload waits for its end and fails on a wrong configuration, which
# changes nothing; a wrong configuration at the start fails once and for good; a machine without PSI
# skips it with a reason; an agent that hangs is started again by the watchdog.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
filters() { reapctl --json filter list | grep -c '"match"'; }

agent_config '[protect]' 'package = first'
agent_start
first=$agent
check "the configured filter is not there" [ "$(filters)" = 1 ]

agent_config '[protect]' 'package = first' 'package = second'
check "reload failed" systemctl reload reapd
check "reload came back before its end" [ "$(filters)" = 2 ]

agent_config '[protect]' 'package = first' '[host]' 'thrashing_psi_full = 200%'
systemctl reload reapd 2>/dev/null && fail "reload of a wrong configuration succeeded"
check "a wrong configuration changed something" [ "$(filters)" = 2 ]
"$await" line "$work/log" "$dropin:4" >/dev/null || fail "the log does not name the line"
check "it does not run on" [ "$(property reapd ActiveState):$(property reapd MainPID)" = "active:$first" ]

systemctl restart reapd 2>/dev/null && fail "it started with a wrong configuration"
check "it is $(property reapd ActiveState)" [ "$(property reapd ActiveState)" = failed ]
check "it was tried again" [ "$(property reapd NRestarts)" = 0 ]

# Both as systemd 253 would have it: SIGHUP, and a notice of the reload.
agent_config
agent_unit '[Service]' ExecReload= "ExecReload=/bin/kill -HUP \$MAINPID" WatchdogSec=3
agent_start
systemctl reload reapd
"$await" line "$work/log" 'configuration reloaded, 0 filters' >/dev/null || fail "SIGHUP reloads nothing"

# systemd has no event for being told "alive"; the time of the last one is all there is.
fed() { [ "$(property reapd WatchdogTimestampMonotonic)" -gt "$(property reapd ActiveEnterTimestampMonotonic)" ]; }
for ((i = 0; i < 100; i++)); do fed && break; sleep 0.1; done
check "the watchdog is not fed" fed
kill -STOP "$agent"
check "the watchdog did not bite" died "$agent"
"$await" line "$work/log" 'Watchdog timeout' >/dev/null || fail "not the watchdog"
"$await" line "$work/log" 'tier A' 3 >/dev/null || fail "it was not started again"
check "it was not started again" [ "$(property reapd NRestarts)" = 1 ]

# A kernel without PSI. What systemd sees of it is that there is no such file.
agent_stop
mount -t tmpfs tmpfs /proc/pressure
systemctl start reapd || fail "a machine that cannot run it makes it fail"
umount /proc/pressure
check "it runs without PSI" [ "$(property reapd ActiveState)" = inactive ]
"$await" line "$work/log" 'skipped because of an unmet condition check (ConditionPathExists=/proc/pressure/memory)' >/dev/null ||
	fail "no reason is given"
