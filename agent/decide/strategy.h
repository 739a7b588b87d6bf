/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * strategy.h - when to act. One table of functions per strategy; choose() says on whom.
 *
 * A strategy is pure: its memory is the assess state and what it is given. `judge` is called with
 * each new set of facts (pushed into the assess state before).
 */
#ifndef REAPD_STRATEGY_H
#define REAPD_STRATEGY_H

#include "assess.h"
#include "choose.h"
#include "verdict.h"

#define RULES_MAX 16

/* All comparisons must hold. One whose signal does not apply (no swap) is taken to hold. */
struct rule {
	char name[32];
	__u32 terms;
	__u32 pad;
	struct record_term term[RECORD_TERMS]; /* .value is unused */
};
_Static_assert(sizeof(struct rule) == 136, "rule");

/* What the configuration says, compiled: plain values, so that a recording can carry it. */
struct policy {
	char strategy[16];
	struct choose_policy choose;
	__u32 rules;
	__u32 pad;
	struct rule rule[RULES_MAX];
};
_Static_assert(sizeof(struct policy) == 2216, "policy");

struct strategy {
	const char *name;

	/* The policy when the configuration is empty. */
	void (*defaults)(struct policy *ret);

	/* Which rule fires? Fills rule and terms of *ret; false: none does. */
	bool (*judge)(const struct policy *policy, const struct assess *a, struct verdict *ret);

	/*
	 * How near the nearest rule is to firing, in thousandths: 1000 fires. The agent looks more
	 * often the nearer it is.
	 */
	__u32 (*nearness)(const struct policy *policy, const struct assess *a);
};

extern const struct strategy strategy_host;

/* By name, NULL when there is none of that name. */
const struct strategy *strategy_find(const char *name);

/* The values of a rule's terms now, into ret (as many as the rule has); true when all hold. */
bool rule_evaluate(const struct rule *rule, const struct assess *a, struct record_term *ret);

/* How near evaluated terms are to holding together: that of the farthest, in thousandths. */
__u32 rule_nearness(const struct record_term *term, __u32 terms);

/* One whole decision: judge, and if a rule fires choose. False: nothing to do. */
bool decide(const struct strategy *strategy, const struct policy *policy, const struct assess *a,
	    const struct view *view, struct verdict *ret);

#endif
