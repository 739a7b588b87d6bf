/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * android.h - the memory of the android strategy: plain values, so that a recording carries them.
 */
#ifndef REAPD_ANDROID_H
#define REAPD_ANDROID_H

#include "facts_android.h"

enum android_level {
	ANDROID_LEVEL_LOW = 0,
	ANDROID_LEVEL_MEDIUM,
	ANDROID_LEVEL_CRITICAL
};
enum android_wmark {
	WMARK_MIN = 0,
	WMARK_LOW,
	WMARK_HIGH,
	WMARK_NONE
};
enum android_reclaim {
	RECLAIM_NONE = 0,
	RECLAIM_KSWAPD,
	RECLAIM_DIRECT
};

/*
 * What is remembered from look to look, and what came out of the last one. All 0: nothing seen yet. A
 * look makes a decision when there is an event, or one was not long ago.
 */
struct android {
	struct android_facts now;

	__u64 partial_ns, complete_ns; /* the last event of each kind, and of any */
	__u64 event_ns;
	__u64 follow_until_ns;		 /* decisions are made without an event until then */
	__u64 wakeup_ns, prev_wakeup_ns; /* the last decision and the one before */
	__u32 wakeups_since_event, skipped_wakeups;
	__u64 partial_stall_ms, complete_stall_ms; /* in the window that ends now */

	__u64 base_refault_pages, base_file_pages; /* when the window of thrashing began */
	__u64 window_ns;			   /* and that time; 0: never */
	__u64 prev_growth_pct;			   /* of the windows before, fading */
	__u64 prev_refault_pages;
	__u64 thrashing_pct;
	__u64 max_thrashing_pct; /* since the last kill */

	/* of the last look */
	__u64 direct_pages, kswapd_pages, refill_pages;
	__u64 stuck_ms;			   /* longest direct reclaim */
	__u64 free_swap_kib, low_swap_kib; /* swap that can still be filled, and what is little */
	__u32 swap_util_pct;
	__u32 limit_pct; /* of thrashing; decays with kills */
	__u32 level;	 /* enum android_level, of the event, if there was one */
	__u32 events;	 /* ANDROID_PARTIAL, ANDROID_COMPLETE, ANDROID_VENDOR */
	__u32 reclaim;	 /* enum android_reclaim */
	__u32 wmark;	 /* enum android_wmark */

	__u32 killing;	       /* somebody was killed since the last decision */
	__u32 cycle;	       /* this is the first decision after a kill */
	__u32 check_filecache; /* it was thrashing */
	__u32 fresh;	       /* watermarks were read anew for the first kill, as they must be */
	__u32 want_watermarks; /* read them, and push once more */

	/* the verdict of the last look */
	__u32 row; /* index of the rule + 1, 0: nothing to do */
	__u32 nearness;
	__u32 seen; /* there was a look */
};
_Static_assert(sizeof(struct android) == 544, "android");

#endif
