# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# systemd-lib.sh - what the cases in the VM with systemd have in common: the agent is the package's and
# runs as its unit, everybody else runs in units and scopes too. Sourced; stands on tests/lib.sh, whose
# helpers for hogs and waiting work here as well. All that a case starts or writes by these functions
# is gone after it.
REAPD_TOP=/reapd
# shellcheck source=tests/lib.sh
. /reapd/tests/lib.sh
# shellcheck disable=SC2034 # used by lib.sh
scope=/ bpf_dir=/sys/fs/bpf/reapd
dropin=/etc/reapd/reapd.conf.d/test.conf
unit_dropin=/run/systemd/system/reapd.service.d/test.conf
units=() # of the system's manager, that the case started
uid=1000 # testuser's
user_runtime=/run/user/$uid

reapctl() { /usr/sbin/reapctl "$@"; }

# property UNIT NAME: as systemd shows it.
property() { systemctl show -P "$2" "$1"; }

# agent_config [LINE]...: configuration of the agent, beside the one it ships with.
agent_config() {
	mkdir -p "${dropin%/*}"
	printf '%s\n' "$@" >"$dropin"
}

# agent_unit [LINE]...: a drop-in for the unit as shipped; none: takes it away again.
agent_unit() {
	rm -f "$unit_dropin"
	if [ $# -gt 0 ]; then
		mkdir -p "${unit_dropin%/*}"
		printf '%s\n' "$@" >"$unit_dropin"
	fi
	systemctl daemon-reload
}

# agent_start: anew; returns when it is ready. What it says is in $work/log, its pid in $agent.
agent_start() {
	systemctl restart reapd || fail "reapd.service did not start: $(journalctl -u reapd -o cat -n 20)"
	agent=$(property reapd MainPID)
}

agent_stop() {
	systemctl stop reapd
	agent=
}

# unit_start UNIT [OPTION OF SYSTEMD-RUN]... -- NAME HOG-OPTION...: a hog called NAME as a service; its
# pid is in $pid. Options are e.g. --slice=workload.slice, -p MemoryHigh=3M, --uid=testuser.
unit_start() {
	local unit=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	command_start "$unit" "${options[@]}" -- /bin/bash -c "exec -a \"\$0\" $hog \"\$@\"" "$@"
}

# command_start UNIT [OPTION]... -- COMMAND...: the same with any command, e.g. stress-ng.
command_start() {
	local unit=$1
	shift
	systemd-run --quiet --collect --unit="$unit" -p StandardOutput="append:$work/hogs" \
		-p StandardError="append:$work/hogs" "$@" || fail "$unit did not start"
	units+=("$unit")
	pid=$(property "$unit" MainPID)
}

# cgroup_of UNIT: its cgroup, relative to the hierarchy's root.
cgroup_of() { property "$1" ControlGroup; }

# emptied CGROUP [SECONDS]: wait until nobody is left in it (or it is gone altogether).
emptied() {
	[ ! -e "$cgroup2$1" ] && return
	"$await" -t "${2:-20}" line "$cgroup2$1/cgroup.events" 'populated 0' >/dev/null || [ ! -e "$cgroup2$1" ]
}

# session_start: a user manager of testuser, as a login has it. Below it live app_start's scopes.
session_start() {
	loginctl enable-linger testuser
	systemctl start "user@$uid.service" || fail "no user manager"
}

# "${as_user[@]}" COMMAND...: as testuser, in his session. No function and no su, which would fork: $! of
# a job is the command itself. It is not spared as we are.
as_user=(choom -n 0 -- setpriv "--reuid=$uid" "--regid=$uid" --init-groups env HOME=/home/testuser
	"XDG_RUNTIME_DIR=$user_runtime" "DBUS_SESSION_BUS_ADDRESS=unix:path=$user_runtime/bus")

# scope_start NAME COMMAND...: in a scope of its own, as desktops start programs:
# .../user@1000.service/app.slice/app-NAME.scope, which is in $app then; pid in $pid.
scope_start() {
	local name=$1
	shift
	"${as_user[@]}" systemd-run --quiet --user --scope --collect --slice=app.slice --unit="app-$name" \
		"$@" >>"$work/hogs" 2>&1 &
	pid=$!
	pids+=("$pid")
	disown "$pid"
	# shellcheck disable=SC2034 # for the cases
	app=/user.slice/user-$uid.slice/user@$uid.service/app.slice/app-$name.scope
}

# app_start NAME HOG-OPTION...: the same with a hog called NAME.
app_start() {
	local name=$1
	shift
	# shellcheck disable=SC2016 # for the inner shell
	scope_start "$name" /bin/bash -c 'exec -a "$0" "$@"' "$name" "$hog" "$@"
}

# alone_died: one was killed since the agent started, not by the kernel, and the user's manager lives.
alone_died() {
	check "the user's manager died" [ "$(property user@$uid ActiveState)" = active ]
	check "another one died" [ "$(reapctl --json kills | grep -c '^    "pid":')" = 1 ]
	check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat
}

# zram_add SIZE: a swap on zram, as it appears on a machine that runs already.
zram_add() {
	local file files
	read -ra files <<<"$(sed -n 's/^zram://p' /modules/order)"
	for file in "${files[@]}"; do
		grep -qw "^$(tr - _ <<<"${file%.ko}")" /proc/modules || insmod "/modules/$file"
	done
	echo "$1" >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
}

zram_remove() {
	swapoff /dev/zram0
	echo 1 >/sys/block/zram0/reset
}

# trace_denied: from now on note what is denied to tasks whose names begin with "reapd", from exec on: by
# seccomp, which PID 1 was told to have logged, and calls that fail with EPERM, EACCES or EROFS.
trace=/sys/kernel/tracing/instances/reapd
trace_denied() {
	mkdir -p $trace
	echo '(ret == -1 || ret == -13 || ret == -30) && comm ~ "reapd*"' >$trace/events/raw_syscalls/sys_exit/filter
	echo 1 >$trace/events/raw_syscalls/sys_exit/enable
	echo >$trace/trace
	dmesg -C
}

# denied: what was. Not clone3 (435): RestrictNamespaces= cannot look into its argument and has the C
# library use clone instead. Not setsockopt (54): more room in the control socket is asked for, and gone
# without (CAP_NET_ADMIN).
denied() {
	dmesg | sed -n 's/.*type=1326/type=1326/p' | grep ' comm="reapd' | grep -v ' syscall=435 '
	sed -nE 's/^ *([^ ]+)-[0-9]+ .*sys_exit: NR ([0-9]+) = (-[0-9]+)$/\1: call \2: \3/p' $trace/trace |
		grep -v ' 54: -1$'
}

cleanup() {
	local code=$? one
	# At once: some would never get as far as their end by themselves.
	for one in "${units[@]}"; do systemctl kill --signal=KILL "$one"; done
	loginctl disable-linger testuser
	systemctl stop reapd "user@$uid.service" "${units[@]}"
	for one in "${pids[@]}"; do kill -9 "$one"; done
	[ ${#pids[@]} = 0 ] || "$await" exit "${pids[@]}"
	rm -f "$dropin"
	[ ! -d $trace ] || rmdir $trace
	agent_unit
	systemctl reset-failed
	rm -rf "$work" /var/lib/reapd/* "$bpf_dir"
	exit "$code"
} >/dev/null 2>&1

# From here on, whenever journalctl gets to it.
cursor=$(journalctl -q -n 0 --show-cursor | sed -n 's/^-- cursor: //p')
journalctl -q -u reapd -f --after-cursor="$cursor" -o cat >"$work/log" 2>/dev/null &
pids+=($!)
disown $!
