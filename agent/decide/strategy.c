// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "strategy.h"

#include <string.h>

static const struct strategy *const strategies[] = { &strategy_host };

const struct strategy *strategy_find(const char *name)
{
	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		if (!strcmp(strategies[i]->name, name))
			return strategies[i];
	}
	return NULL;
}

static bool term_holds(const struct record_term *term)
{
	return term->na || (term->over ? term->value >= term->limit : term->value < term->limit);
}

bool rule_evaluate(const struct rule *rule, const struct assess *a, struct record_term *ret)
{
	/* Of a machine of which nothing is known, and of no comparison at all, nothing follows. */
	bool all = a->fine.count && rule->terms;

	for (__u32 i = 0; i < rule->terms; i++) {
		ret[i] = rule->term[i];
		ret[i].na = !assess_value(a, ret[i].signal, ret[i].window_ms * 1000000ULL,
					  &ret[i].value);
		all &= term_holds(&ret[i]);
	}
	return all;
}

/* A term under its limit that must be over it, or over one it must be under: how far on its way? */
static __u32 term_nearness(const struct record_term *term)
{
	__s64 from = term->over ? term->value : term->limit;
	__s64 to = term->over ? term->limit : term->value;

	if (term_holds(term))
		return 1000;
	if (from <= 0)
		return 0;
	return from < to ? (__u32)((__int128)from * 1000 / to) : 999;
}

__u32 rule_nearness(const struct record_term *term, __u32 terms)
{
	__u32 least = 1000, n;

	for (__u32 i = 0; i < terms; i++) {
		n = term_nearness(&term[i]);
		least = n < least ? n : least;
	}
	return least;
}

bool decide(const struct strategy *strategy, const struct policy *policy, const struct assess *a,
	    const struct view *view, struct verdict *ret)
{
	*ret = (struct verdict){ .rule = NO_RULE, .victim = NO_VICTIM };
	if (!strategy->judge(policy, a, ret))
		return false;
	choose(&policy->choose, view, ret);
	return true;
}
