/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* strategy.h - a machine under strategy host with its built-in rules. */
#ifndef REAPD_TEST_STRATEGY_H
#define REAPD_TEST_STRATEGY_H

#include "test.h"

#include "../../agent/decide/strategy.h"

#define MS 1000000ULL
#define S  (1000 * MS)

static struct policy policy;
static struct sample storage[2][SYSTEM_SAMPLES];
static struct places places;
static struct facts now;
static struct verdict v;

/* Five seconds of a machine with 1,000,000 KiB and as much swap where nothing happens. */
static inline int begin(void **state)
{
	(void)state;
	strategy_host.defaults(&policy);
	places_init(&places, storage[0]);
	places.place[0].rules = (1u << policy.rules) - 1;
	memset(&v, 0, sizeof(v));
	now = (struct facts){ .time_ns = 100 * S,
			      .mem_total_kib = 1000000,
			      .mem_available_kib = 500000,
			      .swap_total_kib = 1000000,
			      .swap_free_kib = 1000000 };
	return 0;
}

/* Goes on for so long with full stall and memory shrinking so much in all. */
static inline void go_on(__u64 ns, __u64 full_permille, __s64 shrink_kib)
{
	for (__u64 t = 0; t < ns; t += 10 * MS) {
		now.time_ns += 10 * MS;
		now.some_ns += 10 * MS * full_permille / 1000;
		now.full_ns += 10 * MS * full_permille / 1000;
		now.mem_available_kib -= (__u64)(shrink_kib * (__s64)(10 * MS) / (__s64)ns);
		place_push(&places, 0, &policy, &now);
	}
}

static inline const char *fires(void)
{
	if (!strategy_host.judge(&policy, &places, false, &v)) {
		assert_int_equal(v.rule, NO_RULE);
		assert_int_equal(v.terms, 0);
		return "none";
	}
	assert_in_range(v.rule, 0, policy.rules - 1);
	assert_int_equal(v.terms, policy.rule[v.rule].terms);
	return policy.rule[v.rule].name;
}

#endif
