#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# With each preset a program that takes half of memory each second dies before the kernel's own killer
# comes, without swap and with zram; and with it dies what the preset says: its application or service or
# container, but of a large application nobody else.
# vm: -a reapd.modules=zram
# kernels: 6.12
# shellcheck source=tests/vm/crisis.sh
. /reapd/tests/vm/crisis.sh
rate=200
for preset in desktop server kubernetes embedded; do
	policy_start $preset
	case $preset in
	desktop) crisis_crowd && ours hog ;;
	embedded) crisis_fast && ours hog ;;
	*) crisis_fast && ours hog+sibling ;;
	esac
done
swap_appears 128
for preset in kubernetes desktop; do
	policy_start $preset
	crisis_fast
	ours hog+sibling
done
cat "$work/log"
