// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_trace.c - tools/trace: pressure tables in text become facts; what is decoration is skipped,
 * what is a damaged row is named by its line.
 */
#include "test.h"

#include <errno.h>

#include "../../tools/trace.h"

#define MS 1000000ULL

static struct trace trace;
static FILE *file;

static int open_text(const char *text, __u64 total_kib)
{
	if (file)
		fclose(file);
	file = fmemopen((void *)text, strlen(text), "r");
	assert_non_null(file);
	return trace_open(&trace, file, total_kib);
}

static int end(void **state)
{
	(void)state;
	if (file)
		fclose(file);
	file = NULL;
	return 0;
}

static const char good[] = "# from somewhere\n"
			   "Time   | MemAvail SwapFree | some avg10 full avg10\n"
			   "-------+-------------------+----------------------\n"
			   "  10.0 |   4000     1000   |   0    0    0    0\n"
			   "  10.1 |   3000     2000   |  50   10   20    5\n"
			   "[...]\n"
			   "\n"
			   "\t10.2 | 5000 500 | 100 90 100 80  \n";

static void rows_become_facts_and_their_sums_run_on(void **state)
{
	static const struct facts expected[] = {
		{ .time_ns = 10100 * MS, .mem_available_kib = 4096000, .swap_free_kib = 1024000 },
		{ .time_ns = 10200 * MS,
		  .some_ns = 50 * MS,
		  .full_ns = 20 * MS,
		  .mem_available_kib = 3072000,
		  .swap_free_kib = 2048000 },
		{ .time_ns = 10300 * MS,
		  .some_ns = 150 * MS,
		  .full_ns = 120 * MS,
		  .mem_available_kib = 5120000,
		  .swap_free_kib = 512000 },
	};

	(void)state;
	assert_int_equal(open_text(good, 0), 0);
	for (size_t i = 0; i < countof(expected); i++) {
		assert_true(trace_next(&trace));
		assert_int_equal(trace.facts.time_ns, expected[i].time_ns);
		assert_int_equal(trace.facts.some_ns, expected[i].some_ns);
		assert_int_equal(trace.facts.full_ns, expected[i].full_ns);
		assert_int_equal(trace.facts.mem_available_kib, expected[i].mem_available_kib);
		assert_int_equal(trace.facts.mem_free_kib, expected[i].mem_available_kib);
		assert_int_equal(trace.facts.swap_free_kib, expected[i].swap_free_kib);
	}
	assert_false(trace_next(&trace));
	assert_int_equal(trace.error, 0);
	assert_int_equal(trace.line, 8);
}

static void totals_are_the_largest_met_unless_given(void **state)
{
	(void)state;
	assert_int_equal(open_text(good, 0), 0);
	assert_int_equal(trace.facts.mem_total_kib, 5120000);
	assert_int_equal(trace.facts.swap_total_kib, 2048000);
	assert_int_equal(open_text(good, 16000000), 0);
	assert_int_equal(trace.facts.mem_total_kib, 16000000);
	assert_int_equal(trace.facts.swap_total_kib, 2048000);
	while (trace_next(&trace))
		assert_int_equal(trace.facts.mem_total_kib, 16000000);
}

static void without_any_row_there_is_no_data(void **state)
{
	(void)state;
	assert_int_equal(open_text("\n", 0), -ENODATA);
	assert_int_equal(open_text("Time | MemAvail\n---\n", 0), -ENODATA);
	assert_int_equal(open_text("| 1 2 | 3 4 5 6\n", 0), -ENODATA);
}

static void a_damaged_row_is_named_by_its_line(void **state)
{
	static const char *const bad[] = {
		"1.0 | 4000 1000 |",
		"1.0 | 4000 1000 | 0 0 0",
		"1.0 | 4000 1000 | 0 0 0 0 0",
		"1.0 | 4000 1000 | 0 0 0 0 x",
		"1.0 | 4000 | 0 0 0 0",
		"1.0 | 4000 1000 0 0 0 0 |",
		"1.0 | x 1000 | 0 0 0 0",
		"1.0 | 4000 1000 | -1 0 0 0",
		"1.0 | 4000 1000 | 0 0 -1 0",
		"1.0 | -4000 1000 | 0 0 0 0",
		"1.0 | 4000 -1000 | 0 0 0 0",
		"1.0 | 4000 1000 | 1000000 0 0 0",
		"1.0 | 4000 1000 | 0 0 1000000 0",
		"1000000 | 4000 1000 | 0 0 0 0",
		"1.0 | 1099511627776 1000 | 0 0 0 0",
		"1.0 | 4000 99999999999999999999999 | 0 0 0 0",
		"1.0 | 4O00 1000 | 0 0 0 0",
		"1.0 | 4000 1000 | 1000000.5 0 0 0",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		snprintf(text, sizeof(text), "Heading\n0.9 | 4000 1000 | 0 0 0 0\n%s\n", bad[i]);
		if (open_text(text, 0) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(trace.line, 3);
	}
}

/* scanf wraps silently: 2^32 and 2^64 are no small numbers. */
static void numbers_do_not_wrap(void **state)
{
	(void)state;
	assert_int_equal(open_text("1.0 | 4000 1000 | 4294967296 0 0 0\n", 0), -EINVAL);
	assert_int_equal(open_text("1.0 | 4000 1000 | 0 0 4294967297 0\n", 0), -EINVAL);
	assert_int_equal(open_text("1.0 | -18446744073709551615 1000 | 0 0 0 0\n", 0), -EINVAL);
}

/* The file changed between the first look and the second. */
static void a_row_damaged_later_ends_with_an_error(void **state)
{
	char text[] = "1.0 | 4000 1000 | 0 0 0 0\n1.1 | 4000 1000 | 0 0 0 0\n";

	(void)state;
	assert_int_equal(open_text(text, 0), 0);
	setvbuf(file, NULL, _IONBF, 0);
	assert_true(trace_next(&trace));
	text[32] = 'x';
	assert_false(trace_next(&trace));
	assert_int_equal(trace.error, -EINVAL);
	assert_int_equal(trace.line, 2);
}

static void times_are_in_tenths_of_a_second(void **state)
{
	(void)state;
	assert_int_equal(open_text("0 | 1 1 | 0 0 0 0\n0.3 | 1 1 | 0 0 0 0\n"
				   "999999.9 | 1 1 | 0 0 0 0\n",
				   0),
			 0);
	assert_true(trace_next(&trace));
	assert_int_equal(trace.facts.time_ns, 100 * MS);
	assert_true(trace_next(&trace));
	assert_int_equal(trace.facts.time_ns, 400 * MS);
	assert_true(trace_next(&trace));
	assert_int_equal(trace.facts.time_ns, 1000000000 * MS);
}

static void fractions_are_cut_off(void **state)
{
	(void)state;
	assert_int_equal(open_text("1 | 40.9 7.5 | 12.7 0.5 99.9 0.25\n", 0), 0);
	assert_true(trace_next(&trace));
	assert_int_equal(trace.facts.mem_available_kib, 40 * 1024);
	assert_int_equal(trace.facts.swap_free_kib, 7 * 1024);
	assert_int_equal(trace.facts.some_ns, 12 * MS);
	assert_int_equal(trace.facts.full_ns, 99 * MS);
}

/* A gap of hours is accounted in one row; it may be more than all of it. */
static void a_row_may_hold_more_stall_than_its_time(void **state)
{
	(void)state;
	assert_int_equal(open_text("1 | 1 1 | 999999 0 500 0\n", 0), 0);
	assert_true(trace_next(&trace));
	assert_int_equal(trace.facts.some_ns, 999999 * MS);
	assert_int_equal(trace.facts.full_ns, 500 * MS);
}

/* trace.h: lines without two '|' are skipped, also those that begin with a number. */
static void a_comment_that_begins_with_a_number_is_skipped(void **state)
{
	(void)state;
	assert_int_equal(open_text("2 machines, 4 CPUs each\n1 | 1 1 | 0 0 0 0\n", 0), 0);
	assert_true(trace_next(&trace));
	assert_false(trace_next(&trace));
}

/* Its second half must not pass for a row of its own, nor shift the count of lines. */
static void a_comment_longer_than_any_row_is_one_line(void **state)
{
	char text[1200] = "#";

	(void)state;
	memset(text + 1, ' ', 600);
	strcpy(text + 601, "9 of them\n1 | 1 1 | 0 0 0 0\nand\n2 | broken |\n");
	assert_int_equal(open_text(text, 0), -EINVAL);
	assert_int_equal(trace.line, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	static const struct CMUnitTest tests[] = {
		TEST(rows_become_facts_and_their_sums_run_on),
		TEST(totals_are_the_largest_met_unless_given),
		TEST(without_any_row_there_is_no_data),
		TEST(a_damaged_row_is_named_by_its_line),
		TEST(numbers_do_not_wrap),
		TEST(a_row_damaged_later_ends_with_an_error),
		TEST(times_are_in_tenths_of_a_second),
		TEST(fractions_are_cut_off),
		TEST(a_row_may_hold_more_stall_than_its_time),
		TEST(a_comment_that_begins_with_a_number_is_skipped),
		TEST(a_comment_longer_than_any_row_is_one_line),
	};

	return RUN("reapctl/trace", tests);
}
