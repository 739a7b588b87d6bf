#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# With all that these kernels have it is tier A: every question is answered, stalls by fentry and the
# kernel's own clocks.
# kernels: 6.1 6.12 7.2
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_start
probe=$(reapctl probe | cat)
echo "$probe"
check "it is not tier A" [ "$(reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }')" = A ]
check "stalls are not seen by fentry" [ "$(grep -c '^stall_.*_fentry .* attached' <<<"$probe")" = 2 ]
check "pressure is not sampled in the kernel" grep -q '^psi_sample .* attached' <<<"$probe"
check "something is refused" [ "$(grep -c ' refused' <<<"$probe")" = 0 ]
