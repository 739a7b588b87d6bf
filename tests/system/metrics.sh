#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The metrics file is there from the start, says each kill, and calm after it; it is well-formed each
# time, its age does not grow while watching, and it is gone with the agent.
. "$(dirname "$0")/../lib.sh"

command -v python3 >/dev/null || skip "no python3"
mkdir "$work/metrics"
file=$work/metrics/reapd.prom
says() {
	"$await" -t 60 line "$file" "$1" >/dev/null || fail "the metrics do not say '$1': $(grep -v _bucket "$file")"
	"$top/tests/metrics.py" check "$file" || fail "the metrics are not well-formed"
}

scope_make 256
agent_config "metrics_file = $file"
agent_start
says 'reapd_state 0'
says 'reapd_kills_total{rule="thrashing",outcome="freed"} 0'
check "it is not for everyone to read" [ "$(stat -c %a "$file")" = 644 ]
# shellcheck disable=SC2046 # words are meant
hog_start large $(join) -s 125 "${squeezed[@]}"
large=$pid
# shellcheck disable=SC2046
hog_start small $(join) -s 105 "${squeezed[@]}"
check "nobody was killed" died "$large"
says 'reapd_kills_total{rule="thrashing",outcome="freed"} 1'
says 'reapd_stage_seconds_count{step="signalled to freed"} 1'
kill -9 "$pid"
says 'reapd_state 0'
check "nothing but the file is left" [ "$(ls "$work/metrics")" = reapd.prom ]
agent_stop || fail "the agent did not stop"
check "the metrics outlive the agent" [ ! -e "$file" ]
