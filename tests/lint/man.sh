#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The man pages name the real options, keys (with their defaults) and verbs, all of them and no
# others, and are clean mdoc; packaging/reapd.conf shows the same keys.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v mandoc >/dev/null || { echo "SKIP: no mandoc"; exit 77; }
build=${REAPD_BUILD:-build}
for program in reapd reapctl; do
	[ -x "$build/$program" ] || { echo "SKIP: no $build/$program (make)"; exit 77; }
done
bad=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# same FILE WHAT: what $work/real has and $work/man, taken from FILE, has not; and vice versa.
same() {
	sort -u "$work/real" -o "$work/real"
	sort -u "$work/man" -o "$work/man"
	while IFS= read -r line; do
		echo "$1:1: $2 is missing: $line"
		bad=1
	done < <(comm -23 "$work/real" "$work/man")
	while IFS= read -r line; do
		echo "$1:1: $2 does not exist: $line"
		bad=1
	done < <(comm -13 "$work/real" "$work/man")
}

# options PAGE FILE...: long options, from the tables of getopt_long(3).
options() {
	local page=$1
	shift
	sed -nE 's/.*\{ "([a-z-]+)", (no|required|optional)_argument.*/--\1/p' "$@" >"$work/real"
	grep -E '^\.' "$page" | grep -oE '\<Fl -[a-z-]+' | sed 's/Fl -/--/' >"$work/man"
	same "$page" option
}
options man/reapd.8 agent/main.c
options man/reapctl.8 tools/*.c

filters='^\[(protect|avoid|prefer|normal)\]' # their keys have no defaults
# keys FILE: "[section] key = default" on stdin against those of reapd itself.
keys() {
	awk '/^\[/ { section = $0; next } { print section, $0 }' | grep -vE "$filters" >"$work/man"
	awk '/^\[/ { section = $0; next } /=/ { print section, $0 }' "$work/config" >"$work/real"
	same "$1" key
}
: >"$work/empty"
"$build"/reapd --check-config -c "$work/empty" >"$work/config" || bad=1
keys man/reapd.conf.5 < <(sed -nE \
	's/^\.Ss (\[[a-z]+\]).*/\1/p; s/^\.It Cm ([a-z_]+) No = (.*)/\1 = \2/p' man/reapd.conf.5)
keys packaging/reapd.conf < <(sed -nE \
	's/^#(\[[a-z]+\])$/\1/p; s/^#([a-z_]+ = [^;]*[^; ]) *(;.*)?$/\1/p' packaging/reapd.conf)

"$build"/reapctl --help | sed -nE 's/^  ([a-z]+)( .*)?$/\1/p' >"$work/real"
sed -nE '/^\.Sh VERBS/,/^\.Sh ENV/s/^\.It Cm ([a-z]+).*/\1/p' man/reapctl.8 >"$work/man"
same man/reapctl.8 verb

mandoc -T lint -W warning man/*.[1-9] 2>&1 |
	sed -E 's/^mandoc: ([^:]+:[0-9]+):[0-9]+: /\1: /' | grep . && bad=1
exit $bad
