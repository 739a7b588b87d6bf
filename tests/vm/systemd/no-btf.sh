#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The unit told to do without BTF: as shipped it may hang on no tracepoint of a Debian kernel, says why, and
# runs on the pressure trigger; with the capability that the kernel asks for it has all of them, reads
# /proc, kills the largest, and no system call of it is denied.
# shellcheck source=tests/vm/systemd-lib.sh
. /reapd/tests/vm/systemd-lib.sh
lacking() { reapctl probe | grep -E '^[a-z_]+ +(tp|files) ' | grep -v ' attached'; }
agent_config '[protect]' 'cgroup = /system.slice/pusher.service'
[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -lt 3 ] && fail "not the default of Debian's kernels"
agent_unit '[Service]' ExecStart= 'ExecStart=/usr/sbin/reapd --no-btf'
agent_start
check "not in tier C" [ "$(reapctl --json status | awk -F '"' '$2 == "tier" { print $4 }')" = C ]
check "a tracepoint is not denied" [ "$(lacking | grep -c ' refused')" = 16 ]
"$await" line "$work/log" 'perf_event_paranoid' >/dev/null || fail "it does not say why"

agent_unit '[Service]' ExecStart= 'ExecStart=/usr/sbin/reapd --no-btf' CapabilityBoundingSet=CAP_SYS_ADMIN
trace_denied
agent_start
check "not attached: $(lacking)" [ -z "$(lacking)" ]
unit_start innocent -- innocent -s 25
innocent=$pid
unit_start large --uid=testuser -- large -s 120
large=$pid
for pid in "$innocent" "$large"; do hog_ready "$pid"; done
unit_start pusher -- pusher -s 1 -g 25 -o 40
check "the large one was not killed" died "$large" 60
"$await" line "$work/log" 'killed hog' >/dev/null || fail "not by us"
check "outcome is not 'exited'" [ "$(kill_field "$large" outcome)" = exited ]
check "its unit is not in the record" [ "$(kill_field "$large" cgroup)" = /system.slice/large.service ]
check "the innocent one died" alive "$innocent"
check "denied: $(denied)" [ -z "$(denied)" ]
