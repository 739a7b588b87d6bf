// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_text.c - base/text: strings to numbers and back. A parser takes the whole string or fails
 * and leaves its output alone.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/base/clock.h"
#include "../../agent/base/text.h"

#define UNTOUCHED 4711

struct number_case {
	const char *text;
	int err;
	uint64_t value;
};

typedef int u64_parser(const char *s, uint64_t *ret);

static void check_all(u64_parser *parse, const struct number_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t got = UNTOUCHED, want = c[i].err ? UNTOUCHED : c[i].value;
		int err = parse(c[i].text, &got);

		if (err != c[i].err || got != want)
			fail_msg("'%s': %d, %llu instead of %d, %llu", c[i].text, err,
				 (unsigned long long)got, c[i].err, (unsigned long long)want);
	}
}

static void u64_is_digits_and_nothing_else(void **state)
{
	static const struct number_case cases[] = {
		{ "0", 0, 0 },
		{ "42", 0, 42 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "99999999999999999999", -ERANGE, 0 },
		{ "184467440737095516150", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1 2", -EINVAL, 0 },
		{ "1\n", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "1.0", -EINVAL, 0 },
		{ "ten", -EINVAL, 0 },
		{ "\xd9\xa1", -EINVAL, 0 }, /* ARABIC-INDIC DIGIT ONE */
	};

	(void)state;
	check_all(text_to_u64, cases, countof(cases));
}

static void i64_has_one_minus_and_does_not_wrap(void **state)
{
	static const struct {
		const char *text;
		int err;
		int64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "-0", 0, 0 },
		{ "-1000", 0, -1000 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775807", 0, -INT64_MAX },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "-9223372036854775809", -ERANGE, 0 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "-", -EINVAL, 0 },
		{ "--1", -EINVAL, 0 },
		{ "- 1", -EINVAL, 0 },
		{ "1-", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		int64_t got = UNTOUCHED, want = cases[i].err ? UNTOUCHED : cases[i].value;

		assert_int_equal(text_to_i64(cases[i].text, &got), cases[i].err);
		assert_int_equal(got, want);
	}
}

static void bool_is_one_of_eight_words(void **state)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };
	static const char *const neither[] = { "",   "y",  "Yes",   "YES",    "yes ", " yes",
					       "10", "01", "true1", "enable", "2" };
	bool got;

	(void)state;
	for (size_t i = 0; i < countof(yes); i++) {
		got = false;
		assert_int_equal(text_to_bool(yes[i], &got), 0);
		assert_true(got);
		assert_int_equal(text_to_bool(no[i], &got), 0);
		assert_false(got);
	}
	for (size_t i = 0; i < countof(neither); i++) {
		got = i & 1;
		assert_int_equal(text_to_bool(neither[i], &got), -EINVAL);
		assert_int_equal(got, i & 1);
	}
}

static void a_size_has_a_binary_unit_or_is_in_bytes(void **state)
{
	static const struct number_case cases[] = {
		{ "0", 0, 0 },
		{ "512", 0, 0 },
		{ "1023", 0, 0 },
		{ "1024", 0, 1 },
		{ "4096", 0, 4 },
		{ "512K", 0, 512 },
		{ "512KiB", 0, 512 },
		{ "64M", 0, 65536 },
		{ "64MiB", 0, 65536 },
		{ "2G", 0, 2097152 },
		{ "1T", 0, 1 << 30 },
		{ "18446744073709551615", 0, UINT64_MAX >> 10 },
		{ "18014398509481983K", 0, 18014398509481983 },
		{ "18014398509481984K", -ERANGE, 0 },
		{ "16777216T", -ERANGE, 0 },
		{ "16777215T", 0, 16777215ULL << 30 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "K", -EINVAL, 0 },
		{ "1k", -EINVAL, 0 },
		{ "1KB", -EINVAL, 0 },
		{ "1Ki", -EINVAL, 0 },
		{ "1iB", -EINVAL, 0 },
		{ "1KiBs", -EINVAL, 0 },
		{ "1 K", -EINVAL, 0 },
		{ "1K ", -EINVAL, 0 },
		{ "1.5G", -EINVAL, 0 },
		{ "-1K", -EINVAL, 0 },
		{ "1P", -EINVAL, 0 },
		{ "1B", -EINVAL, 0 },
	};

	(void)state;
	check_all(text_to_kib, cases, countof(cases));
}

static void a_time_without_unit_is_in_milliseconds(void **state)
{
	static const struct number_case cases[] = {
		{ "0", 0, 0 },
		{ "1", 0, NS_PER_MS },
		{ "20us", 0, 20 * NS_PER_US },
		{ "500ms", 0, 500 * NS_PER_MS },
		{ "2s", 0, 2 * NS_PER_S },
		{ "5min", 0, 300 * NS_PER_S },
		{ "1h", 0, 3600 * NS_PER_S },
		{ "18446744073709551us", 0, 18446744073709551000ULL },
		{ "18446744073709552us", -ERANGE, 0 },
		{ "18446744074s", -ERANGE, 0 },
		{ "5124096h", -ERANGE, 0 },
		{ "5124095h", 0, 5124095 * (3600 * NS_PER_S) },
		{ "18446744073709551616ms", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ "1s ", -EINVAL, 0 },
		{ "1sec", -EINVAL, 0 },
		{ "1ns", -EINVAL, 0 },
		{ "1m", -EINVAL, 0 },
		{ "1d", -EINVAL, 0 },
		{ "1S", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "1s1ms", -EINVAL, 0 },
	};

	(void)state;
	check_all(text_to_ns, cases, countof(cases));
}

static void a_share_ends_in_percent_and_is_at_most_all(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint32_t value;
	} cases[] = {
		{ "0%", 0, 0 },
		{ "60%", 0, 600 },
		{ "12.5%", 0, 125 },
		{ "0.1%", 0, 1 },
		{ "99.9%", 0, 999 },
		{ "100%", 0, 1000 },
		{ "100.0%", 0, 1000 },
		{ "100.1%", 0, 1001 },
		{ "101%", 0, 1010 },
		{ "429496729.5%", 0, UINT32_MAX },
		{ "429496729.6%", -ERANGE, 0 },
		{ "4294967297%", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "%", -EINVAL, 0 },
		{ "5", -EINVAL, 0 },
		{ "5.%", -EINVAL, 0 },
		{ ".5%", -EINVAL, 0 },
		{ "12.55%", -EINVAL, 0 },
		{ "5 %", -EINVAL, 0 },
		{ "5%%", -EINVAL, 0 },
		{ "5%x", -EINVAL, 0 },
		{ "-5%", -EINVAL, 0 },
		{ "5./%", -EINVAL, 0 },
		{ "5.:%", -EINVAL, 0 },
		{ "5,5%", -EINVAL, 0 },
		{ "18446744073709551616%", -ERANGE, 0 },
		{ "1844674407370955162%", -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		uint32_t got = UNTOUCHED, want = cases[i].err ? UNTOUCHED : cases[i].value;
		int err = text_to_permille(cases[i].text, &got);

		if (err != cases[i].err || got != want)
			fail_msg("'%s': %d, %u", cases[i].text, err, got);
	}
}

static void a_distance_is_how_many_letters_are_wrong(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned int distance;
	} cases[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "psi.full", "psi.full", 0 },
		{ "psi.ful", "psi.full", 1 },
		{ "psi.fulll", "psi.full", 1 },
		{ "psy.full", "psi.full", 1 },
		{ "kitten", "sitting", 3 },
		{ "abc", "xyz", 3 },
	};
	char huge[200];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(text_distance(cases[i].a, cases[i].b), cases[i].distance);
		assert_int_equal(text_distance(cases[i].b, cases[i].a), cases[i].distance);
	}
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = 0;
	assert_int_equal(text_distance(huge, "y"), 32);
	assert_int_equal(text_distance(huge, huge), 0);
}

static void words_are_wrapped_at_blanks_and_long_ones_cut(void **state)
{
	static char text[256];
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	text_wrap(f, "# ", 10, "aa bb cc dddd 0123456789abc e");
	fclose(f);
	assert_string_equal(text, "aa bb cc\n# dddd\n# 01234567\n# 89abc e\n");
}

static void a_size_is_said_in_the_unit_that_fits(void **state)
{
	static const struct {
		uint64_t kib;
		const char *text;
	} cases[] = {
		{ 0, "0 KiB" },		{ 640, "640 KiB" },	   { 1023, "1023 KiB" },
		{ 1024, "1.0 MiB" },	{ 1536, "1.5 MiB" },	   { 10239, "9.9 MiB" },
		{ 10240, "10 MiB" },	{ 1048575, "1023 MiB" },   { 1048576, "1.0 GiB" },
		{ 1992294, "1.8 GiB" }, { 1ULL << 30, "1.0 TiB" }, { 5ULL << 40, "5120 TiB" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_ptr_equal(text_kib(buf, sizeof(buf), cases[i].kib), buf);
		assert_string_equal(buf, cases[i].text);
	}
}

static void a_time_is_said_in_the_unit_that_fits(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 us" },
		{ 999, "0 us" },
		{ 740 * NS_PER_US, "740 us" },
		{ NS_PER_MS - 1, "999 us" },
		{ NS_PER_MS, "1.0 ms" },
		{ 41399 * NS_PER_US, "41.3 ms" },
		{ NS_PER_S - 1, "999.9 ms" },
		{ NS_PER_S, "1.0 s" },
		{ 2199 * NS_PER_MS, "2.1 s" },
		{ 86400 * NS_PER_S, "86400.0 s" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_ptr_equal(text_ns(buf, sizeof(buf), cases[i].ns), buf);
		assert_string_equal(buf, cases[i].text);
	}
}

/* Exabytes and years are wider; they still must not overrun a small buffer. */
static void what_is_said_fits_eleven_columns_and_any_buffer(void **state)
{
	static const uint64_t kib[] = { 1023, 1 << 20, 9999ULL << 30, 9999999ULL << 30 };
	static const uint64_t ns[] = { NS_PER_MS - 1, NS_PER_S - 1, 9999999 * NS_PER_S };
	char buf[33];

	(void)state;
	for (size_t i = 0; i < countof(kib); i++)
		assert_in_range(strlen(text_kib(buf, sizeof(buf), kib[i])), 5, 11);
	for (size_t i = 0; i < countof(ns); i++)
		assert_in_range(strlen(text_ns(buf, sizeof(buf), ns[i])), 4, 11);
	for (size_t size = 1; size < sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		text_kib(buf, size, UINT64_MAX);
		assert_in_range(strlen(buf), 0, size - 1);
		assert_int_equal(buf[size], 'x');
		text_ns(buf, size, UINT64_MAX);
		assert_in_range(strlen(buf), 0, size - 1);
		assert_int_equal(buf[size], 'x');
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(u64_is_digits_and_nothing_else),
		cmocka_unit_test(i64_has_one_minus_and_does_not_wrap),
		cmocka_unit_test(bool_is_one_of_eight_words),
		cmocka_unit_test(a_size_has_a_binary_unit_or_is_in_bytes),
		cmocka_unit_test(a_time_without_unit_is_in_milliseconds),
		cmocka_unit_test(a_share_ends_in_percent_and_is_at_most_all),
		cmocka_unit_test(a_distance_is_how_many_letters_are_wrong),
		cmocka_unit_test(words_are_wrapped_at_blanks_and_long_ones_cut),
		cmocka_unit_test(a_size_is_said_in_the_unit_that_fits),
		cmocka_unit_test(a_time_is_said_in_the_unit_that_fits),
		cmocka_unit_test(what_is_said_fits_eleven_columns_and_any_buffer),
	};

	return RUN("base/text", tests);
}
