// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_clean.c - base/text: bounded copies, and text that is fit to be shown.
 */
#include "test.h"

#include "../../agent/base/text.h"

static void a_copy_that_fits_is_whole(void **state)
{
	char buf[6];

	(void)state;
	assert_true(text_copy(buf, sizeof(buf), ""));
	assert_string_equal(buf, "");
	assert_true(text_copy(buf, sizeof(buf), "abcde"));
	assert_string_equal(buf, "abcde");
}

static void a_copy_that_does_not_fit_is_cut_and_said_so(void **state)
{
	char buf[8] = "ZZZZZZZ";

	(void)state;
	assert_false(text_copy(buf, 6, "abcdef"));
	assert_string_equal(buf, "abcde");
	assert_int_equal(buf[6], 'Z');
	assert_false(text_copy(buf, 1, "x"));
	assert_string_equal(buf, "");
	assert_true(text_copy(buf, 1, ""));
}

/* The source need not end in NUL as long as it is longer than the destination. */
static void a_copy_reads_no_further_than_it_writes(void **state)
{
	char *source = test_malloc(4), buf[4];

	(void)state;
	memset(source, 'a', 4);
	assert_false(text_copy(buf, sizeof(buf), source));
	assert_string_equal(buf, "aaa");
	test_free(source);
}

static const char *const valid[] = {
	"a",
	"com.example.app",
	"with space",
	"caf\xc3\xa9",
	"\xc2\xa0",	    /* U+00A0, the first behind the C1 controls */
	"\xdf\xbf",	    /* U+07FF */
	"\xe0\xa0\x80",	    /* U+0800 */
	"\xed\x9f\xbf",	    /* U+D7FF, last before the surrogates */
	"\xee\x80\x80",	    /* U+E000, first behind them */
	"\xef\xbf\xbf",	    /* U+FFFF */
	"\xf0\x90\x80\x80", /* U+10000 */
	"\xf4\x8f\xbf\xbf", /* U+10FFFF, the last there is */
};

/* Each with what text_clean() makes of it. */
static const struct {
	const char *text, *clean;
} broken[] = {
	{ "a\nb", "a?b" },
	{ "\t", "?" },
	{ "\x1b[31m", "?[31m" },
	{ "\x7f", "?" },
	{ "\x80", "?" }, /* continuation alone */
	{ "\xbf\xbf", "??" },
	{ "\xc3", "?" }, /* cut off */
	{ "\xc3(", "?(" },
	{ "\xe2\x82", "??" },
	{ "\xe2\x82z", "??z" },
	{ "\xf0\x9f\x98", "???" },
	{ "\xf0", "?" },
	{ "\xc0\xaf", "??" }, /* overlong '/' in 2, 3 and 4 bytes */
	{ "\xc1\xbf", "??" },
	{ "\xe0\x80\xaf", "???" },
	{ "\xe0\x9f\xbf", "???" },
	{ "\xf0\x80\x80\xaf", "????" },
	{ "\xf0\x8f\xbf\xbf", "????" },
	{ "\xed\xa0\x80", "???" }, /* surrogates */
	{ "\xed\xbf\xbf", "???" },
	{ "\xf4\x90\x80\x80", "????" }, /* above U+10FFFF */
	{ "\xf5\x80\x80\x80", "????" },
	{ "\xff", "?" },
	{ "ok\xc3\xa9\xc3", "ok\xc3\xa9?" },
};

static void text_of_all_planes_is_clean(void **state)
{
	char copy[32];

	(void)state;
	for (size_t i = 0; i < countof(valid); i++) {
		assert_true(text_is_clean(valid[i]));
		strcpy(copy, valid[i]);
		text_clean(copy);
		assert_string_equal(copy, valid[i]);
	}
}

static void nothing_is_not_clean_text(void **state)
{
	char empty[] = "";

	(void)state;
	assert_false(text_is_clean(empty));
	text_clean(empty);
	assert_string_equal(empty, "");
}

static void what_is_broken_is_refused_and_cleaned_byte_by_byte(void **state)
{
	char copy[32];

	(void)state;
	for (size_t i = 0; i < countof(broken); i++) {
		if (text_is_clean(broken[i].text))
			fail_msg("case %zu is taken for clean", i);
		strcpy(copy, broken[i].text);
		text_clean(copy);
		assert_string_equal(copy, broken[i].clean);
		assert_true(text_is_clean(copy));
	}
}

/* U+0080 to U+009F: U+009B alone begins a control sequence on many terminals. */
static void c1_controls_are_control_characters_too(void **state)
{
	(void)state;
	assert_false(text_is_clean("\xc2\x80"));
	assert_false(text_is_clean("\xc2\x9b"
				   "31m"));
	assert_false(text_is_clean("\xc2\x9f"));
}

static void cleaning_any_bytes_gives_clean_text_of_the_same_length(void **state)
{
	uint64_t seed = 1;
	char text[64];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = 1 + next_random(&seed) % (sizeof(text) - 1);

		for (size_t i = 0; i < len; i++)
			text[i] = (char)(1 + next_random(&seed) % 255);
		text[len] = 0;
		text_clean(text);
		assert_true(text_is_clean(text));
		assert_int_equal(strlen(text), len);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_that_fits_is_whole),
		cmocka_unit_test(a_copy_that_does_not_fit_is_cut_and_said_so),
		cmocka_unit_test(a_copy_reads_no_further_than_it_writes),
		cmocka_unit_test(text_of_all_planes_is_clean),
		cmocka_unit_test(nothing_is_not_clean_text),
		cmocka_unit_test(what_is_broken_is_refused_and_cleaned_byte_by_byte),
		cmocka_unit_test(c1_controls_are_control_characters_too),
		cmocka_unit_test(cleaning_any_bytes_gives_clean_text_of_the_same_length),
	};

	return RUN("base/text: clean", tests);
}
