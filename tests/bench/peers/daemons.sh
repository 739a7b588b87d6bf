# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# daemons.sh - who takes part, and with which settings. Sourced in the VM, where all are installed and none
# runs. Settings are those of Debian's packages. What is changed, and why, stands beside it; docs/bench.md
# says the same.

# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh

# The unit of a daemon; none: the kernel's own killer is alone.
unit_of() {
	case $1 in
	kernel) ;;
	reapd*) echo reapd.service ;;
	*) echo "$1.service" ;;
	esac
}

# daemon_configure NAME
daemon_configure() {
	case $1 in
	oomd)
		# The package names the mount point of a hybrid hierarchy, which Debian 12 no longer has: it would not start.
		echo 'DAEMON_OPTS="--interval 1 --config /etc/oomd/oomd.json --cgroup-fs /sys/fs/cgroup"' >/etc/default/oomd
		;;
	systemd-oomd)
		# The package has it look at swap for the whole machine, and at pressure in user sessions alone. The programs of
		# these scenarios are services: systemd-oomd.service(8) recommends its pressure, with the default limit
		# of 60 %, for system.slice.
		mkdir -p /etc/systemd/system/system.slice.d
		printf '[Slice]\nManagedOOMMemoryPressure=kill\n' >/etc/systemd/system/system.slice.d/oomd.conf
		systemctl daemon-reload
		;;
	reapd) cp /etc/reapd/reapd.conf.dist /etc/reapd/reapd.conf ;;
	reapd-*) cp "/usr/share/reapd/presets/${1#reapd-}.conf" /etc/reapd/reapd.conf ;;
	esac
}

# CPU time of a unit so far, in us, all of its processes.
cpu_us() { awk '/^usage_usec/ { print $2 }' "$cgroup2$(cgroup_of "$1")/cpu.stat"; }

# Until a unit has done what it does at its start: it used less than 2 % of a CPU for a second. (oomd never does.)
settled() {
	local last now n
	last=$(cpu_us "$1")
	for ((n = 0; n < 10; n++)); do
		sleep 1
		now=$(cpu_us "$1")
		[ $((now - last)) -ge 20000 ] || return 0
		last=$now
	done
}

# daemon_start NAME: its unit is in $unit, its pid in $daemon (0: the kernel's).
daemon_start() {
	unit=$(unit_of "$1") daemon=0
	daemon_configure "$1"
	[ -n "$unit" ] || return 0
	systemctl start "$unit" || fail "$1 did not start: $(journalctl -u "$unit" -o cat -n 20)"
	settled "$unit"
	daemon=$(property "$unit" MainPID)
	[ "$daemon" != 0 ] || fail "$1 does not run: $(journalctl -u "$unit" -o cat -n 20)"
}

daemon_stop() {
	[ -n "$unit" ] || return 0
	if [ "$unit" = systemd-oomd.service ]; then
		systemctl stop systemd-oomd.socket "$unit"
		rm -r /etc/systemd/system/system.slice.d
		systemctl daemon-reload
	fi
	systemctl stop "$unit"
}
