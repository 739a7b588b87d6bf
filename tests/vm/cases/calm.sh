#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# In calm the agent does not run at all: in a minute no thread of it is switched to once. (Here time
# itself is the subject.)
# shellcheck source=tests/vm/lib.sh
. /reapd/tests/vm/lib.sh
switches() { cat /proc/"$agent"/task/*/status | awk '/ctxt_switches/ { sum += $2 } END { print sum }'; }
ran() { cat /proc/"$agent"/task/*/schedstat | awk '{ ns += $1; slices += $3 } END { print ns, slices }'; }

agent_start
# Until it has all done that belongs to its start: a request comes last.
reapctl status
check "it is not calm" grep -q '"state": *"calm"' <<<"$(reapctl --json status)"
switches=$(switches) ran=$(ran)
sleep 60
say "in a minute: $switches to $(switches) switches, $ran to $(ran) ns and slices"
check "it woke up" [ "$(switches)" = "$switches" ]
check "it ran" [ "$(ran)" = "$ran" ]
reapctl status
check "it did not stay calm" [ "$(grep -c watch "$work/log")" = 0 ]
