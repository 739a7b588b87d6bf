// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "strategy.h"

#include <string.h>

static const struct strategy *const strategies[] = { &strategy_host, &strategy_android };

const struct strategy *strategy_find(const char *name)
{
	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		if (!strcmp(strategies[i]->name, name))
			return strategies[i];
	}
	return NULL;
}

bool decide(const struct strategy *strategy, const struct policy *policy,
	    const struct places *places, const struct view *view, struct choose_sum *sums,
	    struct verdict *ret)
{
	*ret = (struct verdict){ .rule = NO_RULE, .victim = NO_VICTIM };
	if (!strategy->judge(policy, places, false, ret))
		return false;
	choose(&policy->choose, &policy->rule[ret->rule], view, sums, ret);
	return true;
}
