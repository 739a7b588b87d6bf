/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * android_rows.h - inside of strategy_android: one look (android_look.c), and the rows of conditions
 * that are tried in order on what it saw (android_rows.c). Rule i of the policy is row i.
 */
#ifndef REAPD_ANDROID_ROWS_H
#define REAPD_ANDROID_ROWS_H

#include "place.h"
#include "verdict.h"

/* Nothing that a kernel says is larger; so that no product of it overflows, whatever a file says. */
#define ANDROID_AMOUNT_MAX (1ULL << 48)

/* In the order in which they are tried; ROW_OLD alone belongs to the old strategy. */
enum android_row {
	ROW_VENDOR = 0,
	ROW_PRESSURE_AFTER_KILL,
	ROW_NOT_RESPONDING,
	ROW_LOW_SWAP_AND_THRASHING,
	ROW_LOW_MEM_AND_SWAP,
	ROW_LOW_MEM_AND_SWAP_UTIL,
	ROW_LOW_MEM_AND_THRASHING,
	ROW_DIRECT_RECL_AND_THRASHING,
	ROW_DIRECT_RECL_STUCK,
	ROW_LOW_FILECACHE_AFTER_THRASHING,
	ROW_LOW_MEM,
	ROW_OLD,
	ANDROID_ROWS,
};

/* "low_mem": the name of its rule. */
const char *android_row_name(__u32 row);

/*
 * Take in facts: events, reclaim, swap, thrashing. False: there is nothing to decide at this look. Stall
 * time is that of place 0.
 */
bool android_look(const struct android_policy *p, const struct assess *assess, struct android *a,
		  const struct android_facts *f);

/* Of android_look() only what is new when watermarks were read again at the same look. */
void android_watermarks(struct android *a, const struct android_facts *f);

/* Free memory and all that reclaim could get are less than the high watermark: kswapd gives up. */
bool android_near_end(const struct android *a);

/* Does a row hold? Fills terms, reason and min_score_adj of *ret. */
bool android_row(const struct android_policy *p, const struct android *a, __u32 row,
		 struct verdict *ret);

/* What must come before any row: the stall that makes an event, as one more term. */
void android_add_partial(const struct android_policy *p, const struct android *a,
			 struct verdict *v);

/* Is the row one of the strategy that the policy asks for? */
bool android_row_used(const struct android_policy *p, __u32 row);

/* Has it nothing to say at this look, whatever its terms? Then it is not near either. */
bool android_row_idle(const struct android_policy *p, const struct android *a, __u32 row);

#endif
