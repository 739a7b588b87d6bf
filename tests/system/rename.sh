#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A process that is renamed after its fork, by prctl and then in its argv, as Android's zygote does with
# each app (whose comm is only the end of its name): the new name counts, in calm and under pressure,
# though no hook sees argv[0] change.
. "$(dirname "$0")/../lib.sh"

app() { # app NAME OPTION...: a child of a "zygote64" that is renamed so; its pid is in $pid
	local lines
	lines=$(grep -c ready "$work/hogs")
	# shellcheck disable=SC2046 # words are meant
	hog_start zygote64 $(join) -Z "$@"
	pid=$("$await" line "$work/hogs" ready $((lines + 1))) || fail "the app did not start"
	pid=${pid#ready }
}
noted() { # noted PID: what the kernel side has for its name
	"${bpftool:-/usr/sbin/bpftool}" map lookup pinned "$bpf_dir/names" key $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)) |
		sed -nE 's/.*"name": "([^"]*)".*/\1/p'
}
answers() { # answers TEXT: the filter that $pid has
	reapctl filter test "$pid" >"$work/test"
	grep -q "^$1" "$work/test" || fail "filter test: $(cat "$work/test"), not $1"
}
bpftool=$(command -v bpftool)

scope_make 256
agent_config '[protect]' 'package = com.example.browser'
agent_start

# In calm. One with threads, as every app has: the kernel side knows by itself.
app com.example.browser -T 2 -s 1
check "the kernel side noted '$(noted "$pid")'" [ "$(noted "$pid")" = com.example.browser ]
# One that does nothing more is looked at when the agent is asked.
app com.example.browser -s 1
answers "protect: by the filter 'package com.example.browser'"
check "the kernel side did not keep '$(noted "$pid")'" [ "$(noted "$pid")" = com.example.browser ]

# Under pressure, when nobody may read argv. It grows: that is enough.
for i in 1 2 3 4; do
	# shellcheck disable=SC2046
	hog_start "small$i" $(join) -s 20 "${squeezed[@]}"
done
"$await" line "$work/log" 'watch' >/dev/null || fail "there is no pressure"
app com.example.browser -s 100 "${squeezed[@]}"
protected=$pid
# shellcheck disable=SC2046
hog_start next $(join) -s 45 "${squeezed[@]}"
next=$pid
check "nobody was killed" died "$next"
check "the app was killed" alive "$protected"
reapctl --json kills --all >"$work/kills"
grep -q '"rule": *"package com.example.browser"' "$work/kills" || fail "the record does not have the filter"
agent_stop

# Android's names are whole: a package's filter has its processes. Its uids are those of apps, for each user.
agent_config 'strategy = android' '[protect]' 'package = com.example.mail' '[avoid]' 'uid = 10042'
agent_start
app com.example.mail:sync -T 2 -s 1
check "the kernel side noted '$(noted "$pid")'" [ "$(noted "$pid")" = com.example.mail:sync ]
answers "protect: by the filter 'package com.example.mail'"
app com.example.mailer:sync -T 2 -s 1
answers normal
# shellcheck disable=SC2046
hog_start com.example.other $(join) -u 1010042 -s 1
hog_ready "$pid"
answers "avoid: by the filter 'uid 10042'"
