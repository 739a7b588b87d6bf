#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A dry run decides and records, and kills nobody.
. "$(dirname "$0")/../lib.sh"

scope_make 256
agent_start --dry-run
workers_start
# shellcheck disable=SC2046
hog_start large $(join) -s 110 "${squeezed[@]}"
large=$pid
"$await" -t 60 line "$work/log" "would have killed large" >/dev/null || fail "no decision"
check "it killed in a dry run" alive "$large"
check "the outcome is not dry-run" [ "$(kill_field "$large" outcome)" = dry-run ]
reapctl status | grep -q 'nobody will be killed' || fail "status does not say that it is a dry run"
