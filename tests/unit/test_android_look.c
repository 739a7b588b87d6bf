// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_android_look.c - decide/strategy_android: when a decision is made at all, and what is remembered
 * from one to the next.
 */
#include "android.h"

#include <reapd/lmk.h>

static void low(void)
{
	f.mem_free_kib = LOW_KIB - 1;
}

static void no_watermark_kills_without_a_stall(void **state)
{
	(void)state;
	low();
	for (int i = 0; i < 100; i++)
		assert_string_equal(follow(50), "none");
	assert_string_equal(event(10, ANDROID_PARTIAL), "low_mem");
}

static void looks_follow_an_event_for_one_window(void **state)
{
	(void)state;
	begin_window();
	low();
	assert_string_equal(follow(999), "low_mem");
	assert_string_equal(follow(1), "none");
}

/* Direct reclaim extends it, kswapd at work does not. */
static void looks_go_on_while_somebody_is_in_direct_reclaim(void **state)
{
	(void)state;
	begin_window();
	for (int i = 0; i < 20; i++) {
		f.direct_since_ns = f.time_ns;
		assert_string_equal(follow(900), "none");
	}
	f.direct_since_ns = 0;
	f.kswapd_since_ns = f.time_ns;
	low();
	assert_string_equal(follow(900), "low_mem");
	assert_string_equal(follow(100), "none");
}

static void where_nothing_reclaims_and_nothing_refaults_nothing_is_decided(void **state)
{
	(void)state;
	begin_window();
	low();
	assert_string_equal(look(10), "none");
	f.flags = ANDROID_PARTIAL;
	assert_string_equal(look(10), "none");
	f.refault_pages++;
	assert_string_equal(look(10), "low_mem");
	f.kswapd_since_ns = f.time_ns;
	assert_string_equal(look(10), "low_mem");
	f.kswapd_since_ns = 0;
	f.pgrefill_pages++;
	assert_string_equal(look(10), "low_mem");
	assert_string_equal(look(10), "none");
}

static void a_partial_stall_right_behind_a_complete_one_is_no_news(void **state)
{
	(void)state;
	begin_window();
	assert_string_equal(event(10, ANDROID_COMPLETE), "not_responding");
	low();
	assert_string_equal(event(10, ANDROID_PARTIAL), "none");
	assert_string_equal(follow(10), "low_mem");
	assert_string_equal(event(10, ANDROID_PARTIAL), "low_mem");
}

static void a_complete_stall_counts_at_its_event_alone(void **state)
{
	(void)state;
	begin_window();
	assert_string_equal(event(10, ANDROID_PARTIAL | ANDROID_COMPLETE), "not_responding");
	assert_string_equal(follow(10), "none");
}

static void while_a_victim_dies_nothing_is_decided_and_looks_go_on_after_it(void **state)
{
	(void)state;
	begin_window();
	low();
	assert_string_equal(follow(10), "low_mem");
	killed();
	for (int i = 0; i < 5; i++)
		assert_string_equal(event(900, ANDROID_WAITING), "none");
	assert_int_equal(android()->skipped_wakeups, 5);
	assert_int_equal(android()->wakeups_since_event, 6);
	assert_string_equal(follow(900), "low_mem");
	assert_int_equal(android()->wakeup_ns - android()->prev_wakeup_ns, 900 * MS);
	assert_int_equal(f.time_ns - android()->event_ns, 5410 * MS);
	event(10, ANDROID_PARTIAL);
	assert_int_equal(android()->skipped_wakeups, 0);
	assert_int_equal(android()->wakeups_since_event, 0);
}

static void only_the_first_decision_after_a_kill_is_one_after_a_kill(void **state)
{
	(void)state;
	begin_window();
	f.mem_free_kib = MIN_KIB - 1;
	assert_string_equal(follow(10), "low_mem");
	assert_string_equal(follow(10), "low_mem");
	killed();
	assert_string_equal(follow(10), "pressure_after_kill");
	assert_string_equal(follow(10), "low_mem");
}

static void refaults_before_a_kill_do_not_count_after_it(void **state)
{
	(void)state;
	begin_window();
	low();
	f.refault_pages += 2 * REFAULTS_100;
	assert_string_equal(follow(10), "low_mem_and_thrashing");
	assert_int_equal(android()->max_thrashing_pct, 201);
	killed();
	assert_int_equal(android()->max_thrashing_pct, 0);
	assert_string_equal(follow(10), "low_mem");
	assert_int_equal(android()->thrashing_pct, 0);
}

/* 80 % in the first window: 40 at once when the second begins, 20 in the third, 0 after 60 more. */
static void thrashing_fades_by_half_with_each_window(void **state)
{
	static const struct {
		__u64 later_ms, pct;
	} steps[] = { { 1000, 80 }, { 1, 40 }, { 1001, 0 } };

	(void)state;
	begin_window();
	f.refault_pages += 80ULL * (FILE_PAGES + 1) / 100 + 1;
	for (size_t i = 0; i < countof(steps); i++) {
		event(steps[i].later_ms, ANDROID_PARTIAL);
		assert_int_equal(android()->thrashing_pct, steps[i].pct);
	}
}

/* What has just been over the limit is not halved, as long as looks come in time. */
static void thrashing_over_the_limit_stays_for_a_window(void **state)
{
	(void)state;
	begin_window();
	f.refault_pages += 200ULL * (FILE_PAGES + 1) / 100 + 1;
	event(1001, ANDROID_PARTIAL);
	assert_int_equal(android()->thrashing_pct, 200);
	begin(NULL);
	begin_window();
	f.refault_pages += 100ULL * (FILE_PAGES + 1) / 100;
	event(1001, ANDROID_PARTIAL);
	assert_int_equal(android()->thrashing_pct, 100); /* at the limit is not below it */
	begin(NULL);
	begin_window();
	f.refault_pages += 200ULL * (FILE_PAGES + 1) / 100 + 1;
	event(1001, ANDROID_PARTIAL);
	event(10, ANDROID_PARTIAL);
	assert_int_equal(android()->thrashing_pct, 200);
	f.refault_pages += 200ULL * (FILE_PAGES + 1) / 100 + 1;
	event(3000, ANDROID_PARTIAL);
	assert_int_equal(android()->thrashing_pct, 25);
}

static void the_limit_decays_with_kills_for_thrashing_until_the_window_ends(void **state)
{
	(void)state;
	begin_window();
	low();
	f.refault_pages += 2 * REFAULTS_100;
	assert_string_equal(follow(10), "low_mem_and_thrashing");
	killed();
	assert_int_equal(android()->limit_pct, 90);
	follow(10);
	f.refault_pages += 91ULL * (FILE_PAGES + 1) / 100 + 1;
	assert_string_equal(follow(10), "low_mem_and_thrashing");
	killed();
	assert_int_equal(android()->limit_pct, 81);
	assert_string_equal(follow(10), "low_mem");
	killed();
	assert_int_equal(android()->limit_pct, 81);
	follow(10);
	event(1001, ANDROID_PARTIAL);
	assert_int_equal(android()->limit_pct, 100);
}

static void the_file_cache_is_checked_after_thrashing_until_it_is_there_again(void **state)
{
	(void)state;
	policy.android.filecache_min_kib = 4 * FILE_PAGES;
	begin_window();
	f.active_file_pages--;
	assert_string_equal(follow(10), "none");
	f.direct_since_ns = f.time_ns;
	f.refault_pages += 2 * REFAULTS_100;
	assert_string_equal(follow(10), "direct_recl_and_thrashing");
	killed();
	f.direct_since_ns = 0;
	assert_string_equal(follow(10), "low_filecache_after_thrashing");
	assert_string_equal(follow(10), "low_filecache_after_thrashing");
	f.active_file_pages++;
	assert_string_equal(follow(10), "none");
	f.active_file_pages--;
	assert_string_equal(follow(10), "none");
}

/* Swap that cannot be filled because there is no memory to compress into is not free. */
static void free_swap_is_what_memory_can_be_compressed_into(void **state)
{
	struct android_policy *p = &policy.android;

	(void)state;
	f.mem_free_kib = 40000;
	f.inactive_file_kib = 9999;
	begin_window();
	f.refault_pages += REFAULTS_100 + 1;
	assert_string_equal(follow(10), "low_swap_and_thrashing");
	assert_int_equal(android()->free_swap_kib, 49999);
	p->swap_compression_ratio = 5;
	p->swap_compression_ratio_div = 2;
	assert_string_equal(follow(10), "none");
	assert_int_equal(android()->free_swap_kib, 124997);
	p->swap_compression_ratio = 0;
	assert_string_equal(follow(10), "none");
	assert_int_equal(android()->free_swap_kib, SWAP_KIB);
	/* 40000 + 9999 + 1 - 20000, and (5 - 2) * 100000 / 5 of anonymous memory: 90000, times 2.5. */
	p->swap_compression_ratio = 5;
	p->flags |= ANDROID_RELAXED;
	f.active_file_kib = 1;
	f.dirty_kib = 20000;
	follow(10);
	assert_int_equal(android()->free_swap_kib, 225000);
	p->swap_compression_ratio = 1;
	follow(10); /* it would grow: (1 - 2) * 100000 */
	assert_int_equal(android()->free_swap_kib, 0);
}

static void without_swap_it_is_never_low(void **state)
{
	(void)state;
	f.swap_total_kib = f.swap_free_kib = 0;
	begin_window();
	f.refault_pages += REFAULTS_100 + 1;
	assert_string_equal(follow(10), "none");
	low();
	assert_string_equal(follow(10), "low_mem_and_thrashing");
}

/* A stall of so many ms in the last second makes one event a second, as a trigger does. */
static void sums_of_stall_time_make_the_events_of_triggers(void **state)
{
	(void)state;
	low();
	for (int i = 0; i < 100; i++) {
		f.flags = ANDROID_SUMS;
		follow(10);
	}
	f.flags = ANDROID_SUMS;
	facts.some_ns += 69 * MS;
	assert_string_equal(event(10, f.flags), "none");
	facts.some_ns += MS;
	assert_string_equal(event(10, ANDROID_SUMS), "low_mem");
	assert_int_equal(android()->event_ns, f.time_ns);
	facts.some_ns += 500 * MS;
	assert_string_equal(event(100, ANDROID_SUMS), "low_mem");
	assert_int_equal(f.time_ns - android()->event_ns, 100 * MS);
	facts.full_ns += 699 * MS;
	assert_string_equal(event(10, ANDROID_SUMS), "low_mem");
	facts.full_ns += MS;
	assert_string_equal(event(10, ANDROID_SUMS), "not_responding");
	facts.full_ns += 10 * MS;
	assert_string_equal(event(10, ANDROID_SUMS), "low_mem");
	/* The next one of its kind no sooner than a window after the last. */
	for (int i = 0; i < 99; i++) {
		facts.full_ns += 10 * MS;
		assert_string_equal(event(10, ANDROID_SUMS), i < 98 ? "low_mem" : "not_responding");
	}
}

static void a_rule_that_rests_does_not_act(void **state)
{
	(void)state;
	begin_window();
	low();
	place_rest(&places.place[0], places.android.row ? places.android.row - 1 : 10,
		   f.time_ns + 100 * MS);
	assert_string_equal(follow(10), "none");
	assert_string_equal(follow(90), "low_mem");
}

static void it_is_near_when_stalls_or_after_an_event_its_rows_are(void **state)
{
	(void)state;
	assert_int_equal(strategy_android.nearness(&places), 0);
	low();
	follow(10);
	assert_int_equal(strategy_android.nearness(&places), 0); /* low memory alone is normal */
	facts.some_ns += 35 * MS;
	event(10, ANDROID_SUMS);
	assert_int_equal(strategy_android.nearness(&places), 500);
	facts.some_ns += 35 * MS;
	event(10, ANDROID_SUMS);
	assert_int_equal(strategy_android.nearness(&places), 1000);
	f.mem_free_kib = 2 * LOW_KIB;
	facts.time_ns += 2 * S;
	f.time_ns += 2 * S;
	event(10, ANDROID_PARTIAL);
	assert_int_equal(strategy_android.nearness(&places), 500);
}

static void people_see_what_is_missing(void **state)
{
	(void)state;
	begin_window();
	look(2000);
	memset(&v, 0, sizeof(v));
	assert_false(strategy_android.evaluate(&policy, &places, 0, 10, &v));
	assert_int_equal(v.terms, 2);
	assert_int_equal(v.term[0].signal, SIGNAL_MEM_FREE);
	assert_int_equal(v.term[0].limit, LOW_KIB);
	assert_int_equal(v.term[1].signal, SIGNAL_PSI_SOME);
	assert_int_equal(v.term[1].limit, 70);
	assert_false(strategy_android.evaluate(&policy, &places, 0, 0, &v));
	assert_int_equal(v.terms, 0); /* nobody knows when a vendor will ask */
	low();
	event(10, ANDROID_PARTIAL);
	assert_true(strategy_android.evaluate(&policy, &places, 0, 10, &v));
	assert_int_equal(v.terms, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_watermark_kills_without_a_stall),
		TEST(looks_follow_an_event_for_one_window),
		TEST(looks_go_on_while_somebody_is_in_direct_reclaim),
		TEST(where_nothing_reclaims_and_nothing_refaults_nothing_is_decided),
		TEST(a_partial_stall_right_behind_a_complete_one_is_no_news),
		TEST(a_complete_stall_counts_at_its_event_alone),
		TEST(while_a_victim_dies_nothing_is_decided_and_looks_go_on_after_it),
		TEST(only_the_first_decision_after_a_kill_is_one_after_a_kill),
		TEST(refaults_before_a_kill_do_not_count_after_it),
		TEST(thrashing_fades_by_half_with_each_window),
		TEST(thrashing_over_the_limit_stays_for_a_window),
		TEST(the_limit_decays_with_kills_for_thrashing_until_the_window_ends),
		TEST(the_file_cache_is_checked_after_thrashing_until_it_is_there_again),
		TEST(free_swap_is_what_memory_can_be_compressed_into),
		TEST(without_swap_it_is_never_low),
		TEST(sums_of_stall_time_make_the_events_of_triggers),
		TEST(a_rule_that_rests_does_not_act),
		TEST(it_is_near_when_stalls_or_after_an_event_its_rows_are),
		TEST(people_see_what_is_missing),
	};

	return RUN("android_look", tests);
}
