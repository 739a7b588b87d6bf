/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * counters.h - what the kernel side could not do, counted.
 *
 * Index of the per-CPU array `counters`. Each is a sum since load; nothing is dropped without one.
 * The first EV_TYPES entries are records lost because their ring was full, by enum event_type.
 */
#ifndef REAPD_COUNTERS_H
#define REAPD_COUNTERS_H

#include <reapd/event.h>

enum counter {
	COUNT_LOST_FIRST = 0,	     /* + enum event_type */
	COUNT_NAMES_FULL = EV_TYPES, /* a package name could not be kept */
	COUNT_SLOTS_FULL,	     /* a stall or reclaim found no slot on the board */
	COUNT_CGROUP_FULL,	     /* stall time of a cgroup could not be kept */
	COUNT_VICTIM_FULL,	     /* a victim could not be watched through its death */
	COUNT_MISSED_LEAVE,	     /* a stall ended that was not seen to begin */
	COUNTERS,
};

#endif
