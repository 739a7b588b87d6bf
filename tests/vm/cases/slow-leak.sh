#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A slow leak beside a program that works on its files: the leaking one is killed, before the kernel's own
# killer comes; without swap, and with zram to fill first.
# kernels: 6.12
# vm: -a reapd.modules=zram
# shellcheck source=tests/vm/crisis.sh
. /reapd/tests/vm/crisis.sh
files_make $(($(total_mib) / 4))
policy_start default
for size in 0 128; do
	[ $size = 0 ] || swap_appears $size
	crisis_leak
	alone hog
	reapctl kills "$(kill_field "$target" id)"
	check "outcome is not 'freed'" [ "$(kill_field "$target" outcome)" = freed ]
done
