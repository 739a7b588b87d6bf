#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Who did not look for a while must not judge by what went on meanwhile. The whole machine is stopped in the
# middle of a stall; then the agent alone, while everything stalls, once from watch and once from calm. Each
# time the stall is over when it looks again: nobody dies for it, not by the watchdog either. The same stall without a stop kills.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
tight=$cgroup2/tight
mkdir "$tight"

full_ms() { awk '/^full/ { sub("total=", "", $5); print int($5 / 1000) }' /proc/pressure/memory; }
now_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }
# stall NAME MS: somebody stalls, and has for so long.
stall() {
	local from
	from=$(full_ms)
	echo 16M >"$tight/memory.high"
	hog_start "$1" -j "$tight/cgroup.procs" -s 60 -w
	until [ $(($(full_ms) - from)) -ge "$2" ]; do sleep 0.5; done
}
# over TIMES: nobody stalls, the agent is calm again, and has killed nobody but the first one. (The end of a
# process would make it begin anew by itself.)
over() {
	echo max >"$tight/memory.high"
	[ -z "${stopped:-}" ] || kill -CONT "$agent"
	stopped=
	"$await" -t 60 line "$work/log" calm "$1" >/dev/null || fail "it did not calm down"
	check "somebody was killed for it" [ "$(grep -c killed "$work/log")" = 1 ]
	kill -9 "$pid"
	died "$pid"
}

agent_config 'watchdog = yes' '[rule stall]' 'when = psi.full >= 60% over 4s'
agent_start
stall awake 100
check "a stall does not kill: the case proves nothing" died "$pid" 60
"$await" line "$work/log" calm >/dev/null || fail "it did not calm down"
hog_start innocent -s 40

stall machine 100
now=$(now_ms)
last=$now
echo "reapd-vm: stop 8" >/dev/console
until [ $((now - last)) -gt 4000 ]; do # and back
	sleep 0.05
	last=$now
	now=$(now_ms)
done
over 2

stall watching 100
"$await" line "$work/log" watch 3 >/dev/null || fail "it does not watch"
kill -STOP "$agent"
stopped=yes
stall_from=$(full_ms)
until [ $(($(full_ms) - stall_from)) -ge 4000 ]; do sleep 0.5; done
over 3

# From calm, where pressure is read from files: there the sums of the time that nobody saw are known.
agent_stop
agent_start --tier C
kill -STOP "$agent"
stopped=yes
stall calm 6000
over 4
cat "$work/log"
