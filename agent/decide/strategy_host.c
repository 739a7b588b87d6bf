// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * strategy_host.c - rules over signals, tried in order; the first whose comparisons all hold fires.
 *
 * Two are built in.
 *
 * exhausted: memory runs out within the blink of an eye and there is no swap to go to. Without swap
 * a fast program meets the kernel's killer some 10 ms after the first stall, so this one cannot wait
 * for stall time to add up. That memory is low is not enough: a machine may live there for years.
 *
 * thrashing: everyone has waited for memory most of the last two seconds. The numbers are those that
 * tell four recorded crises apart (two that had to be ended, two that
 * passed by themselves): an idle program being swapped out reaches 50 %, an overload 96 %.
 */
#include "strategy.h"

#include <string.h>

static const struct rule builtin[] = {
	{
		.name = "exhausted",
		.terms = 3,
		.term = {
			/* earlyoom's last line, 5 %, kept for the same reason: below it caches
			 * are too small to live in. */
			{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 50 },
			{ .signal = SIGNAL_SWAP_FREE, .limit = 100 },
			/* What a kill takes to give memory back, a few times over. */
			{ .signal = SIGNAL_EXHAUSTION, .window_ms = 250, .limit = 500 },
		},
	},
	{
		.name = "thrashing",
		.terms = 2,
		.term = {
			{ .signal = SIGNAL_PSI_FULL, .over = 1, .window_ms = 2000, .limit = 600 },
			{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 100 },
		},
	},
};

static void host_defaults(struct policy *ret)
{
	memset(ret, 0, sizeof(*ret));
	strcpy(ret->strategy, strategy_host.name);
	ret->choose.order = ORDER_BADNESS;
	ret->choose.growth_horizon_ms = 1000; /* about what it takes until memory is back */
	ret->choose.least_kib = 4096;	      /* a kill that gives less only takes its turn away */
	ret->rules = sizeof(builtin) / sizeof(builtin[0]);
	memcpy(ret->rule, builtin, sizeof(builtin));
}

static bool host_judge(const struct policy *policy, const struct assess *a, struct verdict *ret)
{
	ret->rule = NO_RULE;
	ret->terms = 0;
	for (__u32 i = 0; i < policy->rules; i++) {
		if (!rule_evaluate(&policy->rule[i], a, ret->term))
			continue;
		ret->rule = i;
		ret->terms = policy->rule[i].terms;
		return true;
	}
	return false;
}

static __u32 host_nearness(const struct policy *policy, const struct assess *a)
{
	struct record_term term[RECORD_TERMS];
	__u32 nearest = 0, n;

	for (__u32 i = 0; i < policy->rules; i++) {
		rule_evaluate(&policy->rule[i], a, term);
		n = rule_nearness(term, policy->rule[i].terms);
		nearest = n > nearest ? n : nearest;
	}
	return nearest;
}

const struct strategy strategy_host = {
	.name = "host",
	.defaults = host_defaults,
	.judge = host_judge,
	.nearness = host_nearness,
};
