// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_android_rows.c - decide/android_rows: each row of lmkd's conditions with facts just below and just
 * above it, in which order they are tried, and whom they spare.
 */
#include "android.h"

#include <reapd/lmk.h>

static void thrash(bool over)
{
	f.refault_pages += REFAULTS_100 + over;
}

static void vendor(bool over)
{
	f.flags = ANDROID_VENDOR;
	f.vendor_reason = over ? 999 : 1000;
	f.vendor_score = 700;
}

static void after_kill(bool over)
{
	f.mem_free_kib = LOW_KIB - 1;
	assert_string_equal(follow(10), "low_mem");
	killed();
	f.mem_free_kib = MIN_KIB - over;
}

static void not_responding(bool over)
{
	f.flags = over ? ANDROID_COMPLETE : ANDROID_PARTIAL;
}

static void low_swap(bool over)
{
	f.swap_free_kib = SWAP_KIB / 10 - over;
	thrash(true);
}

static void low_swap_little_thrashing(bool over)
{
	f.swap_free_kib = SWAP_KIB / 10 - 1;
	thrash(over);
}

static void low_mem_and_swap(bool over)
{
	f.swap_free_kib = SWAP_KIB / 10 - 1;
	f.mem_free_kib = LOW_KIB - over;
}

static void low_mem_and_enough_swap(bool over)
{
	f.swap_free_kib = SWAP_KIB / 10 - over;
	f.mem_free_kib = LOW_KIB - 1;
}

/* Used swap is so much of what could be swapped: 150 of 250 are 60 %. */
static void swap_util(bool over)
{
	policy.android.swap_util_max_pct = 60;
	f.mem_free_kib = LOW_KIB - 1;
	f.swap_free_kib = SWAP_KIB - (over ? 156411 : 156409);
}

static void low_mem_and_thrashing(bool over)
{
	f.mem_free_kib = LOW_KIB - 1;
	thrash(over);
}

static void thrashing_and_enough_memory(bool over)
{
	f.mem_free_kib = LOW_KIB - over;
	thrash(true);
}

static void direct_and_thrashing(bool over)
{
	f.direct_since_ns = f.time_ns;
	thrash(over);
}

static void thrashing_and_direct(bool over)
{
	f.direct_since_ns = over ? f.time_ns : 0;
	thrash(true);
}

static void stuck(bool over)
{
	policy.android.direct_reclaim_threshold_ms = 500;
	f.direct_since_ns = f.time_ns + 10 * MS - (over ? 501 : 500) * MS;
}

static void filecache(bool over)
{
	policy.android.filecache_min_kib = 4 * FILE_PAGES - 4;
	places.android.check_filecache = 1;
	f.active_file_pages -= 1 + over;
}

static void low_mem(bool over)
{
	f.mem_free_kib = LOW_KIB - over;
}

static void low_mem_without_cma(bool over)
{
	f.mem_free_kib = LOW_KIB + 5000;
	f.cma_free_kib = 5000 + over;
}

static const struct {
	void (*set)(bool over);
	const char *below, *above;
	int reason, score;
} rows[] = {
	{ vendor, "none", "vendor", LMK_VENDOR + 999, 700 },
	{ after_kill, "low_mem", "pressure_after_kill", LMK_PRESSURE_AFTER_KILL, 0 },
	{ not_responding, "none", "not_responding", LMK_NOT_RESPONDING, 0 },
	{ low_swap, "none", "low_swap_and_thrashing", LMK_LOW_SWAP_AND_THRASHING, 201 },
	{ low_swap_little_thrashing, "none", "low_swap_and_thrashing", LMK_LOW_SWAP_AND_THRASHING,
	  201 },
	{ low_mem_and_swap, "none", "low_mem_and_swap", LMK_LOW_MEM_AND_SWAP, 201 },
	{ low_mem_and_enough_swap, "low_mem", "low_mem_and_swap", LMK_LOW_MEM_AND_SWAP, 201 },
	{ swap_util, "low_mem", "low_mem_and_swap_util", LMK_LOW_MEM_AND_SWAP_UTIL, 0 },
	{ low_mem_and_thrashing, "low_mem", "low_mem_and_thrashing", LMK_LOW_MEM_AND_THRASHING,
	  201 },
	{ thrashing_and_enough_memory, "none", "low_mem_and_thrashing", LMK_LOW_MEM_AND_THRASHING,
	  201 },
	{ direct_and_thrashing, "none", "direct_recl_and_thrashing", LMK_DIRECT_RECL_AND_THRASHING,
	  201 },
	{ thrashing_and_direct, "none", "direct_recl_and_thrashing", LMK_DIRECT_RECL_AND_THRASHING,
	  201 },
	{ stuck, "none", "direct_recl_stuck", LMK_DIRECT_RECL_STUCK, 0 },
	{ filecache, "none", "low_filecache_after_thrashing", LMK_LOW_FILECACHE_AFTER_THRASHING,
	  201 },
	{ low_mem, "none", "low_mem", LMK_LOW_MEM, 701 },
	{ low_mem_without_cma, "none", "low_mem", LMK_LOW_MEM, 701 },
};

static const char *with(void (*set)(bool over), bool over)
{
	begin(NULL);
	begin_window();
	set(over);
	return event(10, f.flags);
}

static void each_row_holds_just_above_its_limits_and_not_just_below(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		const char *below = with(rows[i].set, false), *above;

		if (strcmp(below, rows[i].below))
			fail_msg("row %zu (%s) below: %s", i, rows[i].above, below);
		above = with(rows[i].set, true);
		if (strcmp(above, rows[i].above))
			fail_msg("row %zu (%s) above: %s", i, rows[i].above, above);
		assert_int_equal(v.reason, rows[i].reason + 1);
		assert_int_equal(v.min_score_adj, rows[i].score);
		for (__u32 t = 0; t < v.terms; t++)
			assert_true(term_compare(&v.term[t]));
	}
}

/* All conditions hold together; one after the other is taken away. */
static void rows_are_tried_in_their_order(void **state)
{
	struct android_policy *p = &policy.android;

	(void)state;
	begin_window();
	f.mem_free_kib = LOW_KIB - 1;
	follow(10);
	killed();
	p->swap_util_max_pct = 1;
	p->direct_reclaim_threshold_ms = 1;
	p->filecache_min_kib = 1 << 30;
	f.mem_free_kib = MIN_KIB - 1;
	f.swap_free_kib = 1;
	f.flags = ANDROID_VENDOR | ANDROID_COMPLETE;
	f.vendor_score = 500;
	assert_string_equal(event(10, f.flags), "vendor");
	killed();
	assert_string_equal(event(2000, ANDROID_COMPLETE), "pressure_after_kill");
	f.refault_pages += 2 * REFAULTS_100;
	f.direct_since_ns = f.time_ns - S;
	assert_string_equal(event(10, ANDROID_COMPLETE), "not_responding");
	assert_string_equal(follow(10), "low_swap_and_thrashing");
	p->thrashing_limit_pct = 1000;
	assert_string_equal(follow(10), "low_mem_and_swap");
	p->swap_free_low_pct = 0;
	assert_string_equal(follow(10), "low_mem_and_swap_util");
	p->swap_util_max_pct = 100;
	assert_string_equal(follow(10), "low_mem_and_thrashing");
	f.mem_free_kib = LOW_KIB;
	assert_string_equal(follow(10), "direct_recl_and_thrashing");
	places.android.limit_pct = 1000;
	assert_string_equal(follow(10), "direct_recl_stuck");
	p->direct_reclaim_threshold_ms = 0;
	assert_string_equal(follow(10), "low_filecache_after_thrashing");
	places.android.check_filecache = 0;
	assert_string_equal(follow(10), "none");
	f.mem_free_kib = LOW_KIB - 1;
	assert_string_equal(follow(10), "low_mem");
	p->lowmem_min_score = LMK_SCORE_MAX + 1;
	assert_string_equal(follow(10), "none");
}

/* With 300 % thrashing, and with swap low and memory below its least, nobody is spared. */
static void perceptible_apps_are_spared_unless_it_is_critical(void **state)
{
	(void)state;
	begin_window();
	f.mem_free_kib = LOW_KIB - 1;
	f.refault_pages += 299ULL * (FILE_PAGES + 1) / 100 + 1;
	assert_string_equal(follow(10), "low_mem_and_thrashing");
	assert_int_equal(v.min_score_adj, 201);
	f.refault_pages += (FILE_PAGES + 1) / 100 + 1;
	assert_string_equal(follow(10), "low_mem_and_thrashing");
	assert_int_equal(v.min_score_adj, 0);
	begin(NULL);
	begin_window();
	f.swap_free_kib = 1;
	f.mem_free_kib = MIN_KIB;
	assert_string_equal(follow(10), "low_mem_and_swap");
	assert_int_equal(v.min_score_adj, 201);
	f.mem_free_kib = MIN_KIB - 1;
	assert_string_equal(follow(10), "low_mem_and_swap");
	assert_int_equal(v.min_score_adj, 0);
}

static void a_critical_stall_spares_nobody(void **state)
{
	(void)state;
	begin_window();
	policy.android.stall_limit_critical_pct = 40;
	f.mem_free_kib = LOW_KIB - 1;
	f.mem_full_bp = 4000;
	assert_string_equal(follow(10), "low_mem");
	assert_int_equal(v.min_score_adj, 701);
	f.mem_full_bp = 4001;
	assert_string_equal(follow(10), "low_mem");
	assert_int_equal(v.min_score_adj, 0);
}

/* lmkd has no such setting: there any app may die for these reasons. */
static void a_floor_holds_for_all_reasons_but_a_vendors(void **state)
{
	(void)state;
	policy.android.score_floor = 50;
	for (size_t i = 0; i < countof(rows); i++) {
		int score = rows[i].score < 50 ? 50 : rows[i].score;

		begin(NULL);
		policy.android.score_floor = 50;
		begin_window();
		rows[i].set(true);
		event(10, f.flags);
		assert_int_equal(v.min_score_adj, score);
	}
	begin(NULL);
	policy.android.score_floor = 50;
	begin_window();
	vendor(true);
	f.vendor_score = 0;
	assert_string_equal(event(10, f.flags), "vendor");
	assert_int_equal(v.min_score_adj, 0);
}

static void what_a_vendor_asks_must_make_sense(void **state)
{
	static const struct {
		int reason, score;
		const char *what;
	} cases[] = { { 0, 0, "vendor" },   { 999, 1000, "vendor" }, { 1000, 0, "none" },
		      { 65535, 0, "none" }, { 0, -1, "none" },	     { 0, -1000, "none" },
		      { 0, 1001, "none" } };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		begin(NULL);
		f.vendor_reason = (__u16)cases[i].reason;
		f.vendor_score = (__s16)cases[i].score;
		assert_string_equal(event(10, ANDROID_VENDOR), cases[i].what);
	}
}

static void without_watermarks_the_rows_that_need_none_still_hold(void **state)
{
	(void)state;
	old_watermarks = true;
	f.watermark_ns = f.min_kib = f.low_kib = f.high_kib = 0;
	begin_window();
	f.mem_free_kib = 0;
	assert_string_equal(follow(10), "none");
	assert_string_equal(event(10, ANDROID_COMPLETE), "not_responding");
}

static void each_rule_has_the_name_of_its_reason(void **state)
{
	(void)state;
	for (__u32 i = 0; i < policy.rules; i++) {
		assert_true(policy.rule[i].name[0]);
		assert_int_equal(policy.rule[i].steps, 1);
		assert_int_equal(policy.rule[i].step[0].kind, STEP_KILL);
		for (__u32 k = 0; k < i; k++)
			assert_string_not_equal(policy.rule[i].name, policy.rule[k].name);
	}
}

/* Free pages of all zones are no use to an allocation that gets none of them. */
static void fruitless_reclaim_is_below_the_min_watermark(void **state)
{
	(void)state;
	begin_window();
	f.mem_free_kib = LOW_KIB - 1;
	f.swap_free_kib = SWAP_KIB / 10 - 1;
	assert_string_equal(follow(10), "low_mem_and_swap");
	assert_int_equal(v.min_score_adj, 201);
	assert_string_equal(event(10, ANDROID_FRUITLESS), "low_mem_and_swap");
	assert_int_equal(v.min_score_adj, 0);
	f.mem_free_kib = LOW_KIB;
	assert_string_equal(event(10, ANDROID_FRUITLESS), "none");
	/* And need not wait for a stall of some length. */
	begin(NULL);
	f.mem_free_kib = LOW_KIB - 1;
	f.swap_free_kib = SWAP_KIB / 10 - 1;
	assert_string_equal(look(10), "none");
	f.refault_pages++;
	f.flags = ANDROID_FRUITLESS;
	assert_string_equal(look(10), "low_mem_and_swap");
}

/* Swap is full, no file pages are left, kswapd gave up: nobody reclaims or stalls until the kernel kills. */
static void with_nothing_left_to_reclaim_low_is_min(void **state)
{
	(void)state;
	f.inactive_file_kib = 300;
	f.active_file_kib = 200;
	f.swap_free_kib = 100;
	f.mem_free_kib = HIGH_KIB - 600;
	assert_string_equal(look(10), "none");
	assert_int_equal(strategy_android.nearness(&places), 0);
	f.mem_free_kib--; /* there may be no edge from here on */
	assert_string_equal(look(10), "none");
	assert_int_equal(strategy_android.nearness(&places), 999);
	assert_int_equal(strategy_android.low_permille(&policy, &places, 100 * HIGH_KIB), 11);
	assert_int_equal(strategy_android.low_permille(&policy, &places, 0), 0);
	f.mem_free_kib = LOW_KIB - 600;
	assert_string_equal(look(10), "none");
	assert_int_equal(android()->wmark, WMARK_LOW);
	f.mem_free_kib--;
	assert_string_equal(look(10), "low_mem_and_swap");
	assert_int_equal(v.min_score_adj, 0);
	/* What any of them is enough for is a stall's to say. */
	for (int i = 0; i < 3; i++) {
		__u64 *left[] = { &f.inactive_file_kib, &f.active_file_kib, &f.swap_free_kib };

		++*left[i];
		assert_string_equal(look(10), "none");
		--*left[i];
		assert_string_equal(look(10), "low_mem_and_swap");
	}
	/* Without watermarks it is not known. */
	old_watermarks = true;
	f.watermark_ns = 0;
	assert_string_equal(look(10), "none");
	assert_int_equal(strategy_android.nearness(&places), 0);
	assert_int_equal(strategy_android.low_permille(&policy, &places, 100 * HIGH_KIB), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_row_holds_just_above_its_limits_and_not_just_below),
		TEST(rows_are_tried_in_their_order),
		TEST(perceptible_apps_are_spared_unless_it_is_critical),
		TEST(fruitless_reclaim_is_below_the_min_watermark),
		TEST(with_nothing_left_to_reclaim_low_is_min),
		TEST(a_critical_stall_spares_nobody),
		TEST(a_floor_holds_for_all_reasons_but_a_vendors),
		TEST(what_a_vendor_asks_must_make_sense),
		TEST(without_watermarks_the_rows_that_need_none_still_hold),
		TEST(each_rule_has_the_name_of_its_reason),
	};

	return RUN("android_rows", tests);
}
