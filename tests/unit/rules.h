/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules.h - a few rules, places, and looks at them.
 */
#ifndef REAPD_TEST_RULES_H
#define REAPD_TEST_RULES_H

#include "test.h"

#include "../../agent/decide/strategy.h"

#define MS 1000000ULL
#define S  (1000 * MS)

static struct sample samples[SYSTEM_SAMPLES + 3 * CGROUP_SAMPLES];
static struct policy policy;
static struct places places;
static struct facts now;
static struct verdict v;

/* A machine of 1,000,000 KiB, half of it available, and no rule. */
static inline int begin(void **state)
{
	(void)state;
	memset(&policy, 0, sizeof(policy));
	places_init(&places, samples);
	now = (struct facts){ .time_ns = 100 * S,
			      .mem_total_kib = 1000000,
			      .mem_available_kib = 500000 };
	return 0;
}

/* One more rule, of one comparison: mem.available < 10 % for so long. For place 0. */
static inline struct rule *add_rule(const char *name, __u32 for_ms)
{
	struct rule *r = &policy.rule[policy.rules];

	strcpy(r->name, name);
	r->terms = 1;
	r->term[0] = (struct record_term){ .signal = SIGNAL_MEM_AVAILABLE,
					   .limit = 100,
					   .for_ms = for_ms };
	places.place[0].rules |= 1u << policy.rules++;
	return r;
}

/* One more place, of a cgroup, where these rules are evaluated. */
static inline __u32 add_place(__u64 id, __u32 rules)
{
	__u32 i = places.n++;

	place_begin(&places.place[i], id, samples + SYSTEM_SAMPLES + (i - 1) * CGROUP_SAMPLES);
	places.place[i].rules = rules;
	return i;
}

/* A look at a place, so much later, with so much memory available in it. */
static inline void look_at(__u32 place, __u64 later_ns, __u64 permille)
{
	now.time_ns += later_ns;
	now.mem_available_kib = permille * 1000;
	place_push(&places, place, &policy, &now);
}

static inline void look(__u64 later_ns, __u64 permille)
{
	look_at(0, later_ns, permille);
}

static inline bool fires(__u32 place, __u32 rule)
{
	return places.place[place].firing & 1u << rule;
}

/* "rule@place" of what would act now. */
static inline const char *judged(bool shadow)
{
	static char text[64];

	memset(&v, 0xee, sizeof(v));
	if (!strategy_host.judge(&policy, &places, shadow, &v)) {
		assert_int_equal(v.rule, NO_RULE);
		assert_int_equal(v.terms, 0);
		assert_int_equal(v.place, 0);
		return "none";
	}
	assert_int_equal(v.terms, policy.rule[v.rule].terms);
	snprintf(text, sizeof(text), "%s@%u", policy.rule[v.rule].name, v.place);
	return text;
}

#endif
