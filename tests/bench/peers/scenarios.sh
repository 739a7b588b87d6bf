# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# scenarios.sh - the ways in which memory becomes short. Sourced in the VM.
#
# A scenario_ function starts what runs in it and returns when it is over, that is: the ones that had to die
# are dead, or (in `spike`) all that was wanted was got. Beside each run a service of 60 MiB that nobody
# should touch, and two probes.

# shellcheck source=tests/bench/peers/daemons.sh
. /reapd/peers/daemons.sh
scenario="" name="" # now
# A device that costs no memory but its cache, and compresses to nothing.
backing=

# A swap of this size on zram (systemd-lib.sh) is there in the scenarios with `zram`.
swap_of() {
	case $1 in
	zram) echo 256M ;;
	spike) echo 512M ;;
	esac
}

# A unit's name, which its cgroup has too: a new one each time, so that none has to wait for the last to be
# forgotten.
started=0
next_unit() {
	started=$((started + 1))
	new=run-$1-$started
}

# hog NAME OPTION...: as a service of its own, watched by the timeline; its pid is in $pid.
hog() {
	local name=$1 new
	shift
	next_unit "$name"
	unit_start "$new" -- "$name" "$@"
	echo "$name $pid" >>"$work/watch"
}

# Who has to die ends, or does not within the time that anybody would wait for a machine to come back.
patience=90
gone() { "$await" -t $patience exit "$@" || say "$scenario under $name: nobody ended it in $patience s"; }

scenario_fast() {
	hog hog -s 1 -g 0
	gone "$pid"
}

scenario_trap() {
	hog hog -t -s 1 -g 0
	gone "$pid"
}

scenario_zram() { scenario_fast; }

# 560 MiB, then 40 MiB a second, beside a program that works at random on 256 MiB of files.
scenario_leak() {
	hog reader -s 1 -f "$backing"
	hog hog -s 560 -g 40
	gone "$pid"
}

# Ten that grow at once, each for ever: processes of one service. After the kernel killed one of them systemd would
# stop the whole service: that would not be the doing of who is measured here.
scenario_many() {
	local new herd
	next_unit herd
	# shellcheck disable=SC2016 # for the inner shell
	command_start "$new" -p OOMPolicy=continue -- /bin/bash -c '
		for n in 1 2 3 4 5 6 7 8 9 10; do (exec -a "hog$n" "$0" -s 1 -g 0) & done
		wait' "$hog"
	# The first line is that of the innocent one.
	"$await" line "$work/hogs" "ready " 11 >/dev/null
	sed -n 's/^ready //p' "$work/hogs" | awk 'NR > 1 { print "hog", $1 }' >>"$work/watch"
	mapfile -t herd < <(awk '/^hog/ { print $2 }' "$work/watch")
	gone "${herd[@]}"
}

# An idle program makes way into swap for another one: what both want is there, nobody has to die.
scenario_spike() {
	hog idle -s 450
	hog_ready "$pid"
	hog busy -s 1 -g 0 -m 600
	# With nobody's help it takes some three seconds.
	"$await" line "$work/hogs" "grown $pid" >/dev/null ||
		say "spike under $name: busy did not get its memory"
}
