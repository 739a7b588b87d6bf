// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "counter_text.h"

#include <stddef.h>

const char *counter_name(__u32 counter)
{
	static const char *const names[COUNTERS] = {
		[EV_EDGE] = "edge_lost",
		[EV_OOM] = "oom_lost",
		[EV_KILL] = "kill_lost",
		[EV_RSS] = "rss_lost",
		[EV_TASK] = "task_lost",
		[EV_ADJ] = "adj_lost",
		[EV_EXIT] = "exit_lost",
		[EV_CGROUP] = "cgroup_lost",
		[COUNT_NAMES_FULL] = "names_full",
		[COUNT_SLOTS_FULL] = "slots_full",
		[COUNT_CGROUP_FULL] = "cgroup_stalls_full",
		[COUNT_VICTIM_FULL] = "victims_full",
		[COUNT_MISSED_LEAVE] = "stall_ends_unmatched",
	};

	return counter < COUNTERS && names[counter] ? names[counter] : "?";
}

const char *counter_ring(__u32 counter)
{
	if (counter < EV_EDGE || counter >= EV_TYPES)
		return NULL;
	return counter <= EV_KILL ? "critical" : "bulk";
}
