/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * android_policy.h - what the configuration says for the android strategy, as decide/ sees it.
 *
 * Each member is the property of that name that lmkd reads (man/reapd.conf.5, [android]). Percentages are
 * whole ones, scores are of oom_score_adj.
 */
#ifndef REAPD_ANDROID_POLICY_H
#define REAPD_ANDROID_POLICY_H

#include <reapd/lmk.h>

#define ANDROID_NEW_STRATEGY (1u << 0) /* use_new_strategy: watermarks, swap, thrashing */
#define ANDROID_MINFREE	     (1u << 1) /* use_minfree_levels, for the old strategy */
#define ANDROID_RELAXED	     (1u << 2) /* relaxed_available_memory */
#define ANDROID_LOG_STATS    (1u << 3)
#define ANDROID_LATE	     (1u << 4) /* delay_monitors_until_boot */

/* Limits of the configuration that arithmetic relies on. */
#define ANDROID_WINDOW_MAX_MS 10000
#define ANDROID_RATIO_MAX     1000

struct android_minfree {
	__u32 free_pages; /* below it, in free memory and in file pages alike ... */
	__s32 score;	  /* ... processes with this oom_score_adj and above may die */
};

struct android_policy {
	__u32 flags;		/* ANDROID_* above */
	__u32 kill_timeout_ms;	/* 0: a victim is waited for until it is dead */
	__u32 partial_stall_ms; /* 0: no such event */
	__u32 complete_stall_ms;
	__u32 window_ms; /* of both, and how long one look follows the other after them */
	__u32 swap_free_low_pct;
	__u32 thrashing_limit_pct;
	__u32 thrashing_limit_decay_pct;
	__u32 thrashing_critical_pct;
	__u32 swap_util_max_pct;
	__u32 filecache_min_kib;
	__u32 stall_limit_critical_pct;
	__u32 direct_reclaim_threshold_ms;
	__u32 swap_compression_ratio;
	__u32 swap_compression_ratio_div;
	__s32 pressure_after_kill_min_score;
	__s32 lowmem_min_score;
	__s32 score_floor;    /* not lmkd's: no reason of the new strategy goes below it */
	__s32 level_score[3]; /* old strategy: low, medium, critical; above 1000: off */
	__u32 minfrees;	      /* of minfree[], in the order in which they are tried */
	struct android_minfree minfree[LMK_MINFREES];
};
_Static_assert(sizeof(struct android_policy) == 136, "android_policy");

#endif
