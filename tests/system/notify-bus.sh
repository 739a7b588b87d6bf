#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A kill is told on the system bus as systemd-oomd, low-memory-monitor and we tell it, with the policy
# that is shipped, and shown on the desktop, also when nobody shows notifications at first; who forges
# a signal is not believed. On buses of its own.
. "$(dirname "$0")/../lib.sh"

command -v dbus-daemon >/dev/null || skip "no dbus-daemon"
[ -x "$build/reapd-notify" ] || skip "built without libsystemd"
notify=$build/reapd-notify
bus=$build/bus
chmod 711 "$work"

# run NAME COMMAND...: in the background; its output is $work/NAME, its pid $pid.
run() {
	local name=$1
	shift
	: >>"$work/$name"
	"$@" >>"$work/$name" 2>&1 &
	pid=$!
	pids+=("$pid")
	disown "$pid"
}
said() { "$await" line "$work/$1" "$2" "${3:-1}" || fail "$1: no '$2' in: $(cat "$work/$1")"; }
count() { grep -c "$2" "$work/$1"; }

# bus_start NAME RULES: the default rules of a system bus are in dbus's system.conf; these are like them.
bus_start() {
	cat >"$work/$1.conf" <<-E
		<busconfig>
		  <type>$1</type>
		  <listen>unix:path=$work/$1</listen>
		  <auth>EXTERNAL</auth>
		  $2
		</busconfig>
	E
	run "$1.log" dbus-daemon --nofork --config-file="$work/$1.conf" --print-address
	said "$1.log" "unix:path=$work/$1" >/dev/null
}
bus_start system "<policy context='default'>
	<allow user='*'/>
	<deny own='*'/>
	<deny send_type='method_call'/>
	<allow send_type='signal'/>
	<allow send_requested_reply='true' send_type='method_return'/>
	<allow send_requested_reply='true' send_type='error'/>
	<allow receive_type='method_call'/>
	<allow receive_type='method_return'/>
	<allow receive_type='error'/>
	<allow receive_type='signal'/>
	<allow send_destination='org.freedesktop.DBus'/>
</policy>
<include>$top/packaging/dbus/org.reapd.conf</include>"
bus_start session "<policy context='default'>
	<allow user='*'/><allow own='*'/><allow send_type='method_call'/><allow eavesdrop='false'/>
</policy>"
chmod 666 "$work/system"
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/system DBUS_SESSION_BUS_ADDRESS=unix:path=$work/session

# The names: for root alone, and only those that nobody has.
setpriv --reuid=65534 --regid=65534 --clear-groups "$bus" own org.reapd.Manager1 >"$work/nobody" 2>&1
said nobody 'bus: org.reapd.Manager1: Permission denied' >/dev/null
run oomd "$bus" own org.freedesktop.oom1
oomd=$pid
said oomd ready >/dev/null
run notify "$notify" --run-dir "$work/run"
said notify 'org.freedesktop.oom1 is taken' >/dev/null
said notify 'waiting for an agent' >/dev/null
"$notify" --run-dir "$work/run" 2>"$work/second" && fail "a second one runs"
said second 'another reapd-notify runs' >/dev/null
kill "$pid" "$oomd"
"$await" exit "$pid" "$oomd" || fail "it does not stop"

run heard "$bus" listen
said heard ready >/dev/null
run notify "$notify" --run-dir "$work/run"
notify_pid=$pid
said notify 'waiting for an agent' 2 >/dev/null
run desktop.log "$notify" --session
said desktop.log 'showing kills of this user' >/dev/null
scope_make 256
agent_config '[protect]' 'package = small' '[host]' 'thrashing = yes' \
	'[rule warn]' 'when = mem.available < 30%' 'action = notify' 'cooldown = 1h'
agent_start
said notify 'connected to the agent' >/dev/null

# kill_one NAME: until the agent has killed it.
kill_one() {
	# shellcheck disable=SC2046 # words are meant
	hog_start "$1" $(join) -s 125 "${squeezed[@]}"
	victim=$pid
	check "$1 was not killed" died "$victim"
}
# shellcheck disable=SC2046
hog_start small $(join) -s 105 "${squeezed[@]}"
kill_one '<large>'
said heard "signal org.freedesktop.oom1.Manager.Killed $scope memory-pressure" >/dev/null
said heard 'signal org.freedesktop.LowMemoryMonitor.LowMemoryWarning 255' >/dev/null
ours=$(said heard 'signal org.reapd.Manager1.Killed')
for part in "Pid=$victim" 'Uid=0' "Name='<large>'" "Kind='kill'" "Cgroup='$scope'" "Rule='thrashing'" \
	"Outcome='freed'" 'DryRun=0' "KillId=$(kill_field "$victim" id)" "Why='psi.full "; do
	[[ $ours = *" $part"* ]] || fail "no $part in: $ours"
done
[[ $ours =~ Freed=[1-9][0-9]{7} ]] || fail "not so much came back: $ours"

warning=$(said heard 'signal org.reapd.Manager1.Warning')
[[ $warning = *" Kind='notify'"*" Rule='warn' Why='mem.available "* ]] || fail "not the warning of the rule: $warning"

# Nobody shows notifications: all is kept.
said desktop.log 'cannot show notifications for now, keeping them' >/dev/null
run desktop "$bus" notifications
desktop=$pid
said desktop "notification 'Memory is running out' 'Rule warn: mem.available " >/dev/null
said desktop "notification '<large> was ended to free memory'" >/dev/null
grep -q 'MiB came back. Rule thrashing: psi.full .* &gt;= 4%.* &lt; 20%' "$work/desktop" || fail "$(cat "$work/desktop")"

# Forged by somebody else, to all and to each.
for to in '' :1.{0..20}; do
	# shellcheck disable=SC2086 # a word or none
	setpriv --reuid=65534 --regid=65534 --clear-groups "$bus" forge $to || fail "cannot forge"
done

# Who shows them dies, and another comes.
kill "$desktop"
"$await" exit "$desktop" || fail "the desktop does not end"
kill_one second
said heard 'signal org.reapd.Manager1.Killed' 2 >/dev/null
run desktop "$bus" notifications
said desktop "notification 'second was ended to free memory'" >/dev/null
check "more was shown than was killed: $(cat "$work/desktop")" [ "$(count desktop notification)" = 3 ]

# The agent goes and comes.
agent_stop || fail "the agent did not stop"
said notify 'connection to the agent lost' >/dev/null
agent_start
said notify 'connected to the agent' 2 >/dev/null
kill_one third
said desktop "notification 'third was ended to free memory'" >/dev/null
said heard org.freedesktop.oom1.Manager.Killed 3 >/dev/null
check "told twice" [ "$(count heard org.freedesktop.oom1.Manager.Killed)" = 3 ]
kill "$notify_pid"
"$await" exit "$notify_pid" || fail "it does not stop"
