// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_signals.c - decide/assess: what each signal says of facts given by hand.
 */
#include "test.h"

#include "assess.h"

static int begin(void **state)
{
	(void)state;
	assess_begin((struct facts){ .time_ns = 100 * S,
				     .mem_total_kib = 16000000,
				     .mem_available_kib = 4000000,
				     .swap_total_kib = 8000000,
				     .swap_free_kib = 2000000 });
	return 0;
}

static __s64 value(enum signal signal, __u64 window_ns)
{
	struct record_term term = { .signal = signal, .window_ms = (__u32)(window_ns / MS) };
	__s64 ret = INT64_MIN;

	assert_true(assess_value(&a, &term, &ret));
	return ret;
}

/* It does not apply, and what was there stays there. */
static void no_value(unsigned int signal)
{
	struct record_term term = { .signal = (__u16)signal, .window_ms = 1000 };
	__s64 untouched = 4711;

	assert_false(assess_value(&a, &term, &untouched));
	assert_int_equal(untouched, 4711);
}

static void available_memory_is_a_share_of_all(void **state)
{
	(void)state;
	push_after(0);
	assert_int_equal(value(SIGNAL_MEM_AVAILABLE, 0), 250);
	now.mem_available_kib = 15999;
	push_after(S);
	assert_int_equal(value(SIGNAL_MEM_AVAILABLE, 0), 0);
	now.mem_available_kib = 16000;
	push_after(S);
	assert_int_equal(value(SIGNAL_MEM_AVAILABLE, 0), 1);
	now.mem_available_kib = now.mem_total_kib + 1;
	push_after(S);
	assert_int_equal(value(SIGNAL_MEM_AVAILABLE, 0), 1000);
	assert_int_equal(value(SIGNAL_MEM_AVAILABLE, 10 * S), 1000);
}

static void free_swap_is_a_share_and_does_not_apply_without_swap(void **state)
{
	(void)state;
	push_after(0);
	assert_int_equal(value(SIGNAL_SWAP_FREE, 0), 250);
	now.swap_free_kib = 0;
	push_after(S);
	assert_int_equal(value(SIGNAL_SWAP_FREE, 0), 0);
	now.swap_total_kib = 0;
	push_after(S);
	no_value(SIGNAL_SWAP_FREE);
}

static void the_end_comes_at_the_rate_of_the_window(void **state)
{
	(void)state;
	push_after(0);
	now.mem_available_kib -= 1000000; /* in 250 ms: 3,000,000 left at 4,000,000 a second */
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), 750);
	now.mem_available_kib -= 2000000;
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), 125);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 500 * MS), 166);
}

static void memory_that_does_not_shrink_never_ends(void **state)
{
	(void)state;
	push_after(0);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), SIGNAL_NEVER_MS);
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), SIGNAL_NEVER_MS);
	now.mem_available_kib += 1;
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), SIGNAL_NEVER_MS);
}

static void memory_that_shrinks_by_drops_lasts_no_longer_than_never(void **state)
{
	(void)state;
	push_after(0);
	now.mem_available_kib -= 1;
	push_after(S);
	assert_int_equal(value(SIGNAL_EXHAUSTION, S), SIGNAL_NEVER_MS);
}

static void swap_is_full_at_the_rate_of_the_window(void **state)
{
	(void)state;
	now.swap_total_kib = 1000000;
	now.swap_free_kib = 800000;
	push_after(0);
	assert_int_equal(value(SIGNAL_SWAP_FULL, S), SIGNAL_NEVER_MS);
	now.swap_free_kib = 600000;
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_SWAP_FULL, 250 * MS), 750);
	assert_int_equal(value(SIGNAL_SWAP_FULL, S), 750);
	now.swap_free_kib = 700000;
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_SWAP_FULL, 250 * MS), SIGNAL_NEVER_MS);
	assert_int_equal(value(SIGNAL_SWAP_FULL, 500 * MS), 3500);
	now.swap_free_kib = 0;
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_SWAP_FULL, 250 * MS), SIGNAL_NEVER_MS);
	now.swap_total_kib = 0;
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_SWAP_FULL, S), SIGNAL_NEVER_MS);
}

static void swap_that_is_added_does_not_hide_that_it_fills(void **state)
{
	(void)state;
	now.swap_total_kib = now.swap_free_kib = 0;
	push_after(0);
	now.swap_total_kib = now.swap_free_kib = 1000000;
	push_after(S);
	now.swap_free_kib = 800000;
	push_after(S);
	assert_int_equal(value(SIGNAL_SWAP_FULL, 1500 * MS), 6000);
}

static void no_memory_left_is_the_end(void **state)
{
	(void)state;
	now.mem_available_kib = 0;
	push_after(0);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), 0);
	push_after(S);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), 0);
}

/* The kernel gives up at 16 rounds; half of them are our limit. */
static void fruitless_rounds_of_reclaim_are_the_end_from_eight_on(void **state)
{
	(void)state;
	now.retry_loops = 7;
	push_after(S);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), SIGNAL_NEVER_MS);
	now.retry_loops = 8;
	push_after(S);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), 0);
}

static void a_soft_limit_is_never_run_out_of(void **state)
{
	(void)state;
	push_after(0);
	now.flags = FACT_SOFT_LIMIT;
	now.mem_available_kib = 0;
	now.retry_loops = 16;
	push_after(250 * MS);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), SIGNAL_NEVER_MS);
}

static void growth_is_what_available_memory_loses_a_second(void **state)
{
	(void)state;
	push_after(0);
	assert_int_equal(value(SIGNAL_GROWTH, S), 0);
	now.mem_available_kib -= 500000;
	push_after(500 * MS);
	assert_int_equal(value(SIGNAL_GROWTH, 500 * MS), 1000000);
	assert_int_equal(value(SIGNAL_GROWTH, 250 * MS), 1000000);
	now.mem_available_kib += 250000;
	push_after(500 * MS);
	assert_int_equal(value(SIGNAL_GROWTH, 500 * MS), -500000);
	assert_int_equal(value(SIGNAL_GROWTH, S), 250000);
}

/* 24 TiB given back or taken within 10 ms: no number wraps. */
static void terabytes_in_milliseconds_do_not_overflow(void **state)
{
	(void)state;
	now.mem_total_kib = 25ULL << 30;
	now.mem_available_kib = 24ULL << 30;
	push_after(0);
	now.mem_available_kib = 1ULL << 30;
	push_after(10 * MS);
	assert_int_equal(value(SIGNAL_GROWTH, 10 * MS), (23LL << 30) * 100);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 10 * MS), 0);
	now.mem_available_kib = 24ULL << 30;
	push_after(10 * MS);
	assert_int_equal(value(SIGNAL_GROWTH, 10 * MS), -(23LL << 30) * 100);
}

static void efficiency_is_the_share_of_scanned_pages_that_came_free(void **state)
{
	(void)state;
	now.scanned_pages = 70000;
	now.reclaimed_pages = 50000;
	push_after(0);
	now.scanned_pages += 1000;
	now.reclaimed_pages += 10;
	push_after(100 * MS);
	assert_int_equal(value(SIGNAL_EFFICIENCY, 100 * MS), 10);
	now.scanned_pages += 1000;
	now.reclaimed_pages += 990;
	push_after(100 * MS);
	assert_int_equal(value(SIGNAL_EFFICIENCY, 100 * MS), 990);
	assert_int_equal(value(SIGNAL_EFFICIENCY, 200 * MS), 500);
}

static void reclaim_that_does_not_scan_is_not_inefficient(void **state)
{
	(void)state;
	push_after(0);
	assert_int_equal(value(SIGNAL_EFFICIENCY, S), 1000);
	now.reclaimed_pages += 5;
	push_after(100 * MS);
	assert_int_equal(value(SIGNAL_EFFICIENCY, 100 * MS), 1000);
}

static void stuck_is_the_longest_reclaim_now_in_milliseconds(void **state)
{
	(void)state;
	now.stuck_ns = 1999999;
	push_after(0);
	assert_int_equal(value(SIGNAL_STUCK, 0), 1);
	assert_int_equal(value(SIGNAL_STUCK, 10 * S), 1);
	now.stuck_ns = 0;
	push_after(S);
	assert_int_equal(value(SIGNAL_STUCK, 0), 0);
}

/* Memory that came back is not "shrinking backwards", and what shrank before does not count. */
static void rates_begin_anew_when_memory_came_back(void **state)
{
	(void)state;
	push_after(0);
	now.mem_available_kib = 10000;
	push_after(200 * MS);
	assert_in_range(value(SIGNAL_EXHAUSTION, 250 * MS), 0, 1);
	assess_rebase(&a, now.time_ns);
	assert_int_equal(value(SIGNAL_GROWTH, 250 * MS), 0);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), SIGNAL_NEVER_MS);
	now.mem_available_kib -= 1000;
	push_after(100 * MS);
	assert_int_equal(value(SIGNAL_GROWTH, 250 * MS), 10000);
	assert_int_equal(value(SIGNAL_EXHAUSTION, 250 * MS), 900);
}

static void before_the_first_facts_nothing_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(value(SIGNAL_GROWTH, S), 0);
	assert_int_equal(value(SIGNAL_EFFICIENCY, S), 1000);
	assert_int_equal(value(SIGNAL_STUCK, 0), 0);
}

static void a_signal_that_there_is_not_has_no_value(void **state)
{
	(void)state;
	push_after(0);
	no_value(0);
	no_value(SIGNALS);
	no_value(SIGNALS + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(available_memory_is_a_share_of_all),
		TEST(free_swap_is_a_share_and_does_not_apply_without_swap),
		TEST(the_end_comes_at_the_rate_of_the_window),
		TEST(memory_that_does_not_shrink_never_ends),
		TEST(memory_that_shrinks_by_drops_lasts_no_longer_than_never),
		TEST(no_memory_left_is_the_end),
		TEST(swap_is_full_at_the_rate_of_the_window),
		TEST(swap_that_is_added_does_not_hide_that_it_fills),
		TEST(fruitless_rounds_of_reclaim_are_the_end_from_eight_on),
		TEST(a_soft_limit_is_never_run_out_of),
		TEST(growth_is_what_available_memory_loses_a_second),
		TEST(terabytes_in_milliseconds_do_not_overflow),
		TEST(efficiency_is_the_share_of_scanned_pages_that_came_free),
		TEST(reclaim_that_does_not_scan_is_not_inefficient),
		TEST(stuck_is_the_longest_reclaim_now_in_milliseconds),
		TEST(rates_begin_anew_when_memory_came_back),
		TEST(before_the_first_facts_nothing_is_wrong),
		TEST(a_signal_that_there_is_not_has_no_value),
	};

	return RUN("decide/assess: signals", tests);
}
