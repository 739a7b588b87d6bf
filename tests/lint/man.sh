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
	grep -ohE '\{ "[a-z-]+", (no|required|optional)_argument' "$@" | sed -E 's/.*"(.*)".*/--\1/' >"$work/real"
	grep -E '^\.' "$page" | grep -oE '\<Fl -[a-z-]+' | sed 's/Fl -/--/' >"$work/man"
	same "$page" option
}
options man/reapd.8 agent/options.c
options man/reapd-notify.8 tools/notify_main.c
shopt -s extglob
options man/reapctl.8 tools/!(notify_*).c

no_default='^\[(protect|avoid|prefer|normal|rule [a-z-]+)\]' # keys of these have none that is printed
# keys FILE: "[section] key = default" on stdin against those of reapd itself.
keys() {
	awk '/^\[/ { section = $0; next } { print section, $0 }' | grep -vE "$no_default" >"$work/man"
	awk '/^#/ { next } /^\[/ { section = $0; next } /=/ { print section, $0 }' "$work/config" >"$work/real"
	same "$1" key
}
: >"$work/empty"
"$build"/reapd --check-config -c "$work/empty" >"$work/config" || bad=1
keys man/reapd.conf.5 < <(sed -nE '
	s/^\.Ss \[rule NAME\]/[rule name]/p; s/^\.Ss (\[[a-z]+\]).*/\1/p
	s/^\.It Cm ([a-z_]+) No =(.*)/\1 =\2/p' man/reapd.conf.5)
keys packaging/reapd.conf < <(sed -nE \
	's/^#(\[[a-z -]+\])$/\1/p; s/^#([a-z_]+ =( [^;]*[^; ])?) *(;.*)?$/\1/p' packaging/reapd.conf)

# Keys of a rule, and the signals it can look at. The shipped example has them all, and loads.
sed -nE 's/.*\[RULE_KEY_[A-Z_]+\] = \{ "([a-z_]+)".*/\1/p' agent/rule_parse.c >"$work/real"
cp "$work/real" "$work/rule_keys"
sed -nE '/^\.Ss \[rule NAME\]/,/^\.Ss \[protect/s/^\.It Cm ([a-z_]+) No = .*/\1/p' man/reapd.conf.5 >"$work/man"
same man/reapd.conf.5 'key of a rule'
sed -nE '/^#\[rule /,/^$/s/^#//p' packaging/reapd.conf >"$work/example"
cp "$work/rule_keys" "$work/real"
sed -nE 's/^([a-z_]+) = .*/\1/p' "$work/example" >"$work/man"
same packaging/reapd.conf 'key of a rule'
"$build"/reapd --check-config -c "$work/example" >/dev/null || bad=1
sed -nE 's/^(\t*\[SIGNAL_[A-Z_]+\] =)? *\{ "([a-z.]+)", .*/\2/p' agent/base/signal_text.c >"$work/real"
sed -nE '/^\.Sh RULES/,/^\.Sh FILTERS/s/^\.It Cm //p' man/reapd.conf.5 | sed 's/ , /\n/g' >"$work/man"
same man/reapd.conf.5 signal

"$build"/reapctl --help | sed -nE 's/^  ([a-z]+)( .*)?$/\1/p' >"$work/real"
sed -nE '/^\.Sh VERBS/,/^\.Sh ENV/s/^\.It Cm ([a-z]+).*/\1/p' man/reapctl.8 >"$work/man"
same man/reapctl.8 verb

mandoc -T lint -W warning man/*.[1-9] 2>&1 |
	sed -E 's/^mandoc: ([^:]+:[0-9]+):[0-9]+: /\1: /' | grep . && bad=1
exit $bad
