#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A kernel without pressure stall information: one clear line, exit code 3, and nothing left behind.
# kernels: 6.1
# vm: -a psi=0
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config
"$reapd" -c "$work/conf" 2>"$work/err"
code=$?
cat "$work/err"
check "exit code $code" [ "$code" = 3 ]
check "not one line" [ "$(wc -l <"$work/err")" = 1 ]
check "the line does not name it" grep -q 'pressure stall information.*psi=1' "$work/err"
check "maps were left behind" [ ! -e "$bpf_dir" ]
