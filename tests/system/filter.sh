#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Filters on the command line: what is listed, matched, refused; configuration and live filters live
# side by side across restarts; a foreign map is refused.
. "$(dirname "$0")/../lib.sh"

refused() { # refused WORDS COMMAND...: exit 2 and one line that has the words
	local words=$1 out
	shift
	out=$("$@" 2>&1)
	[ $? = 2 ] || fail "'$*' did not exit with 2: $out"
	grep -q -- "$words" <<<"$out" || fail "'$*' did not say '$words': $out"
}
listed() { reapctl filter list | grep -Eq "$1"; }
answers() { # answers TEXT NAME|PID
	reapctl filter test "$2" | grep -q "^$1" || fail "filter test $2: $(reapctl filter test "$2"), not $1"
}

cgroup_make
cgroup_make /inner
agent_config '[protect]' 'package = sshd' 'package = com.example.*' "cgroup = $scope/inner" \
	'[avoid]' 'uid = 4242' '[normal]' 'package = com.example.game*'
agent_start
check "config filter is not listed" listed '^protect +package +config sshd$'
check "cgroup filter is not listed" listed "^protect +cgroup +config $scope/inner\$"
answers protect sshd
answers normal sshd2
answers protect com.example.app:remote
answers normal com.example.game.two
answers normal com.examples

reapctl filter add prefer package 'chrome*' || fail "cannot add"
reapctl filter add protect uid 0 || fail "cannot add"
answers prefer chrome-sandbox
# shellcheck disable=SC2046 # words are meant
hog_start renamed $(join /inner) -s 1
hog_ready "$pid"
answers "protect: by the filter 'cgroup $scope/inner'" "$pid"
# shellcheck disable=SC2046
hog_start first $(join) -s 1 -n chromed
hog_ready "$pid"
reapctl filter remove uid 0 || fail "cannot remove"
answers "prefer: by the filter 'package chrome\*'" "$pid" # the name it gave itself

refused "longer than 127" reapctl filter add protect package "$(printf 'x%.0s' {1..128})"
refused "empty" reapctl filter add protect package ''
refused "match everything" reapctl filter add protect package '*'
refused "begins with '/'" reapctl filter add protect cgroup system.slice
refused "not a number" reapctl filter add protect uid root
refused "unknown action" reapctl filter add spare uid 1
refused "unknown kind" reapctl filter add protect exe /bin/sh
refused "not valid text" reapctl filter add protect package $'a\nb'
refused usage reapctl filter add protect package
reapctl filter remove package nosuch 2>/dev/null && fail "removed a filter that is not there"

# A live filter wins over the configuration's; what the configuration no longer has goes.
reapctl filter add normal package sshd
agent_stop
agent_config '[protect]' 'package = sshd' 'package = postgres'
agent_start
check "the live filter was lost" listed '^normal +package +live +sshd$'
check "the other live filter was lost" listed '^prefer +package +live +chrome\*$'
check "the new config filter is missing" listed '^protect +package +config postgres$'
check "the old config filter is still there" eval '! listed com.example'
grep -q "1 filters of the configuration are overridden" "$work/log" || fail "the override is not said"

# Reload: a good file counts, a bad one changes nothing.
agent_config '[protect]' 'package = mysqld'
reapctl reload || fail "cannot reload"
check "reload did not bring the new filter" listed '^protect +package +config mysqld$'
check "reload kept the old filter" eval '! listed postgres'
agent_config '[protect]' 'package = mysqld' 'nonsense = 1'
reapctl reload 2>/dev/null && fail "a bad configuration was accepted"
check "a bad file changed the filters" listed '^protect +package +config mysqld$'
agent_stop

# Somebody else's map under our name.
agent_config
rm "$bpf_dir/package_filters"
bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
"$bpftool" map create "$bpf_dir/package_filters" type hash key 4 value 8 entries 4 name foreign
out=$("$reapd" -c "$work/conf" 2>&1)
[ $? = 1 ] || fail "a foreign map: exit code is not 1"
grep -q 'package_filters is pinned by something else' <<<"$out" || fail "a foreign map: $out"
[ "$(wc -l <<<"$out")" = 1 ] || fail "more than one line: $out"
