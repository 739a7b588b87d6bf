#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The whole machine: a hog that grows as fast as it can is killed by us, before the kernel's own killer
# comes; without swap, and with one on zram that appears while the agent runs.
# vm: -a reapd.modules=zram
# shellcheck source=tests/vm/crisis.sh
. /reapd/tests/vm/crisis.sh
policy_start default
reapctl probe | head -3
crisis_fast
alone hog
reapctl kills 1
check "there is swap" [ "$(reapctl status | grep '^swap')" = "swap      none" ]
swap_appears 256
crisis_fast
alone hog
reapctl kills 2
check "it did not see the swap" [ "$(reapctl status | grep '^swap')" != "swap      none" ]
cat "$work/log"
