#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The loop is stuck, in a log that nobody reads, while memory stalls: the watchdog kills whom the table
# names, spares the protected, tells clients at once, and the record follows when the loop runs again. In a
# dry run nobody dies, and none while memory does not stall.
. "$(dirname "$0")/../lib.sh"
command -v python3 >/dev/null || skip "no python3"
. "$top/tests/lmkd.sh"

scope_make 256
cgroup_make /safe
agent_config "lmkd_socket = $lmkd_socket" "watchdog = yes" "[host]" "exhausted = no" "swap_full = no" "starving = no" "thrashing = no"

# The agent, its log behind a pipe of a page.
start() {
	: >"$work/log"
	mkfifo "$work/pipe"
	python3 - "$work/pipe" >>"$work/log" <<-'P' &
		import fcntl, os, sys
		fd = os.open(sys.argv[1], os.O_RDONLY)
		fcntl.fcntl(fd, 1031, 4096)  # F_SETPIPE_SZ
		while data := os.read(fd, 4096):
		    os.write(1, data)
	P
	reader=$!
	pids+=("$reader")
	disown "$reader"
	"$reapd" -v -c "$work/conf" "$@" 2>"$work/pipe" &
	agent=$!
	"$await" line "$work/log" 'tier ' >/dev/null || fail "the agent did not start"
}

# stuck: nobody reads its log any more, and there is much to say.
stuck() {
	kill -STOP "$reader"
	for i in $(seq 200); do tell one update; done
}

# party: somebody to wait for memory, whom nobody may kill, and two who may die.
party() {
	spared=()
	for i in 1 2 3 4 5 6; do
		# shellcheck disable=SC2046 # words are meant
		hog_start spared $(join) -s 30 "${squeezed[@]}"
		spared+=("$pid")
		tell one prio "$pid" 10001 "95$i"
	done
	# shellcheck disable=SC2046
	hog_start kept $(join /safe) -s 4
	spared+=("$pid")
	tell one prio "$pid" 10001 990
	# shellcheck disable=SC2046
	hog_start important $(join) -s 4
	important=$pid
	# shellcheck disable=SC2046
	hog_start cached $(join) -s 4
	cached=$pid
	hog_ready "$cached"
	tell one prio "$important" 10002 500
	tell one prio "$cached" 10003 900
	done_by one
	"$await" line "$work/log" "reapd: watch" >/dev/null || fail "no pressure" # it has looked
}
start
client_start one
tell one subscribe 0
# shellcheck disable=SC2046
hog_start foreground $(join) -s 4
foreground=$pid
client_start two
tell two prio "$foreground" 10004 990
done_by two
party
# Protected since its last look.
reapctl filter add protect package spared
reapctl filter add protect cgroup "$scope/safe"
stuck
# ... and more important since: unless it was too late for that.
tell two prio "$foreground" 10004 100
done_by two
alive "$foreground" || foreground=
told one "kill $cached 10003"
told one "kill $important 10002" # two seconds later, since it is stuck still
check "told in another order" [ "$(grep "^kill" "$work/client.one" | grep -v ' 10004 ' | cut -d' ' -f1,2 | head -n 2 | tr '\n' ' ')" = "kill $cached kill $important " ]
died "$cached" || fail "told of a kill that was none"
died "$important" || fail "told of a kill that was none"
check "one that has come to the foreground was killed" alive "${foreground:-$$}"
check "a protected one was killed" [ "$(grep -c "kill .* 10001 " "$work/client.one")" = 0 ]
kill -CONT "$reader"
"$await" line "$work/log" "lowmemorykiller: lmkd watchdog killed process $cached, oom_score_adj 900" >/dev/null ||
	fail "it is not in the log"
"$await" line "$work/log" "killed important" >/dev/null || fail "the loop does not tell of it"
check "rule is $(kill_field "$cached" rule)" [ "$(kill_field "$cached" rule)" = watchdog ]
check "outcome is $(kill_field "$cached" outcome)" grep -Eqx 'released|exited' <<<"$(kill_field "$cached" outcome)"
check "no killinfo" [ "$(reapctl --json kills "$(kill_field "$cached" id)" | grep -c '"task_size_kib"')" = 1 ]
done_by one
check "told twice" [ "$(grep -c "^kill $cached " "$work/client.one")" = 1 ]
agent_stop || fail "the agent did not stop cleanly"
"$await" exit "$reader" || fail "somebody has the log still"
rm "$work/pipe"
client_stop one
client_stop two

# A dry run: it is said who would have to go, and nobody goes.
spared+=(${foreground:+"$foreground"})
kill -9 "${spared[@]}"
"$await" exit "${spared[@]}" || fail "they live on"
start --dry-run
client_start one
tell one subscribe 0
party
stuck
# That the thread has decided is seen in the eventfd by which it tells the loop, the last one that was
# made, and by nothing to wait for.
decided=$(grep -s '^eventfd-id' /proc/"$agent"/fdinfo/* | sort -t : -k 3 -n | tail -n 1)
decided=${decided%%:*}
for i in $(seq 300); do
	grep -q 'eventfd-count: *[1-9]' "$decided" && break
	sleep 0.1
done
check "the watchdog has not decided" [ "$i" -lt 300 ]
kill -CONT "$reader"
"$await" line "$work/log" "lmkd watchdog would have killed process $cached," >/dev/null || fail "not even in words"
"$await" line "$work/log" "would have killed cached" >/dev/null || fail "no record of it"
check "somebody died in a dry run" alive "$cached"
check "a client was told of a kill that was none" [ "$(grep -c ^kill "$work/client.one")" = 0 ]
agent_stop || fail "the agent did not stop cleanly"
