# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# lib.sh - what system tests and VM cases have in common. Sourced; needs bash.
#
# A test makes its scope (a cgroup of its own), starts the agent confined to it, starts hogs in it,
# waits for events, and checks. Everything it started ends with it, by pid.

set -u
top=${REAPD_TOP:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
build=${REAPD_BUILD:-$top/build}
reapd=${REAPD:-$build/reapd}
hog=$build/hog
await=$build/await
work=$(mktemp -d /tmp/reapd-test.XXXXXX)
scope=/reapd-test-$$       # below the cgroup2 root; set to / for the whole machine (VMs only)
agent=                     # pid of the agent
pids=()                    # everything else we started
: >"$work/hogs"            # what they say
bpf_dir=/sys/fs/bpf/reapd-test-$$

reapctl() { "${REAPCTL:-$build/reapctl}" --run-dir "$work/run" --state-dir "$work/state" --bpf-dir "$bpf_dir" "$@"; }

say() { printf '# %s\n' "$*"; }
fail() { printf 'FAIL: %s\n' "$*"; [ ! -s "$work/log" ] || sed 's/^/#   /' "$work/log" | tail -n 30; exit 1; }
skip() { printf 'SKIP: %s\n' "$*"; exit 77; }
check() { local what=$1; shift; "$@" || fail "$what"; }

# Where cgroup2 is, and where the memory controller of the scope is (v1 on hybrid hosts).
cgroup2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
memory_v1=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2; exit }' /proc/mounts)

# A cgroup below the scope ("" = the scope itself), made in both hierarchies where there are two.
cgroup_make() {
	mkdir -p "$cgroup2$scope${1:-}"
	[ -z "$memory_v1" ] || mkdir -p "$memory_v1$scope${1:-}"
}

# The scope, squeezed to so many MiB without killing anyone: on v2 by memory.high, which makes whoever
# allocates wait; on v1 (hybrid hosts) by a limit, where those wait who need file pages: $squeezed are
# the options with which a hog feels it.
squeezed=()
scope_make() {
	if [ -n "$memory_v1" ]; then
		cgroup_make
		echo $(($1 << 20)) >"$memory_v1$scope/memory.limit_in_bytes"
		big_file $(($1 * 3 / 2))
		squeezed=(-f "$work/file")
		return
	fi
	echo +memory >"$cgroup2/cgroup.subtree_control"
	cgroup_make
	echo $(($1 << 20)) >"$cgroup2$scope/memory.high"
	[ ! -e "$cgroup2$scope/memory.swap.max" ] || echo 0 >"$cgroup2$scope/memory.swap.max"
	# shellcheck disable=SC2034 # used by the tests
	squeezed=(-g 100)
}

# Options that put a hog into a cgroup below the scope.
join() {
	local dir
	for dir in "$cgroup2" ${memory_v1:+"$memory_v1"}; do
		printf -- '-j %s ' "$dir$scope${1:-}/cgroup.procs"
	done
}

# agent_config [LINE]...: its configuration; lines are added behind [agent]. In a scope of its own the
# rule asks for less pressure than by default: how much a squeezed cgroup feels depends on what else
# runs here, and most tests are not about the limit. Nor is "exhausted" to be there before it, by chance.
agent_config() {
	mkdir -p "$work/run" "$work/state"
	{
		[ "$scope" = / ] || printf '[host]\nexhausted_mem_available = 5%%\nthrashing_psi_full = 4%%\nthrashing_window = 1s\nthrashing_mem_available = 20%%\n'
		printf '[agent]\nscope = %s\nrun_dir = %s\nstate_dir = %s\nbpf_dir = %s\n' \
			"$scope" "$work/run" "$work/state" "$bpf_dir"
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$work/conf"
}

# agent_start [OPTION]...: returns when it is ready. Its log is $work/log.
agent_start() {
	[ -s "$work/conf" ] || agent_config
	: >>"$work/log"
	local lines
	lines=$(grep -c 'tier [ABC]' "$work/log")
	"$reapd" -v -c "$work/conf" "$@" 2>>"$work/log" &
	agent=$!
	"$await" line "$work/log" 'tier ' $((lines + 1)) >/dev/null || fail "the agent did not start"
}

agent_stop() {
	kill "$agent"
	"$await" exit "$agent" || fail "the agent did not stop"
	wait "$agent"
	local code=$?
	agent=
	return $code
}

# hog_start NAME [OPTION]...: a hog in the background, its argv[0] NAME; its pid is in $pid.
hog_start() {
	local name=$1
	shift
	(exec -a "$name" "$hog" "$@" >>"$work/hogs" 2>&1) &
	pid=$!
	pids+=("$pid")
	disown "$pid" # or bash tells when it is killed
}

hog_ready() { "$await" line "$work/hogs" "ready $1" >/dev/null || fail "hog $1 did not get its memory"; }

# workers_start: six that ask for more than a scope of 256 MiB has beside a large one.
workers_start() {
	local i
	# shellcheck disable=SC2046 # words are meant
	for i in 1 2 3 4 5 6; do hog_start "worker$i" $(join) -s 15 "${squeezed[@]}"; done
}

# A recording, in $work/rec.
recorder_start() {
	"$build/reapctl" --run-dir "$work/run" record "$work/rec" 2>"$work/rec.err" &
	recorder=$!
	disown $recorder
	pids+=("$recorder")
}
recorder_stop() {
	kill "$recorder"
	check "the recorder did not end" died "$recorder"
}

# kill_recorded: the same of how the large one among the workers ($pid) is killed.
kill_recorded() {
	recorder_start
	workers_start
	# shellcheck disable=SC2046
	hog_start large $(join) -s 110 "${squeezed[@]}"
	check "no kill" died "$pid" 60
	"$await" line "$work/log" "killed large" >/dev/null || fail "no log line"
	recorder_stop
}

# recipe NAME: commands of README.md, as they stand behind a line <!-- recipe: NAME -->.
recipe() { sed -n "/<!-- recipe: $1 -->/,/^\`\`\`\$/p" "$top/README.md" | sed '1,2d;$d'; }

alive() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$1/status"; }
dead() { ! alive "$1"; }

# died PID [SECONDS]: wait for its end.
died() { "$await" -t "${2:-20}" exit "$1"; }

# A file whose pages nobody has cached yet.
big_file() { dd if=/dev/zero of="$work/file" bs=1M count="$1" 2>/dev/null; }

# kill_field PID FIELD: of the last record of that pid; also a stage.
kill_field() {
	reapctl --json kills --all | awk -v pid="$1" -v field="\"$2\":" '
		function value(s) { sub(/^[^:]*: */, "", s); sub(/,$/, "", s); gsub(/"/, "", s); return s }
		/^  [{]/ { now = current = "" }
		/^    "pid":/ { current = value($0) }
		$1 == field && now == "" { now = value($0) }
		/^  [}]/ && current == pid { last = now }
		END { print last }'
}

cleanup() {
	local code=$? one
	[ -z "$agent" ] || kill "$agent" 2>/dev/null
	for one in "${pids[@]}"; do kill -9 "$one" 2>/dev/null; done
	[ ${#pids[@]} = 0 ] || "$await" exit "${pids[@]}" >/dev/null
	[ -z "$agent" ] || "$await" exit "$agent"
	if [ "$scope" != / ]; then
		find "$cgroup2$scope" ${memory_v1:+"$memory_v1$scope"} -depth -type d -exec rmdir {} + 2>/dev/null
	fi
	rm -rf "$bpf_dir" "$work"
	exit "$code"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
