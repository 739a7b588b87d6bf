/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strategy.h - when to act. One table of functions per strategy; choose() says on whom.
 *
 * A strategy is pure: its memory are the places and what it is given. Facts are pushed into place 0
 * first, then (strategy android) into the strategy; after that `judge` may be asked.
 */
#ifndef REAPD_STRATEGY_H
#define REAPD_STRATEGY_H

#include "choose.h"
#include "place.h"
#include "verdict.h"

struct strategy {
	const char *name;

	/* The policy when the configuration is empty. */
	void (*defaults)(struct policy *ret);

	/*
	 * Facts of its own; NULL: it has none, nobody gathers them. Pushed once more with the same time:
	 * the same look, of which something was read anew (android.want_watermarks).
	 */
	void (*push)(const struct policy *policy, struct places *places,
		     const struct android_facts *facts);

	/*
	 * Which rule fires, and where? Fills rule, place, terms, reason and min_score_adj of *ret;
	 * false: none does. Rules that rest, and shadow rules, do not count; with `shadow` only shadow
	 * rules do.
	 */
	bool (*judge)(const struct policy *policy, const struct places *places, bool shadow,
		      struct verdict *ret);

	/*
	 * A signal is on its way by that verdict; and it turned out that none could be sent. NULL:
	 * nothing to remember.
	 */
	void (*killed)(const struct policy *policy, struct places *places, const struct verdict *v);
	void (*failed)(struct places *places);

	/* Can it have come to this? Asked of what a recording says. NULL: to anything. */
	bool (*valid)(const struct policy *policy, const struct places *places);

	/*
	 * One rule at one place here and now, for people to see: rule, place and terms of *ret (no
	 * terms: it has nothing to say now). True when it fires.
	 */
	bool (*evaluate)(const struct policy *policy, const struct places *places, __u32 place,
			 __u32 rule, struct verdict *ret);

	/*
	 * How near the nearest rule is to firing, in thousandths: 1000 fires. The agent looks more
	 * often the nearer it is.
	 */
	__u32 (*nearness)(const struct places *places);

	/*
	 * How much may be free or in the file cache, in thousandths of mem_total_kib, when it must be
	 * awake at the latest, though nothing stalls; 0: a stall comes first.
	 */
	__u32 (*low_permille)(const struct policy *policy, const struct places *places,
			      __u64 mem_total_kib);
};

extern const struct strategy strategy_host;
extern const struct strategy strategy_android;

/* By name, NULL when there is none of that name. */
const struct strategy *strategy_find(const char *name);

/* One whole decision: judge, and if a rule fires choose. False: nothing to do. */
bool decide(const struct strategy *strategy, const struct policy *policy,
	    const struct places *places, const struct view *view, struct choose_sum *sums,
	    struct verdict *ret);

#endif
