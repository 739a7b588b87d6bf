// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_assess.c - decide/assess: sums over windows from 10 ms to 10 min. What each signal makes of
 * them is in test_signals.c.
 */
#include "test.h"

#include "assess.h"

static int begin(void **state)
{
	(void)state;
	assess_begin((struct facts){});
	return 0;
}

/* some_ns is what the tests look at; full is half of it. */
static void push(__u64 time_ns, __u64 some_ns)
{
	struct facts f = { .time_ns = time_ns,
			   .some_ns = some_ns,
			   .full_ns = some_ns / 2,
			   .mem_total_kib = 1000,
			   .mem_available_kib = 500 };

	assess_push(&a, &f);
}

static __s64 value(enum signal signal, __u64 window_ns)
{
	struct record_term term = { .signal = signal, .window_ms = (__u32)(window_ns / MS) };
	__s64 ret = -1;

	assert_true(assess_value(&a, &term, &ret));
	return ret;
}

static __s64 some(__u64 window_ns)
{
	return value(SIGNAL_PSI_SOME, window_ns);
}

static __s64 full(__u64 window_ns)
{
	return value(SIGNAL_PSI_FULL, window_ns);
}

/* Samples every period, `permille` of the time stalled. Ends at the last full period. */
static void run(__u64 from_ns, __u64 to_ns, __u64 period_ns, __u64 permille)
{
	static __u64 sum;

	if (!a.history->count)
		sum = 1000 * S; /* sums do not begin at 0 */
	for (__u64 t = from_ns; t <= to_ns; t += period_ns) {
		push(t, sum);
		sum += period_ns * permille / 1000;
	}
}

static void an_even_stall_is_the_same_in_every_window(void **state)
{
	static const __u64 windows_ms[] = { 10, 11, 33, 100, 250, 999, 2000, 3000, 60000, 600000 };

	(void)state;
	run(100 * S, 800 * S, 5 * MS, 400);
	for (size_t i = 0; i < countof(windows_ms); i++) {
		assert_in_range(some(windows_ms[i] * MS), 399, 400);
		assert_in_range(full(windows_ms[i] * MS), 199, 200);
	}
}

static void a_window_sees_exactly_its_own_time(void **state)
{
	(void)state;
	run(10 * S, 11 * S - 10 * MS, 10 * MS, 1000);
	run(11 * S, 12 * S, 10 * MS, 0);
	assert_int_equal(some(1000 * MS), 0);
	assert_int_equal(some(1010 * MS), 9); /* 10 ms of 1010 */
	assert_int_equal(some(1500 * MS), 333);
	assert_int_equal(some(2000 * MS), 500);
}

static void between_two_samples_a_sum_grows_evenly(void **state)
{
	(void)state;
	push(10 * S, 0);
	push(10 * S + 100 * MS, 50 * MS);
	push(10 * S + 200 * MS, 50 * MS);
	/* From half way between the first two: 25 ms of 150. */
	assert_int_equal(some(150 * MS), 166);
	assert_int_equal(some(110 * MS), 45); /* 5 of 110 */
	assert_int_equal(some(101 * MS), 4);  /* 0.5 of 101 */
}

static void a_window_of_ten_milliseconds_is_seen(void **state)
{
	(void)state;
	push(10 * S, 0);
	push(10 * S + 5 * MS, 0);
	push(10 * S + 10 * MS, 5 * MS);
	push(10 * S + 15 * MS, 10 * MS);
	assert_int_equal(some(10 * MS), 1000);
	assert_int_equal(some(15 * MS), 666);
}

static void nothing_known_is_nothing_stalled(void **state)
{
	(void)state;
	assert_int_equal(some(2 * S), 0);
	assert_int_equal(full(10 * MS), 0);
}

static void one_sample_says_nothing_about_a_window(void **state)
{
	(void)state;
	push(10 * S, 9 * S);
	assert_int_equal(some(2 * S), 0);
	assert_int_equal(some(600 * S), 0);
}

/* What is not known of a window is not stall. */
static void a_window_longer_than_the_history_counts_what_is_known(void **state)
{
	(void)state;
	push(10 * S, 0);
	push(10 * S + 500 * MS, 500 * MS);
	assert_int_equal(some(500 * MS), 1000);
	assert_int_equal(some(1000 * MS), 500);
	assert_int_equal(some(2000 * MS), 250);
	assert_int_equal(some(60 * S), 8);
}

static void a_window_that_began_before_time_did_is_no_trouble(void **state)
{
	(void)state;
	push(0, 0);
	push(1 * S, 1 * S);
	assert_int_equal(some(1 * S), 1000);
	assert_int_equal(some(600 * S), 1);
}

static void no_window_has_more_than_all_of_its_time(void **state)
{
	(void)state;
	push(10 * S, 0);
	push(11 * S, 5 * S);
	assert_int_equal(some(1 * S), 1000);
	assert_int_equal(some(10 * MS), 1000);
}

static void facts_of_the_same_time_replace_the_last(void **state)
{
	(void)state;
	push(10 * S, 0);
	push(11 * S, 100 * MS);
	push(11 * S, 500 * MS);
	assert_int_equal(a.history->count, 2);
	assert_int_equal(some(1 * S), 500);
}

static void facts_that_are_older_replace_the_last(void **state)
{
	(void)state;
	push(10 * S, 0);
	push(12 * S, 1000 * MS);
	push(11 * S, 500 * MS);
	assert_int_equal(a.history->count, 2);
	assert_int_equal(some(1 * S), 500);
}

static void time_that_stands_still_or_goes_back_is_survived(void **state)
{
	static const __u64 times[] = { 20 * S, 30 * S, 20 * S, 20 * S, 5 * S, 5 * S, 6 * S, 40 * S };

	(void)state;
	for (size_t i = 0; i < countof(times); i++) {
		push(times[i], i * S);
		for (__u64 base = 0; base <= 50 * S; base += 5 * S) {
			assess_rebase(&a, base);
			assert_in_range(some(10 * MS), 0, 1000);
			assert_in_range(some(10 * S), 0, 1000);
		}
	}
}

/* Sums only grow. One that did not (a cgroup made anew, a damaged recording) must kill nobody. */
static void a_sum_that_went_back_is_no_stall(void **state)
{
	(void)state;
	push(10 * S, 5 * S);
	push(11 * S, 5 * S - 1);
	assert_int_equal(some(1 * S), 0);
	assert_int_equal(full(1 * S), 0);
}

static void samples_faster_than_a_millisecond_lose_no_stall(void **state)
{
	(void)state;
	run(10 * S, 10 * S + 100 * MS, MS / 10, 300);
	assert_in_range(a.history->count, 50, 210);
	assert_in_range(some(100 * MS), 299, 300);
	assert_in_range(some(10 * MS), 290, 310);
}

/* The fine history holds the last 1024 samples, the coarse one goes on from there. */
static void windows_reach_beyond_the_fine_history(void **state)
{
	(void)state;
	run(100 * S, 160 * S - 3 * MS, 3 * MS, 1000);
	run(160 * S, 190 * S, 3 * MS, 0);
	assert_int_equal(a.history->count, system_history.samples[0]);
	assert_int_equal(some(1 * S), 0);
	assert_int_equal(some(29 * S), 0);
	assert_in_range(some(60 * S), 499, 501);
	assert_in_range(some(90 * S), 666, 668);
}

/* Ten milliseconds are not smeared over a second once the history is long. */
static void short_windows_stay_exact_when_the_history_is_long(void **state)
{
	(void)state;
	run(100 * S, 130 * S, 5 * MS, 0);
	run(130 * S + 5 * MS, 130 * S + 15 * MS, 5 * MS, 1000);
	run(130 * S + 20 * MS, 131 * S + 500 * MS, 5 * MS, 0);
	assert_int_equal(a.history->count, system_history.samples[0]);
	assert_int_equal(some(1480 * MS), 0);
	assert_in_range(some(1500 * MS), 9, 10); /* 15 ms of 1500 */
}

static void the_storage_is_as_large_as_is_said(void **state)
{
	struct assess c;

	(void)state;
	assess_init(&c, cgroup_history, storage);
	assert_int_equal(assess_samples(&c), CGROUP_SAMPLES);
	assert_int_equal(assess_samples(&a), SYSTEM_SAMPLES);
	assert_true(SYSTEM_SAMPLES >= CGROUP_SAMPLES);
}

/*
 * Stall that comes and goes, seen through every window: what is said is not far from what was. With
 * steps of 5 s behind those of 50 ms it was 10 % of 10 s, enough for a rule to fire or not by chance.
 */
static void check_bursts(struct history_shape s, __u64 tick_ms, __s64 most)
{
	static __u64 sum[12001];
	uint64_t seed = 42;
	__u64 left = 0, on = 0, truth, value;

	assess_init(&a, s, storage);
	for (__u64 i = 0, t = 0; t <= 120000; i++, t += tick_ms) {
		if (!left--) {
			left = next_random(&seed) % (3000 / tick_ms);
			on = !on;
		}
		sum[i] = i ? sum[i - 1] + on * tick_ms * MS : 0;
		push(1000 * S + t * MS, sum[i]);
		for (__u64 w = 20; w <= 6000 && w < i; w += 90) {
			truth = (sum[i] - sum[i - w]) * 1000 / (w * tick_ms * MS);
			value = (__u64)some(w * tick_ms * MS);
			if (value > truth + (__u64)most || truth > value + (__u64)most)
				fail_msg("over %llu ms: %llu permille for %llu",
					 (unsigned long long)(w * tick_ms),
					 (unsigned long long)value, (unsigned long long)truth);
		}
	}
}

static void bursts_are_seen_through_every_window(void **state)
{
	(void)state;
	check_bursts(system_history, 10, 30);
	check_bursts(cgroup_history, 50, 50);
	check_bursts(cgroup_history, 200, 50);
}

/* A tick of any length must leave ten minutes in the history. */
static void ten_minutes_are_kept_whatever_the_tick(void **state)
{
	static const __u64 ticks_ms[] = { 50, 100, 333, 510, 600, 999, 1000, 1001, 3000 };

	(void)state;
	for (size_t i = 0; i < 2 * countof(ticks_ms); i++) {
		assess_init(&a, i % 2 ? cgroup_history : system_history, storage);
		run(1000 * S, 2200 * S, ticks_ms[i / 2] * MS, 800);
		if (some(600 * S) < 790)
			fail_msg("with a tick of %llu ms: %lld permille instead of 800",
				 (unsigned long long)ticks_ms[i / 2], (long long)some(600 * S));
	}
}

static void stall_before_memory_came_back_does_not_count(void **state)
{
	(void)state;
	run(10 * S, 12 * S, 10 * MS, 1000);
	assert_int_equal(some(2 * S), 1000);
	assess_rebase(&a, 12 * S);
	assert_int_equal(some(2 * S), 0);
	assert_int_equal(some(10 * MS), 0);
	run(12 * S + 10 * MS, 13 * S, 10 * MS, 1000);
	/* One second of stall since, over a window of two. */
	assert_int_equal(some(2 * S), 500);
	assert_int_equal(some(1 * S), 1000);
	assert_int_equal(some(500 * MS), 1000);
}

static void memory_that_comes_back_later_than_now_leaves_nothing(void **state)
{
	(void)state;
	run(10 * S, 12 * S, 10 * MS, 1000);
	assess_rebase(&a, 13 * S);
	assert_int_equal(some(2 * S), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(an_even_stall_is_the_same_in_every_window),
		TEST(a_window_sees_exactly_its_own_time),
		TEST(between_two_samples_a_sum_grows_evenly),
		TEST(a_window_of_ten_milliseconds_is_seen),
		TEST(nothing_known_is_nothing_stalled),
		TEST(one_sample_says_nothing_about_a_window),
		TEST(a_window_longer_than_the_history_counts_what_is_known),
		TEST(a_window_that_began_before_time_did_is_no_trouble),
		TEST(no_window_has_more_than_all_of_its_time),
		TEST(facts_of_the_same_time_replace_the_last),
		TEST(facts_that_are_older_replace_the_last),
		TEST(time_that_stands_still_or_goes_back_is_survived),
		TEST(a_sum_that_went_back_is_no_stall),
		TEST(samples_faster_than_a_millisecond_lose_no_stall),
		TEST(windows_reach_beyond_the_fine_history),
		TEST(short_windows_stay_exact_when_the_history_is_long),
		TEST(the_storage_is_as_large_as_is_said),
		TEST(bursts_are_seen_through_every_window),
		TEST(ten_minutes_are_kept_whatever_the_tick),
		TEST(stall_before_memory_came_back_does_not_count),
		TEST(memory_that_comes_back_later_than_now_leaves_nothing),
	};

	return RUN("decide/assess: windows", tests);
}
