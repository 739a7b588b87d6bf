// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_android_mended.c - decide/strategy_android: what lmkd gets wrong, and this does not. Each of these
 * fails on what lmkd does.
 */
#include "android.h"

#include <reapd/lmk.h>

/* lmkd reads them anew but keeps the reason that the old ones gave. */
static void watermarks_read_anew_before_the_first_kill_can_take_its_reason_away(void **state)
{
	(void)state;
	begin_window();
	old_watermarks = true;
	f.mem_free_kib = LOW_KIB - 1;
	assert_string_equal(follow(10), "none");
	assert_true(android()->want_watermarks);
	f.watermark_ns = f.time_ns;
	f.low_kib = LOW_KIB - 1;
	push(); /* the same look again */
	assert_string_equal(judged(), "none");
	assert_false(android()->want_watermarks);
}

static void watermarks_read_anew_before_the_first_kill_can_confirm_it(void **state)
{
	__u64 wakeup_ns;

	(void)state;
	begin_window();
	old_watermarks = true;
	f.mem_free_kib = LOW_KIB - 1;
	assert_string_equal(follow(10), "none");
	wakeup_ns = android()->prev_wakeup_ns;
	f.watermark_ns = f.time_ns;
	push();
	assert_string_equal(judged(), "low_mem");
	assert_int_equal(android()->prev_wakeup_ns, wakeup_ns);
	killed();
	assert_string_equal(follow(10), "low_mem"); /* for the second kill they may be old */
}

/* Without a file to read them from, the first kill is not put off for ever. */
static void watermarks_that_cannot_be_read_anew_delay_one_look_alone(void **state)
{
	(void)state;
	begin_window();
	old_watermarks = true;
	f.mem_free_kib = LOW_KIB - 1;
	assert_string_equal(follow(10), "none");
	assert_string_equal(follow(10), "low_mem");
}

/* lmkd's first event compares with counters of 0: refaults since boot are thrashing, and scans reclaim. */
static void the_first_look_ever_compares_with_nothing(void **state)
{
	(void)state;
	policy.android.direct_reclaim_threshold_ms = 1;
	f.refault_pages = 1ULL << 40;
	assert_string_equal(event(10, ANDROID_PARTIAL), "none");
	assert_int_equal(android()->thrashing_pct, 0);
	assert_int_equal(android()->max_thrashing_pct, 0);
	assert_int_equal(android()->reclaim, RECLAIM_NONE);
	assert_int_equal(android()->stuck_ms, 0);
}

/* Growth was shifted by the seconds since the last event: undefined from 64 on. */
static void thrashing_of_long_ago_is_none(void **state)
{
	(void)state;
	for (__u64 windows = 60; windows < 70; windows++) {
		begin(NULL);
		begin_window();
		f.refault_pages += 1ULL << 47;
		event(windows * 1000 + 1, ANDROID_PARTIAL);
		assert_true(android()->thrashing_pct < 100);
	}
}

/* One flag for all: there, the first to end ended it for all, and each begin began it anew. */
static void stuck_is_who_is_longest_in_reclaim(void **state)
{
	(void)state;
	policy.android.direct_reclaim_threshold_ms = 300;
	begin_window();
	f.direct_since_ns = f.time_ns; /* the longest, from the board; others come and go */
	for (int i = 0; i < 6; i++) {
		f.pgscan_direct_pages += 10;
		assert_string_equal(follow(50), "none");
	}
	assert_string_equal(follow(1), "direct_recl_stuck");
	assert_int_equal(android()->stuck_ms, 301);
}

/* Both events drained in one batch left lmkd without a trace of it. */
static void a_reclaim_that_began_and_ended_between_two_looks_was_one(void **state)
{
	(void)state;
	begin_window();
	f.pgscan_direct_pages++;
	f.refault_pages += REFAULTS_100 + 1;
	assert_string_equal(look(10), "direct_recl_and_thrashing");
}

/* A reclaim whose begin nobody saw has no duration; lmkd counted from 0, which is since boot. */
static void a_reclaim_of_unknown_begin_is_not_stuck(void **state)
{
	(void)state;
	policy.android.direct_reclaim_threshold_ms = 1;
	begin_window();
	f.pgscan_direct_pages++;
	assert_string_equal(look(10), "none");
	assert_int_equal(android()->reclaim, RECLAIM_DIRECT);
	assert_int_equal(android()->stuck_ms, 0);
}

/* lmkd counts a kill when it is handed over: if it fails, the next one may take a foreground app. */
static void after_a_kill_that_failed_nobody_was_killed(void **state)
{
	(void)state;
	begin_window();
	f.mem_free_kib = MIN_KIB - 1;
	assert_string_equal(follow(10), "low_mem");
	killed();
	strategy_android.failed(&places);
	assert_string_equal(follow(10), "low_mem");
	assert_int_equal(v.min_score_adj, 701);
}

static void no_number_that_a_file_can_have_overflows(void **state)
{
	__u64 *all = (__u64 *)&f;

	(void)state;
	for (size_t i = 0; i < offsetof(struct android_facts, mem_some_bp) / sizeof(*all); i++)
		all[i] = ~0ULL;
	f.mem_some_bp = f.mem_full_bp = ~0U;
	policy.android.flags |= ANDROID_RELAXED;
	policy.android.swap_compression_ratio = 1000;
	f.flags = ANDROID_PARTIAL | ANDROID_COMPLETE;
	push();
	assert_string_equal(judged(), "not_responding");
}

/* The strategy for devices of old: pairs of minfree and score. */
static void minfree(void)
{
	policy.android.flags = ANDROID_MINFREE;
	policy.android.minfrees = 2;
	policy.android.minfree[0] = (struct android_minfree){ .free_pages = 1000, .score = 0 };
	policy.android.minfree[1] = (struct android_minfree){ .free_pages = 2000, .score = 900 };
}

static void of_minfree_pairs_the_first_that_holds_says_who_may_die(void **state)
{
	static const struct {
		__u64 free_kib, file_kib;
		int score; /* 1001: nobody */
	} cases[] = {
		{ 8000, 7999, 1001 }, { 7999, 8000, 1001 }, { 7999, 7999, 900 },
		{ 4000, 3999, 900 },  { 3999, 4000, 900 },  { 3999, 3999, 0 },
		{ 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		begin(NULL);
		minfree();
		f.mem_free_kib = HIGH_KIB + cases[i].free_kib;
		f.cached_kib = cases[i].file_kib + 1000;
		f.buffers_kib = 100;
		f.swap_cached_kib = 5000; /* is no file */
		f.shmem_kib = 700;
		f.unevictable_kib = 400;
		if (cases[i].score > LMK_SCORE_MAX) {
			assert_string_equal(event(10, ANDROID_PARTIAL), "none");
			continue;
		}
		assert_string_equal(event(10, ANDROID_PARTIAL), "minfree_or_level");
		assert_int_equal(v.min_score_adj, cases[i].score);
		assert_int_equal(v.reason, LMK_OLD + 1);
	}
}

static void free_memory_below_what_zones_keep_is_less_than_none(void **state)
{
	(void)state;
	minfree();
	f.mem_free_kib = HIGH_KIB - 1;
	assert_string_equal(event(10, ANDROID_PARTIAL), "minfree_or_level");
	assert_int_equal(v.min_score_adj, 0);
	assert_int_equal(v.term[0].value, -1);
	policy.android.minfrees = 0;
	assert_string_equal(event(10, ANDROID_PARTIAL), "none"); /* lmkd crashed once */
}

static void without_minfree_each_level_of_the_old_strategy_has_its_score(void **state)
{
	(void)state;
	policy.android.flags = 0;
	assert_string_equal(event(10, ANDROID_PARTIAL), "none"); /* low: 1001 */
	facts.some_ns += 100 * MS;
	assert_string_equal(event(10, ANDROID_PARTIAL), "minfree_or_level");
	assert_int_equal(v.min_score_adj, 800);
	assert_string_equal(follow(10), "none");
	facts.full_ns += 70 * MS;
	policy.android.complete_stall_ms = 70;
	assert_string_equal(event(10, ANDROID_COMPLETE), "minfree_or_level");
	assert_int_equal(v.min_score_adj, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(watermarks_read_anew_before_the_first_kill_can_take_its_reason_away),
		TEST(watermarks_read_anew_before_the_first_kill_can_confirm_it),
		TEST(watermarks_that_cannot_be_read_anew_delay_one_look_alone),
		TEST(the_first_look_ever_compares_with_nothing),
		TEST(thrashing_of_long_ago_is_none),
		TEST(stuck_is_who_is_longest_in_reclaim),
		TEST(a_reclaim_that_began_and_ended_between_two_looks_was_one),
		TEST(a_reclaim_of_unknown_begin_is_not_stuck),
		TEST(after_a_kill_that_failed_nobody_was_killed),
		TEST(no_number_that_a_file_can_have_overflows),
		TEST(of_minfree_pairs_the_first_that_holds_says_who_may_die),
		TEST(free_memory_below_what_zones_keep_is_less_than_none),
		TEST(without_minfree_each_level_of_the_old_strategy_has_its_score),
	};

	return RUN("android_mended", tests);
}
