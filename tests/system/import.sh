#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# reapctl import: files of all four daemons, as in tests/import, become what is expected, whichever way
# they are named; reapd takes each; what is wrong is said, and then nothing else is.
. "$(dirname "$0")/../lib.sh"

cd "$top" || exit 1
from=tests/import
# shellcheck disable=SC2207 # no blanks in these
units=($(find $from/systemd -type f | LC_ALL=C sort))

# same NAME ARG...: what is imported is $from/NAME.golden, and reapd takes it.
same() {
	local name=$1
	shift
	reapctl import "$@" >"$work/out" 2>"$work/err" || fail "$name: $(cat "$work/err")"
	diff "$from/$name.golden" "$work/out" || fail "$name: not as before"
	[ ! -s "$work/err" ] || fail "$name: says $(cat "$work/err")"
	"$reapd" --check-config -c "$work/out" >"$work/checked" || fail "$name: reapd refuses it"
}

same earlyoom $from/earlyoom.default
same earlyoom earlyoom $from/earlyoom.default
same options earlyoom "-m 10 -s 10 --avoid '^(foo|bar)\$'"
same options earlyoom -m 10 -s 10 --avoid '^(foo|bar)$'
same oomd-conf $from/oomd.conf
same oomd-conf systemd-oomd $from/oomd.conf
same systemd systemd-oomd $from/oomd.conf "${units[@]}" $from/thrash.oomrule
same oomd $from/oomd.json
same oomd oomd $from/oomd.json
same nohang $from/nohang.conf
same nohang nohang $from/nohang.conf

# For programs: the same text in one string, and what is said of it.
reapctl --json import $from/earlyoom.default >"$work/json" || fail "no JSON"
grep -q '"peer": "earlyoom"' "$work/json" || fail "no peer: $(cat "$work/json")"
text=$(sed -n 's/^ *"config": "\(.*\)",$/\1/p' "$work/json")
[ "$(printf '%b' "${text//\\\"/\"}")" = "$(cat $from/earlyoom.golden)" ] || fail "the text in JSON differs: $text"
[ "$(sed -n '/"left_out"/,/]/p' "$work/json" | grep -c '^ *"[^"]*",\?$')" = 3 ] || fail "left out: $(cat "$work/json")"
line=$(grep -A 1 '"text": "A victim that' "$work/json" | sed -n 's/.*"line": \([0-9]*\).*/\1/p')
[ "$(sed -n "${line}p" $from/earlyoom.golden)" = "action = term 10s" ] || fail "a note of line '$line'"

# wrong CODE WORDS ARG...: exit code, and words on stderr alone.
wrong() {
	local code=$1 words=$2 got
	shift 2
	reapctl import "$@" >"$work/out" 2>"$work/err"
	got=$?
	[ $got = "$code" ] || fail "import $*: exit $got"
	[ ! -s "$work/out" ] || fail "import $*: prints $(cat "$work/out")"
	grep -qF -- "$words" "$work/err" || fail "import $*: says $(cat "$work/err")"
}

wrong 2 "usage: reapctl import"
wrong 2 "unknown peer 'bustd'" bustd x
wrong 1 "No such file" $from/none
wrong 1 "No such file" earlyoom $from/none
wrong 2 "not a configuration of earlyoom" tests/lib.sh
wrong 2 "-m: 'x' is not a number" earlyoom "-m x"
wrong 2 "-m: 'x' is not a number" --json earlyoom "-m x"
wrong 2 "unknown option --sweep" earlyoom --sweep -m 5
wrong 2 "a quote does not end" earlyoom "--avoid '^x"
wrong 2 "no EARLYOOM_ARGS=" earlyoom $from/oomd.conf
wrong 2 "not JSON" oomd $from/oomd.conf
wrong 2 "one file is enough" nohang $from/nohang.conf $from/nohang.conf
wrong 2 "neither a comment nor key = value" nohang $from/oomd.conf
printf 'x\0y' >"$work/binary"
wrong 2 "not a text file" "$work/binary"
head -c 2000000 /dev/zero | tr '\0' '\n' >"$work/large"
wrong 1 "File too large" "$work/large"
