#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The largest process is protected by a package filter of the configuration: it lives, the next
# largest dies in its place, and the record says who was passed over and by which rule.
# kernels: 6.12
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
agent_config '[protect]' 'package = large'
agent_start
hog_start small -s 40
small=$pid
hog_start next -s 100
next=$pid
hog_ready "$small"
hog_ready "$next"
hog_start large -s 150 -g 25 -o 20
large=$pid
check "the next largest was not killed" died "$next"
check "the protected one did not go on" "$await" line "$work/hogs" "grown $large"
check "not by us" "$await" line "$work/log" 'killed next'
check "the protected one died" alive "$large"
check "the small one died" alive "$small"
check "the kernel's killer came" grep -qx 'oom_kill 0' /proc/vmstat

id=$(kill_field "$next" id)
reapctl kills "$id"
check "it had not been the first choice" [ "$(kill_field "$next" outcome)" = freed ]
reapctl --json kills "$id" | tr -d '\n' | grep -qE \
	"\"pid\": *$large,[^}]*\"rule\": *\"package large\"[^}]*\"why\": *\"protected by a filter\"" ||
	fail "the veto and its rule are not in the record"
