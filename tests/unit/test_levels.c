// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_levels.c - decide/assess: levels, as shares and in KiB, and sums of events: each at a limit, just
 * below and just above it, and where it does not apply. Rates are in test_signals.c.
 */
#include "test.h"

#include "../../agent/decide/place.h"
#include "assess.h"

/* A cgroup of 1,000,000 KiB: one thousandth is 1000 KiB. */
static int begin(void **state)
{
	(void)state;
	assess_begin((struct facts){ .time_ns = 100 * S,
				     .mem_total_kib = 1000000,
				     .mem_available_kib = 600000,
				     .mem_free_kib = 250000,
				     .swap_total_kib = 500000,
				     .swap_free_kib = 200000,
				     .zram_kib = 30000,
				     .usage_kib = 700000,
				     .swap_usage_kib = 40000,
				     .file_kib = 400000,
				     .page_kib = 4,
				     .flags = FACT_ZRAM | FACT_CGROUP });
	return 0;
}

/* The value; INT64_MIN: it does not apply. */
static __s64 value(enum signal signal, __u8 flags)
{
	struct record_term term = { .signal = signal, .flags = flags, .window_ms = 10000 };
	__s64 ret = INT64_MIN;

	return assess_value(&a, &term, &ret) ? ret : INT64_MIN;
}

static bool holds(enum signal signal, enum term_op op, __s64 limit)
{
	struct record_term term = { .signal = signal, .op = op, .limit = limit };

	term.value = value(signal, 0);
	assert_int_not_equal(term.value, INT64_MIN);
	return term_compare(&term);
}

/*
 * A level that is `field` KiB of a total, or what is left of the total. From 300 thousandths on, to the
 * next one; beyond the ends it stays at them.
 */
static void check_level(enum signal signal, __u64 *field, __u64 total_kib, bool rest)
{
	static const struct {
		__u64 part_kib;
		__s64 permille;
	} cases[] = { { 0, 0 },	       { 999, 0 },	{ 1000, 1 },
		      { 299999, 299 }, { 300000, 300 }, { 300999, 300 },
		      { 301000, 301 }, { 999999, 999 }, { 1000000, 1000 } };

	for (size_t i = 0; i < countof(cases); i++) {
		__u64 part = cases[i].part_kib * total_kib / 1000000;

		*field = rest ? total_kib - part : part;
		push_after(S);
		assert_int_equal(value(signal, TERM_KIB), part);
		if (cases[i].part_kib * total_kib % 1000000)
			continue; /* no whole KiB */
		assert_int_equal(value(signal, 0), cases[i].permille);
		assert_int_equal(holds(signal, TERM_GE, 300), cases[i].permille >= 300);
		assert_int_equal(holds(signal, TERM_GT, 300), cases[i].permille > 300);
		assert_int_equal(holds(signal, TERM_LT, 300), cases[i].permille < 300);
		assert_int_equal(holds(signal, TERM_LE, 300), cases[i].permille <= 300);
	}
	*field = total_kib + 4711;
	push_after(S);
	assert_int_equal(value(signal, 0), rest ? 0 : 1000);
}

static void each_level_is_a_share_of_its_total_or_an_amount(void **state)
{
	(void)state;
	check_level(SIGNAL_MEM_AVAILABLE, &now.mem_available_kib, now.mem_total_kib, false);
	check_level(SIGNAL_MEM_FREE, &now.mem_free_kib, now.mem_total_kib, false);
	check_level(SIGNAL_MEM_USED, &now.mem_available_kib, now.mem_total_kib, true);
	check_level(SIGNAL_SWAP_FREE, &now.swap_free_kib, now.swap_total_kib, false);
	check_level(SIGNAL_SWAP_USED, &now.swap_free_kib, now.swap_total_kib, true);
	check_level(SIGNAL_ZRAM_USED, &now.zram_kib, now.mem_total_kib, false);
	check_level(SIGNAL_CURRENT, &now.usage_kib, now.mem_total_kib, false);
}

/* None of them is another one's number. */
static void each_level_is_its_own(void **state)
{
	static const struct {
		enum signal signal;
		__s64 permille, kib;
	} cases[] = {
		{ SIGNAL_MEM_AVAILABLE, 600, 600000 }, { SIGNAL_MEM_FREE, 250, 250000 },
		{ SIGNAL_MEM_USED, 400, 400000 },      { SIGNAL_SWAP_FREE, 400, 200000 },
		{ SIGNAL_SWAP_USED, 600, 300000 },     { SIGNAL_ZRAM_USED, 30, 30000 },
		{ SIGNAL_CURRENT, 700, 700000 },       { SIGNAL_SWAP_CURRENT, 40000, 40000 },
	};

	(void)state;
	push_after(0);
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(value(cases[i].signal, 0), cases[i].permille);
		assert_int_equal(value(cases[i].signal, TERM_KIB), cases[i].kib);
	}
}

static void without_swap_nothing_of_it_is_free_or_used(void **state)
{
	(void)state;
	now.swap_total_kib = now.swap_free_kib = 0;
	push_after(0);
	for (__u8 flags = 0; flags <= TERM_KIB; flags += TERM_KIB) {
		assert_int_equal(value(SIGNAL_SWAP_FREE, flags), INT64_MIN);
		assert_int_equal(value(SIGNAL_SWAP_USED, flags), INT64_MIN);
	}
	now.swap_total_kib = 1; /* swapon while the agent runs */
	push_after(S);
	assert_int_equal(value(SIGNAL_SWAP_FREE, 0), 0);
	assert_int_equal(value(SIGNAL_SWAP_USED, 0), 1000);
}

static void without_zram_it_does_not_apply(void **state)
{
	(void)state;
	now.flags = FACT_CGROUP;
	push_after(0);
	assert_int_equal(value(SIGNAL_ZRAM_USED, 0), INT64_MIN);
	assert_int_equal(value(SIGNAL_ZRAM_USED, TERM_KIB), INT64_MIN);
	now.flags = FACT_ZRAM;
	now.zram_kib = 0;
	push_after(S);
	assert_int_equal(value(SIGNAL_ZRAM_USED, 0), 0);
}

static void pressure_that_is_not_known_is_not_none(void **state)
{
	(void)state;
	push_after(0);
	assert_int_equal(value(SIGNAL_PSI_SOME, 0), 0);
	assert_int_equal(value(SIGNAL_PSI_FULL, 0), 0);
	now.flags |= FACT_NO_PSI;
	push_after(S);
	assert_int_equal(value(SIGNAL_PSI_SOME, 0), INT64_MIN);
	assert_int_equal(value(SIGNAL_PSI_FULL, 0), INT64_MIN);
}

/* memory.current is of a cgroup: the machine has none. */
static void what_is_of_a_cgroup_does_not_apply_to_the_machine(void **state)
{
	(void)state;
	now.flags = FACT_ZRAM;
	push_after(0);
	assert_int_equal(value(SIGNAL_CURRENT, 0), INT64_MIN);
	assert_int_equal(value(SIGNAL_CURRENT, TERM_KIB), INT64_MIN);
	assert_int_equal(value(SIGNAL_SWAP_CURRENT, TERM_KIB), INT64_MIN);
}

static void amounts_that_no_machine_has_do_not_wrap(void **state)
{
	(void)state;
	now.mem_total_kib = now.mem_free_kib = UINT64_MAX;
	now.usage_kib = UINT64_MAX - 1;
	push_after(0);
	assert_int_equal(value(SIGNAL_MEM_FREE, TERM_KIB), INT64_MAX);
	assert_int_equal(value(SIGNAL_MEM_FREE, 0), 1000);
	assert_int_equal(value(SIGNAL_CURRENT, 0), 999);
	now.mem_total_kib = 0;
	push_after(S);
	assert_int_equal(value(SIGNAL_MEM_FREE, 0), 0);
}

/* Sums since the machine or the cgroup began: what came in the window counts. */
static void check_count(enum signal signal, __u64 *sum)
{
	begin(NULL);
	*sum = 1000000;
	push_after(0);
	assert_int_equal(value(signal, 0), 0); /* what was before is not of the window */
	*sum += 4;
	push_after(4 * S);
	assert_int_equal(value(signal, 0), 4);
	assert_false(holds(signal, TERM_GT, 4));
	assert_true(holds(signal, TERM_GE, 4));
	assert_false(holds(signal, TERM_GE, 5));
	assert_true(holds(signal, TERM_GT, 3));
	*sum += 2;
	push_after(6 * S);
	assert_int_equal(value(signal, 0), 6); /* all of ten seconds */
	push_after(1 * S);
	assert_int_equal(value(signal, 0), 5); /* and a quarter of the first four has left */
	push_after(3 * S);
	assert_int_equal(value(signal, 0), 2);
	push_after(6 * S);
	assert_int_equal(value(signal, 0), 0);
	*sum = 7; /* a cgroup made anew, of the same name */
	push_after(1 * S);
	assert_int_equal(value(signal, 0), 0);
	*sum += 3;
	push_after(10 * S);
	assert_int_equal(value(signal, 0), 3);
	/* Memory came back: what was before does not count. */
	assess_rebase(&a, now.time_ns);
	assert_int_equal(value(signal, 0), 0);
	*sum += 1;
	push_after(1 * S);
	assert_int_equal(value(signal, 0), 1);
}

static void events_count_while_they_are_in_the_window(void **state)
{
	(void)state;
	check_count(SIGNAL_PGSCAN, &now.scanned_pages);
	check_count(SIGNAL_HIGH_EVENTS, &now.high_events);
	check_count(SIGNAL_MAX_EVENTS, &now.max_events);
	check_count(SIGNAL_OOM_EVENTS, &now.oom_events);
	check_count(SIGNAL_KERNEL_OOM, &now.oom_kills);
}

static void no_count_is_another_one(void **state)
{
	(void)state;
	push_after(0);
	now.scanned_pages = 1;
	now.high_events = 2;
	now.max_events = 3;
	now.oom_events = 4;
	now.oom_kills = 5;
	push_after(10 * S);
	assert_int_equal(value(SIGNAL_PGSCAN, 0), 1);
	assert_int_equal(value(SIGNAL_HIGH_EVENTS, 0), 2);
	assert_int_equal(value(SIGNAL_MAX_EVENTS, 0), 3);
	assert_int_equal(value(SIGNAL_OOM_EVENTS, 0), 4);
	assert_int_equal(value(SIGNAL_KERNEL_OOM, 0), 5);
}

/* 400,000 KiB of cache are 100,000 pages. */
static void refault_is_a_share_of_the_cache(void **state)
{
	static const struct {
		__u64 pages;
		__s64 permille;
	} cases[] = { { 0, 0 },
		      { 99, 0 },
		      { 100, 1 },
		      { 29999, 299 },
		      { 30000, 300 },
		      { 30099, 300 },
		      { 30100, 301 },
		      { 100000, 1000 },
		      /* A cache read in twice in a window is past all of it. */
		      { 100100, 1001 },
		      { 250000, 2500 },
		      { 200000000, 1000000 } };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		begin(NULL);
		now.refaulted_pages = 777;
		push_after(0);
		now.refaulted_pages += cases[i].pages;
		push_after(10 * S);
		assert_int_equal(value(SIGNAL_REFAULT, 0), cases[i].permille);
		assert_int_equal(holds(SIGNAL_REFAULT, TERM_GE, 300), cases[i].permille >= 300);
		assert_int_equal(holds(SIGNAL_REFAULT, TERM_GT, 300), cases[i].permille > 300);
	}
}

static void refault_knows_the_size_of_a_page(void **state)
{
	(void)state;
	now.page_kib = 16;
	push_after(0);
	now.refaulted_pages += 100;
	push_after(10 * S);
	assert_int_equal(value(SIGNAL_REFAULT, 0), 4);
}

/* What was read again and has no place at all is the worst there is. */
static void refault_without_a_cache_is_all_or_nothing(void **state)
{
	(void)state;
	now.file_kib = 0;
	push_after(0);
	assert_int_equal(value(SIGNAL_REFAULT, 0), 0);
	now.refaulted_pages = 1;
	push_after(S);
	assert_int_equal(value(SIGNAL_REFAULT, 0), 1000000);
	now.file_kib = 1;
	push_after(S);
	assert_int_equal(value(SIGNAL_REFAULT, 0), 4000);
	now.refaulted_pages = 0; /* counted anew */
	push_after(S);
	assert_int_equal(value(SIGNAL_REFAULT, 0), 0);
	now.refaulted_pages = UINT64_MAX;
	push_after(S);
	assert_int_equal(value(SIGNAL_REFAULT, 0), 1000000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(each_level_is_a_share_of_its_total_or_an_amount),
		TEST(each_level_is_its_own),
		TEST(without_swap_nothing_of_it_is_free_or_used),
		TEST(without_zram_it_does_not_apply),
		TEST(pressure_that_is_not_known_is_not_none),
		TEST(what_is_of_a_cgroup_does_not_apply_to_the_machine),
		TEST(amounts_that_no_machine_has_do_not_wrap),
		TEST(events_count_while_they_are_in_the_window),
		TEST(no_count_is_another_one),
		TEST(refault_is_a_share_of_the_cache),
		TEST(refault_knows_the_size_of_a_page),
		TEST(refault_without_a_cache_is_all_or_nothing),
	};

	return RUN("decide/assess: levels and counts", tests);
}
