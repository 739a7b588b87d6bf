/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * killinfo.h - one kill in the numbers of lmkd's event `killinfo` (tag 10195355), in their order.
 *
 * Sizes in KiB, times in ms, shares of PSI in hundredths of a percent. What is not known is -1.
 */
#ifndef REAPD_KILLINFO_H
#define REAPD_KILLINFO_H

#include <reapd/types.h>

enum killinfo_field {
	KILLINFO_PID = 0,
	KILLINFO_UID,
	KILLINFO_OOM_ADJ,
	KILLINFO_MIN_OOM_ADJ,
	KILLINFO_TASK_SIZE,
	KILLINFO_REASON, /* enum lmk_reason; -1: another strategy's rule */
	KILLINFO_MEM_FREE,
	KILLINFO_CACHED,
	KILLINFO_SWAP_CACHED,
	KILLINFO_BUFFERS,
	KILLINFO_SHMEM,
	KILLINFO_UNEVICTABLE,
	KILLINFO_SWAP_TOTAL,
	KILLINFO_SWAP_FREE,
	KILLINFO_ACTIVE_ANON,
	KILLINFO_INACTIVE_ANON,
	KILLINFO_ACTIVE_FILE,
	KILLINFO_INACTIVE_FILE,
	KILLINFO_SRECLAIMABLE,
	KILLINFO_SUNRECLAIM,
	KILLINFO_KERNEL_STACK,
	KILLINFO_PAGE_TABLES,
	KILLINFO_ION_HEAP,
	KILLINFO_ION_HEAP_POOL,
	KILLINFO_CMA_FREE,
	KILLINFO_MS_SINCE_EVENT,
	KILLINFO_MS_SINCE_PREV_WAKEUP,
	KILLINFO_WAKEUPS_SINCE_EVENT,
	KILLINFO_SKIPPED_WAKEUPS,
	KILLINFO_TASK_SWAP_SIZE,
	KILLINFO_GPU,
	KILLINFO_THRASHING,
	KILLINFO_MAX_THRASHING,
	KILLINFO_PSI_MEM_SOME, /* from here on over the last 10 s */
	KILLINFO_PSI_MEM_FULL,
	KILLINFO_PSI_IO_SOME,
	KILLINFO_PSI_IO_FULL,
	KILLINFO_PSI_CPU_SOME,
	KILLINFO_FIELDS,
};

struct killinfo {
	__s32 field[KILLINFO_FIELDS];
	__u32 valid;	    /* 0: a record without it */
	__u32 min_breached; /* free memory was below the min watermark, not the low one alone */
};
_Static_assert(KILLINFO_FIELDS == 38, "as many as lmkd has");
_Static_assert(sizeof(struct killinfo) == 160, "killinfo");

#endif
