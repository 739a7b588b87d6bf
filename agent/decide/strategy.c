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

bool rule_evaluate(const struct rule *rule, const struct assess *a, struct record_term *ret)
{
	bool all = true;

	for (__u32 i = 0; i < rule->terms; i++) {
		ret[i] = rule->term[i];
		ret[i].na = !assess_value(a, ret[i].signal, ret[i].window_ms * 1000000ULL,
					  &ret[i].value);
		if (ret[i].na)
			continue;
		all &= ret[i].over ? ret[i].value >= ret[i].limit : ret[i].value < ret[i].limit;
	}
	return all;
}

/* A term under its limit that must be over it, or over one it must be under: how far on its way? */
static __u32 term_nearness(const struct record_term *term)
{
	__s64 from = term->over ? term->value : term->limit;
	__s64 to = term->over ? term->limit : term->value;

	if (term->na || to <= 0 || from >= to)
		return 1000;
	return from <= 0 ? 0 : (__u32)(from * 1000 / to);
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
	if (!strategy->judge(policy, a, ret))
		return false;
	choose(&policy->choose, view, ret);
	return true;
}
