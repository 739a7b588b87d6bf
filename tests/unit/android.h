/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * android.h - a machine for the android strategy, at ease, and looks at it.
 */
#ifndef REAPD_TEST_ANDROID_H
#define REAPD_TEST_ANDROID_H

#include "test.h"

#include "../../agent/decide/strategy.h"

#define MS 1000000ULL
#define S  (1000 * MS)

#define MIN_KIB	     10000
#define LOW_KIB	     20000
#define HIGH_KIB     30000
#define SWAP_KIB     1000000
#define FILE_PAGES   200000
/* The most refaults that are still 100 % of the file pages, in whole percents. */
#define REFAULTS_100 202001

static struct sample samples[SYSTEM_SAMPLES];
static struct policy policy;
static struct places places;
static struct facts facts;
static struct android_facts f;
static struct verdict v;
static bool old_watermarks; /* they are not read at each look */

static inline int begin(void **state)
{
	(void)state;
	strategy_android.defaults(&policy);
	places_init(&places, samples);
	old_watermarks = false;
	memset(&v, 0, sizeof(v));
	facts = (struct facts){ .time_ns = 100 * S, .mem_total_kib = 8000000, .page_kib = 4 };
	f = (struct android_facts){
		.time_ns = 100 * S,
		.watermark_ns = 100 * S,
		.min_kib = MIN_KIB,
		.low_kib = LOW_KIB,
		.high_kib = HIGH_KIB,
		.mem_free_kib = 500000,
		.inactive_file_kib = 2 * SWAP_KIB, /* room to compress all that could be swapped */
		.swap_total_kib = SWAP_KIB,
		.swap_free_kib = SWAP_KIB,
		.active_anon_kib = 100000,
		.inactive_file_pages = FILE_PAGES / 2,
		.active_file_pages = FILE_PAGES / 2,
		.refault_pages = 1000000,
		.pgscan_direct_pages = 2000000,
		.pgscan_kswapd_pages = 3000000,
		.pgrefill_pages = 4000000,
		.page_kib = 4,
	};
	return 0;
}

static inline const struct android *android(void)
{
	return &places.android;
}

/* What would be done now: the rule's name. */
static inline const char *judged(void)
{
	memset(&v, 0xee, sizeof(v));
	if (!strategy_android.judge(&policy, &places, false, &v))
		return "none";
	assert_true(v.terms <= RECORD_TERMS);
	assert_int_equal(v.place, 0);
	return policy.rule[v.rule].name;
}

static inline void push(void)
{
	strategy_android.push(&policy, &places, &f);
}

/* A look so much later. */
static inline const char *look(__u64 later_ms)
{
	f.time_ns += later_ms * MS;
	facts.time_ns = f.time_ns;
	if (!old_watermarks)
		f.watermark_ns = f.time_ns;
	place_push(&places, 0, &policy, &facts);
	push();
	f.flags = 0;
	return judged();
}

/* The same with a trigger's event, and with kswapd at work, without which nothing is decided. */
static inline const char *event(__u64 later_ms, __u32 flags)
{
	f.flags = flags;
	f.pgscan_kswapd_pages++;
	return look(later_ms);
}

/* A look that is not the first, and after which others follow. */
static inline void begin_window(void)
{
	assert_string_equal(event(10, ANDROID_PARTIAL), "none");
}

static inline const char *follow(__u64 later_ms)
{
	return event(later_ms, 0);
}

static inline void killed(void)
{
	strategy_android.killed(&policy, &places, &v);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

#endif
