// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * strategy_host.c - rules over signals, tried in order; the first whose comparisons all hold fires.
 *
 * Four are built in.
 *
 * exhausted: memory runs out within the blink of an eye and there is no swap to go to. Without swap
 * a fast program meets the kernel's killer some 10 ms after the first stall, so this one cannot wait
 * for stall time to add up. That memory is low is not enough: a machine may live there for years.
 *
 * swap-full: the same where there is swap, and a program that grows takes all of it. Memory itself is
 * at its least then and stays there, so it is swap that tells when the end comes.
 *
 * starving: there is no swap, or none left, and what programs run from is pushed out by one that grows and read
 * again and again. Nothing idle can make way, so it does not pass by itself as in the next rule, and
 * a shorter time will do.
 *
 * thrashing: everyone has waited for memory most of the last two seconds. The numbers are those that
 * tell four recorded crises apart (two that had to be ended, two that
 * passed by themselves): an idle program being swapped out reaches 50 %, an overload 96 %. Not while
 * swap fills in a rush, though everyone waits for it: either that ends by itself, as when an idle
 * program makes way for one that grows, or it ends in the rules above, in seconds.
 */
#include "strategy.h"

#include <string.h>

#include "rank.h"

static const struct rule builtin[] = {
	{
		.name = "exhausted",
		.terms = 3,
		.steps = 1,
		.step = { { .kind = STEP_KILL } },
		.term = {
			/* Where earlyoom begins to act. Below half of it caches are too small to
			 * live in; who grows so fast takes the other half while it is dying. */
			{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 100 },
			{ .signal = SIGNAL_SWAP_FREE, .limit = 100 },
			/* What a kill takes to give memory back, a few times over. */
			{ .signal = SIGNAL_EXHAUSTION, .window_ms = 250, .limit = 500 },
		},
	},
	{
		.name = "swap-full",
		.terms = 2,
		.steps = 1,
		.step = { { .kind = STEP_KILL } },
		.term = {
			{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 100 },
			/* Twice what it took to get 940 MiB back, a third of it from zram (make
			 * bench-peers); swap fills in jerks, so over more than a blink. */
			{ .signal = SIGNAL_SWAP_FULL, .window_ms = 500, .limit = 750 },
		},
	},
	{
		.name = "starving",
		.terms = 3,
		.steps = 1,
		.step = { { .kind = STEP_KILL } },
		.term = {
			{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 100 },
			{ .signal = SIGNAL_SWAP_FREE, .op = TERM_LE, .limit = 0 },
			/* A stutter that a person sees; a working set of files that no longer
			 * fits loses 60 % from its first second on (make bench-peers, leak). */
			{ .signal = SIGNAL_PSI_FULL, .op = TERM_GE, .window_ms = 500, .limit = 500 },
		},
	},
	{
		.name = "thrashing",
		.terms = 3,
		.steps = 1,
		.step = { { .kind = STEP_KILL } },
		.term = {
			{ .signal = SIGNAL_PSI_FULL, .op = TERM_GE, .window_ms = 2000, .limit = 600 },
			{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 100 },
			/* What a person waits for an answer before reaching for the button. */
			{ .signal = SIGNAL_SWAP_FULL, .op = TERM_GE, .window_ms = 2000, .limit = 5000 },
		},
	},
};

static void host_defaults(struct policy *ret)
{
	memset(ret, 0, sizeof(*ret));
	strcpy(ret->strategy, strategy_host.name);
	ret->choose.order = ORDER_BADNESS;
	ret->choose.growth_horizon_ms = 1000; /* about what it takes until memory is back */
	choose_default_bands(&ret->choose);
	ret->choose.least_kib = 4096; /* a kill that gives less only takes its turn away */
	ret->rules = sizeof(builtin) / sizeof(builtin[0]);
	memcpy(ret->rule, builtin, sizeof(builtin));
}

/* The place where a rule fires and does not rest; NO_RULE: nowhere. */
static __u32 fires_at(const struct places *places, __u32 rule)
{
	const struct place *p = places->place;
	__u64 now = p[0].assess.now.time_ns;

	for (__u32 i = 0; i < places->n; i++) {
		if (p[i].rules & p[i].firing & 1u << rule && now >= p[i].rest_until_ns[rule])
			return i;
	}
	return NO_RULE;
}

static bool host_evaluate(const struct policy *policy, const struct places *places, __u32 place,
			  __u32 rule, struct verdict *ret)
{
	ret->rule = rule;
	ret->place = place;
	ret->terms = policy->rule[rule].terms;
	return place_evaluate(places, place, policy, rule, ret->term);
}

static bool host_judge(const struct policy *policy, const struct places *places, bool shadow,
		       struct verdict *ret)
{
	ret->rule = NO_RULE;
	ret->terms = 0;
	for (__u32 i = 0; i < policy->rules; i++) {
		if (!!(policy->rule[i].flags & RULE_SHADOW) != shadow)
			continue;
		ret->place = fires_at(places, i);
		if (ret->place == NO_RULE)
			continue;
		host_evaluate(policy, places, ret->place, i, ret);
		return true;
	}
	ret->place = 0;
	return false;
}

static __u32 host_nearness(const struct places *places)
{
	__u32 nearest = 0;

	for (__u32 i = 0; i < places->n; i++) {
		if (places->place[i].nearness > nearest)
			nearest = places->place[i].nearness;
	}
	return nearest;
}

static __u32 host_low_permille(const struct policy *policy, const struct places *places,
			       __u64 mem_total_kib)
{
	(void)places;
	return policy_low_permille(policy, mem_total_kib);
}

const struct strategy strategy_host = {
	.name = "host",
	.defaults = host_defaults,
	.judge = host_judge,
	.evaluate = host_evaluate,
	.nearness = host_nearness,
	.low_permille = host_low_permille,
};
