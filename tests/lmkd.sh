# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# lmkd.sh - clients of the lmkd socket in shell tests: several at once, each a process of its own. Sourced
# after lib.sh.
# shellcheck disable=SC2154 # what lib.sh has

lmkd_socket=$work/lmkd
declare -A client_pid client_in

# client_start NAME: connects; what it is told is in $work/client.NAME.
client_start() {
	local fd
	mkfifo "$work/in.$1"
	"$build/lmkd_client" "$lmkd_socket" <"$work/in.$1" >"$work/client.$1" 2>&1 &
	client_pid[$1]=$!
	pids+=($!)
	disown $!
	exec {fd}>"$work/in.$1"
	client_in[$1]=$fd
	told "$1" connected
}

# tell NAME WORD...: a line of tests/lmkd_client.c.
tell() {
	local name=$1
	shift
	echo "$*" >&"${client_in[$name]}"
}

# told NAME TEXT [N]: wait until the client printed it so often.
told() {
	"$await" line "$work/client.$1" "$2" ${3:+"$3"} >/dev/null ||
		fail "client $1 was not told '$2' ${3:-}: $(tail -n 5 "$work/client.$1")"
}

# done_by NAME: wait until all it was told to do is done.
barriers=0
done_by() {
	barriers=$((barriers + 1))
	tell "$1" barrier "done$barriers."
	told "$1" "done$barriers."
}

# client_stop NAME: it closes its connection and ends.
client_stop() {
	local fd=${client_in[$1]}
	tell "$1" end
	exec {fd}>&-
	"$await" exit "${client_pid[$1]}" || fail "client $1 does not end"
	rm "$work/in.$1"
}

adj_of() { cat "/proc/$1/oom_score_adj"; }
