#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What rules do to cgroups and the programs they run, in the unit's sandbox and to cgroups that belong to
# a user: reclaim, clamp, kill; a program of the rule, one before the kill, one after it. Nothing is denied.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
told=/var/lib/reapd/told
mkdir /run/prekill
cat >/run/prekill/tell <<'T'
#!/bin/sh
echo "$REAPD_RULE $REAPD_CGROUP" >/var/lib/reapd/told-$REAPD_EVENT
T
chmod 755 /run/prekill/tell
cp /run/prekill/tell /usr/local/bin/tell

agent_config '[agent]' 'prekill_dir = /run/prekill' 'post_kill = /usr/local/bin/tell' \
	'[rule apps]' "scope = /user.slice/*/*/app.slice/*" 'when = psi.full >= 20% over 1s' \
	'choose = cgroup' 'action = run /usr/local/bin/tell, reclaim 1M, clamp, kill'
session_start
trace_denied
agent_start
app_start terminal -s 5
terminal=$pid
app_start bloat -s 40 -g 5 # who takes more is who waits
bloat=$pid
for pid in "$terminal" "$bloat"; do hog_ready "$pid"; done
check "not a user's cgroup" [ "$(stat -c %u "$cgroup2$app/cgroup.kill")" = $uid ]
echo 20M >"$cgroup2$app/memory.high"
died "$bloat" 60 || fail "it was not killed: $(cat "$cgroup2$app/memory.pressure"; reapctl status)"
check "its scope is not empty" emptied "$app"
check "not by us" "$await" line "$work/log" 'killed cgroup'
check "the terminal died" alive "$terminal"
for event in rule prekill kill; do
	"$await" line $told-$event "apps $app" >/dev/null || fail "no program was told: $event: $(cat $told-*)"
done
check "denied: $(denied)" [ -z "$(denied)" ]
