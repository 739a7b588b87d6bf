#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# vm: -f build/tests/unit/test_kill:/reapd/unit/ -f build/tests/unit/test_cgkill:/reapd/unit/ -f build/tests/unit/test_crowd:/reapd/unit/ -f build/tests/unit/test_cghold:/reapd/unit/ -f build/tests/unit/test_program:/reapd/unit/ -f build/tests/unit/test_errand:/reapd/unit/ -f build/tests/unit/test_held:/reapd/unit/ -f build/tests/unit/test_hasten_cgroup:/reapd/unit/
# The unit tests of what reapd does to cgroups and of the programs it runs, on kernels that lack
# cgroup.kill and process_mrelease (5.10), or have memory.reclaim.
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh

for test in /reapd/unit/test_*; do
	"$test" >"$work/out" 2>&1 || { cat "$work/out"; fail "${test##*/}"; }
	check "${test##*/} ran nothing" grep -q '^\[  PASSED  \] [1-9]' "$work/out"
	say "${test##*/}: $(grep -c '^\[       OK' "$work/out") passed, $(grep '^\[  SKIPPED \] [a-z]' "$work/out" | sort -u | wc -l) skipped"
done
