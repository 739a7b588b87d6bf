#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# presets-case.sh POLICY: all crises under it, in one VM; for `presets`. Swap appears while the agent runs.
# shellcheck source=tests/vm/crisis.sh
. /reapd/tests/vm/crisis.sh
files_make $(($(total_mib) / 4))
policy_start "$1"
crisis_fast
crisis_crowd
crisis_leak
swap_appears 256
crisis_fast
crisis_leak
crisis_noise
crisis_shift
[ -z "$agent" ] || cat "$work/log"
