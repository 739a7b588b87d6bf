/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts_android.h - what the android strategy looks at beyond `struct facts`; of the whole machine.
 *
 * Gathered only for that strategy. As in facts.h: plain values, and sums only grow. Watermarks are
 * sums over all populated zones of all nodes, each with the highest of its zone's lowmem reserves.
 */
#ifndef REAPD_FACTS_ANDROID_H
#define REAPD_FACTS_ANDROID_H

#include <reapd/types.h>

/* A trigger of the kernel fired since the last facts: partial (some), complete (full) stalls. */
#define ANDROID_PARTIAL	  (1u << 0)
#define ANDROID_COMPLETE  (1u << 1)
/* Stall time is fresh at each look (struct facts), so that it tells what triggers would. */
#define ANDROID_SUMS	  (1u << 2)
/* The last victim's memory is awaited, and not for longer than the kill timeout. */
#define ANDROID_WAITING	  (1u << 3)
/* A vendor's module asks for a kill: vendor_reason, vendor_score. */
#define ANDROID_VENDOR	  (1u << 4)
/* A round of direct reclaim just now got nothing: some allocation is stuck below the min watermark. */
#define ANDROID_FRUITLESS (1u << 5)

struct android_facts {
	__u64 time_ns; /* CLOCK_MONOTONIC, that of the facts of the same look */

	/* Since when the task that is longest in direct reclaim is in it, a kswapd is awake; 0: none. */
	__u64 direct_since_ns;
	__u64 kswapd_since_ns;

	__u64 watermark_ns; /* when watermarks were read; 0: they could not be */

	/* /proc/vmstat */
	__u64 free_pages;
	__u64 inactive_file_pages;
	__u64 active_file_pages;
	__u64 refault_pages; /* sum, as the next three */
	__u64 pgscan_kswapd_pages;
	__u64 pgscan_direct_pages;
	__u64 pgrefill_pages;

	/* /proc/zoneinfo */
	__u64 min_kib;
	__u64 low_kib;
	__u64 high_kib;

	/* /proc/meminfo; what a kernel does not have is 0 */
	__u64 mem_free_kib;
	__u64 cached_kib;
	__u64 swap_cached_kib;
	__u64 buffers_kib;
	__u64 shmem_kib;
	__u64 unevictable_kib;
	__u64 swap_total_kib;
	__u64 swap_free_kib;
	__u64 active_anon_kib;
	__u64 inactive_anon_kib;
	__u64 active_file_kib;
	__u64 inactive_file_kib;
	__u64 dirty_kib;
	__u64 sreclaimable_kib;
	__u64 sunreclaim_kib;
	__u64 kernel_stack_kib;
	__u64 page_tables_kib;
	__u64 ion_heap_kib;
	__u64 ion_heap_pool_kib;
	__u64 cma_free_kib;
	__u64 gpu_kib; /* Android's map of GPU memory */

	/* /proc/pressure, average of 10 s, in hundredths of a percent */
	__u32 mem_some_bp;
	__u32 mem_full_bp;
	__u32 io_some_bp;
	__u32 io_full_bp;
	__u32 cpu_some_bp;

	__u32 flags; /* ANDROID_* */
	__u32 page_kib;
	__u16 vendor_reason; /* 0 to 999 */
	__s16 vendor_score;  /* the least oom_score_adj that may die */
};
_Static_assert(sizeof(struct android_facts) == 312, "android_facts");

#endif
