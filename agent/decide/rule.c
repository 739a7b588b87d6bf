// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "rule.h"

bool rule_is_level_only(const struct rule *rule)
{
	for (__u32 i = 0; i < rule->terms; i++) {
		switch (rule->term[i].signal) {
		case SIGNAL_MEM_AVAILABLE:
		case SIGNAL_MEM_FREE:
		case SIGNAL_MEM_USED:
		case SIGNAL_MEM_FILE:
		case SIGNAL_SWAP_FREE:
		case SIGNAL_SWAP_USED:
		case SIGNAL_ZRAM_USED:
		case SIGNAL_CURRENT:
		case SIGNAL_SWAP_CURRENT:
		case SIGNAL_GROWTH:
			continue;
		default:
			return false;
		}
	}
	return rule->terms;
}

bool rule_is_about_stalls(const struct rule *rule)
{
	for (__u32 i = 0; i < rule->terms; i++) {
		if (rule->term[i].signal == SIGNAL_PSI_SOME ||
		    rule->term[i].signal == SIGNAL_PSI_FULL)
			return true;
	}
	return false;
}

bool policy_looks_at(const struct policy *policy, enum signal signal)
{
	for (__u32 i = 0; i < policy->rules; i++) {
		for (__u32 t = 0; t < policy->rule[i].terms; t++) {
			if (policy->rule[i].term[t].signal == signal)
				return true;
		}
	}
	return false;
}

/* At or below how much memory left the term holds; 0: it is about something else. */
static __u32 term_low_permille(const struct record_term *t, __u64 mem_total_kib)
{
	__s64 limit = t->limit;

	if (t->flags & TERM_KIB)
		limit = mem_total_kib ? limit * 1000 / (__s64)mem_total_kib : 0;
	if (limit < 0 || limit > 1000)
		return 0;
	switch (t->signal) {
	case SIGNAL_MEM_AVAILABLE:
	case SIGNAL_MEM_FREE:
		return t->op == TERM_LT || t->op == TERM_LE ? (__u32)limit : 0;
	case SIGNAL_MEM_USED:
		return t->op == TERM_GT || t->op == TERM_GE ? 1000 - (__u32)limit : 0;
	default:
		return 0;
	}
}

/* All terms must hold, so the lowest level is the rule's. */
static __u32 rule_low_permille(const struct rule *rule, __u64 mem_total_kib)
{
	__u32 least = 0, low;

	if (rule_is_about_stalls(rule))
		return 0;
	for (__u32 i = 0; i < rule->terms; i++) {
		low = term_low_permille(&rule->term[i], mem_total_kib);
		if (low && (!least || low < least))
			least = low;
	}
	return least;
}

__u32 policy_low_permille(const struct policy *policy, __u64 mem_total_kib)
{
	__u32 highest = 0, low;

	for (__u32 i = 0; i < policy->rules; i++) {
		if (policy->rule[i].flags & RULE_CGROUPS)
			continue;
		low = rule_low_permille(&policy->rule[i], mem_total_kib);
		if (low > highest)
			highest = low;
	}
	return highest;
}
