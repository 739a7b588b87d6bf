# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# crisis.sh: the ways in which a machine runs out of memory, one after another under one policy, and how
# two small programs (tests/probe.c) feel meanwhile: nothing is asserted about that, it is printed. Sourced
# in place of lib.sh, in a VM with the module zram.
#
# A crisis_ function leaves: $target, the pid of the one that has to go; $dead, the names of those who
# died; $kernel, kills by the kernel's own killer; $rule, which of ours was it.

# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh

policy=
swap=none
rate=0 # of the fast one in MiB a second; 0: as fast as it gets
files= # a device that costs no memory but its cache
declare -A who=()

total_mib() { awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo; }
oom_kills() { awk '/^oom_kill / { print $2 }' /proc/vmstat; }

# policy_start NAME: the agent with a preset, with its built-in rules (default), or no agent (none).
policy_start() {
	[ -z "$agent" ] || agent_stop || fail "the agent ended badly"
	policy=$1
	[ "$policy" != none ] || return 0
	# Of a busy machine's emulated CPUs a second is not enough to free the victim.
	agent_config 'kill_timeout = 5s'
	[ "$policy" = default ] || cat "/reapd/presets/$policy.conf" >>"$work/conf"
	agent_start
}

# Where a program of this name would be on a machine that the policy is for.
home() {
	case $policy in
	desktop) echo "/user.slice/user-1000.slice/user@1000.service/app.slice/app-$1.scope" ;;
	kubernetes) echo "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$1.slice/cri-$1.scope" ;;
	*) echo "/system.slice/$1.service" ;;
	esac
}

# A cgroup whose parents have the memory controller, as systemd makes it.
home_make() {
	local at=$cgroup2 part
	mkdir -p "$cgroup2$1"
	for part in ${1//\// }; do
		echo +memory >"$at/cgroup.subtree_control"
		at=$at/$part
	done
}

# program NAME HOME OPTION...: a hog in the cgroup of HOME; its pid is in $pid.
program() {
	local name=$1 home
	home=$(home "$2")
	shift 2
	home_make "$home"
	hog_start "$name" -j "$cgroup2$home/cgroup.procs" "$@"
	who[$name]=$pid
}

# Files of so many MiB to work on: on a zram device of their own, compressed to nothing.
files_make() {
	local n
	n=$(cat /sys/class/zram-control/hot_add)
	echo "$1M" >"/sys/block/zram$n/disksize"
	files=/dev/zram$n
}

# A swap of so many MiB on zram.
swap_appears() {
	echo "$1M" >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
	# shellcheck disable=SC2034 # printed
	swap=zram
}

begin() {
	crisis=$1
	who=()
	ooms=$(oom_kills)
	rm -f "$work/target"
	: >"$work/locked"
	: >"$work/plain"
	"$build/probe" -l -w "$work/target" >"$work/locked" &
	locked=$!
	"$build/probe" -s 32 >"$work/plain" &
	plain=$!
	pids+=("$locked" "$plain")
	disown "$locked" "$plain"
	for probe in locked plain; do
		"$await" line "$work/$probe" ready >/dev/null || fail "no probe"
	done
	program innocent innocent -s 40
	hog_ready "$pid"
}

# the_hog OPTION...: the one that has to go, and what else is in its cgroup.
the_hog() {
	program sibling hog -s 1
	program hog hog "$@"
	target=$pid
	echo "$target" >"$work/target"
	died "$target" 60
}

# Until memory is not short any more, if it ever is again.
relax() {
	local n
	for ((n = 0; n < 100; n++)); do
		awk '/^MemTotal/ { t = $2 } /^MemAvailable/ { exit $2 * 10 < t }' /proc/meminfo && return
		sleep 0.1
	done
}

# The figures of the crisis, and an end to all that ran. Of names with a number it is said how many died.
finish() {
	local name
	relax
	dead=$(for name in "${!who[@]}"; do
		alive "${who[$name]}" || echo "${name%%[0-9]*}"
	done | sort | uniq -c | awk '{ printf "%s%s%s", (NR > 1 ? "+" : ""), ($1 > 1 ? $1 "x" : ""), $2 }')
	kernel=$(($(oom_kills) - ooms))
	rule=$([ -z "$agent" ] || kill_field "$target" rule)
	for name in "$locked" "$plain"; do kill "$name" && died "$name"; done
	printf 'figures %s %s %s %s %s died %s kernel %s rule %s (%d s)\n' "$policy" "$swap" "$crisis" \
		"$(tail -n 1 "$work/locked")" "$(tail -n 1 "$work/plain")" "${dead:--}" "$kernel" "${rule:--}" $SECONDS
	for name in "${!who[@]}"; do kill -9 "${who[$name]}" 2>/dev/null; done
	"$await" exit "${who[@]}"
}

# A program that grows as fast as it can.
crisis_fast() {
	begin fast
	the_hog -s 1 -g $rate
	finish
}

# The same, among fifty others in its cgroup.
crisis_crowd() {
	local n
	begin crowd
	for ((n = 0; n < 50; n++)); do program "worker$n" hog -s 1; done
	the_hog -s 1 -g $rate
	finish
}

# A program that leaks, beside one that works on its files.
crisis_leak() {
	begin leak
	program reader reader -s 1 -f "$files"
	the_hog -s $(($(total_mib) * 45 / 100)) -g 40
	finish
}

# A leak of what does not compress: zram takes as much as it saves.
crisis_noise() {
	begin noise
	the_hog -s $(($(total_mib) * 45 / 100)) -g 40 -x
	finish
}

# An idle program makes way for another one: nobody has to die.
crisis_shift() {
	local size
	size=$(($(total_mib) * 6 / 10))
	begin shift
	program idle idle -s "$size"
	target=$pid
	hog_ready "$pid"
	program busy busy -s 1 -g 16 -m "$size"
	"$await" -t 60 line "$work/hogs" "grown $pid" >/dev/null
	finish
}

# ours DEAD: these died, by a rule of ours before the kernel's own killer came.
ours() {
	check "died: ${dead:-nobody}, not $1" [ "$dead" = "$1" ]
	check "rule: ${rule:-none}" [ "${rule:-kernel OOM}" != 'kernel OOM' ]
}

# alone DEAD: and it did not come afterwards either, while the memory of who had been killed was on its way back.
alone() {
	ours "$1"
	check "the kernel's killer came" [ "$kernel" = 0 ]
}
