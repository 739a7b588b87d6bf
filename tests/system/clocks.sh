#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The kernel's pressure clocks, as BPF reads them at each tick, and its pressure file tell of the same
# stalls.
. "$(dirname "$0")/../lib.sh"

scope_make 64
for i in 1 2 3; do
	# shellcheck disable=SC2046 # words are meant
	hog_start "hog$i" $(join) -s 20 "${squeezed[@]}"
done
# A twentieth of the time: more than what either may be off by.
"$build/clocks" 50
