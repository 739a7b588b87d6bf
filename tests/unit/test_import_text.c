// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* test_import_text.c - tools/import_text: lines, words, numbers, and whose configuration a text is. */
#include "test.h"

#include <errno.h>

#include "../../agent/base/text.h"
#include "../../tools/import_text.h"

static void lines_are_split_and_joined(void **state)
{
	char text[] = "one\n\ntwo \\\nthree\\\n# four\\\nfive\\", *at = text;
	unsigned int number = 0;

	(void)state;
	assert_string_equal(import_next_line(&at, &number, true), "one");
	assert_string_equal(import_next_line(&at, &number, true), "");
	assert_int_equal(number, 2);
	assert_string_equal(import_next_line(&at, &number, true), "two   three  # four  five\\");
	assert_int_equal(number, 6);
	assert_null(import_next_line(&at, &number, true));
	at = strcpy(text, "a\\\nb");
	assert_string_equal(import_next_line(&at, &number, false), "a\\");
	assert_string_equal(import_next_line(&at, &number, false), "b");
	/* A comment does not go on. */
	at = strcpy(text, " # a\\\nb");
	assert_string_equal(import_next_line(&at, &number, true), " # a\\");
	at = strcpy(text, "\n");
	assert_string_equal(import_next_line(&at, &number, true), "");
	assert_null(import_next_line(&at, &number, true));
}

static void keys_and_values_are_split_at_the_first_sign(void **state)
{
	char text[] = " a b \t= c = d \r", none[] = "abc", empty[] = "=";
	char *key, *value;

	(void)state;
	assert_true(import_key_value(text, &key, &value));
	assert_string_equal(key, "a b");
	assert_string_equal(value, "c = d");
	assert_false(import_key_value(none, &key, &value));
	assert_true(import_key_value(empty, &key, &value));
	assert_string_equal(key, "");
	assert_string_equal(value, "");
}

static void words_are_a_shells(void **state)
{
	static const struct {
		const char *text;
		int n;
		const char *words[4];
	} rows[] = {
		{ "", 0, {} },
		{ " \t\n", 0, {} },
		{ "a", 1, { "a" } },
		{ "  a\tb  ", 2, { "a", "b" } },
		{ "'a b' \"c d\"", 2, { "a b", "c d" } },
		{ "a'b'\"c\"d", 1, { "abcd" } },
		{ "'' \"\"", 2, { "", "" } },
		{ "a\\ b \\'", 2, { "a b", "'" } },
		{ "'a\\b' \"a\\b\" a\\b", 3, { "a\\b", "a\\b", "ab" } },
		{ "\"\\\"\\\\\\$\\`\"", 1, { "\"\\$`" } },
		{ "a\\", 1, { "a\\" } },
		{ "$HOME `x` *", 3, { "$HOME", "`x`", "*" } },
		{ "'a", -EINVAL, {} },
		{ "b \"a'", -EINVAL, {} },
		{ "1 2 3 4", 4, { "1", "2", "3", "4" } },
		{ "1 2 3 4 5", -E2BIG, {} },
	};
	char text[64], *words[4];

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		strcpy(text, rows[i].text);
		assert_int_equal(import_words(text, words, 4), rows[i].n);
		for (int w = 0; w < rows[i].n; w++)
			assert_string_equal(words[w], rows[i].words[w]);
	}
}

static void numbers_are_whole_and_finite(void **state)
{
	static const char *const bad[] = { "",	 "x",	"1x",  " 1",	"1 ", "nan", "inf", "0x10",
					   "1e", "1..", "--1", "1e999", ".",  "-",   "+",   "1,5" };
	double n = 7;

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		if (import_number(bad[i], &n))
			fail_msg("taken: '%s'", bad[i]);
	}
	assert_true(n == 7);
	assert_true(import_number("10", &n) && n == 10);
	assert_true(import_number("-2.5", &n) && n == -2.5);
	assert_true(import_number("+.5", &n) && n == 0.5);
	assert_true(import_number("1e3", &n) && n == 1000);
	assert_true(import_number("5.", &n) && n == 5);
}

static void values_are_written_as_we_read_them(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(text_kib_exact(buf, sizeof(buf), 0), "0K");
	assert_string_equal(text_kib_exact(buf, sizeof(buf), 1), "1K");
	assert_string_equal(text_kib_exact(buf, sizeof(buf), 1536), "1536K");
	assert_string_equal(text_kib_exact(buf, sizeof(buf), 2048), "2M");
	assert_string_equal(text_kib_exact(buf, sizeof(buf), 3 << 20), "3G");
	assert_string_equal(text_kib_exact(buf, sizeof(buf), 1ULL << 42), "4096T");
	assert_string_equal(import_time(buf, sizeof(buf), 0), "0s");
	assert_string_equal(import_time(buf, sizeof(buf), 0.0004), "0s");
	assert_string_equal(import_time(buf, sizeof(buf), 0.0005), "1ms");
	assert_string_equal(import_time(buf, sizeof(buf), 1.25), "1250ms");
	assert_string_equal(import_time(buf, sizeof(buf), 90), "90s");
	assert_string_equal(import_share(buf, sizeof(buf), 0), "0%");
	assert_string_equal(import_share(buf, sizeof(buf), 0.01), "0.1%");
	assert_string_equal(import_share(buf, sizeof(buf), 12.34), "12.3%");
	assert_string_equal(import_share(buf, sizeof(buf), 99.96), "100%");
	assert_string_equal(import_share(buf, sizeof(buf), 100), "100%");
	assert_false(import_share_rounds(12.3));
	assert_false(import_share_rounds(0));
	assert_true(import_share_rounds(12.34));
	assert_true(import_share_rounds(0.01));
}

static void comparisons_are_joined_and_never_overflow(void **state)
{
	char when[16] = "";

	(void)state;
	import_and(when, sizeof(when), "a > %d", 1);
	assert_string_equal(when, "a > 1");
	import_and(when, sizeof(when), "b");
	assert_string_equal(when, "a > 1 and b");
	import_and(when, sizeof(when), "c");
	import_and(when, sizeof(when), "d");
	assert_string_equal(when, "a > 1 and b and");
}

static void peers_are_known_by_what_they_write(void **state)
{
	static const struct {
		const char *text, *peer;
	} rows[] = {
		{ "", NULL },
		{ "\n# nothing\n", NULL },
		{ "[Unit]\nDescription=x\n", NULL },
		{ "[OOM]\n", "systemd-oomd" },
		{ "# first\n[OOM]\nSwapUsedLimit=1%\n", "systemd-oomd" },
		{ "[Slice]\nManagedOOMSwap=kill\n", "systemd-oomd" },
		{ "[Service]\nOOMRules=x\n", "systemd-oomd" },
		{ "[Rule]\nMemoryPressureAbove=1%\n", "systemd-oomd" },
		{ "[Rule]\nSwapUsageMax=1%\n", "systemd-oomd" },
		{ "{}", "oomd" },
		{ " \n\t{\"rulesets\": []}", "oomd" },
		{ "// said before\n/* and\n * more */\n\n{", "oomd" },
		{ "a() {\n}\n", NULL },
		{ "x\n{\n", NULL },
		{ "/*/ {", NULL },
		{ "#x\nEARLYOOM_ARGS=\"\"\n", "earlyoom" },
		{ "export EARLYOOM_ARGS=x", "earlyoom" },
		{ "#EARLYOOM_ARGS=\"\"\n", NULL },
		{ "  soft_threshold_min_mem = 5 %\n", NULL },
		{ " prose\nsoft_threshold_min_mem = 5 %\n", "nohang" },
		{ "hard_threshold_min_mem=1 M", "nohang" },
		{ "@BADNESS_ADJ_RE_NAME 1 /// x", "nohang" },
		{ "[agent]\nverbose = yes\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		const char *peer = import_recognise(rows[i].text);

		assert_string_equal(peer ? peer : "none", rows[i].peer ? rows[i].peer : "none");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_split_and_joined),
		cmocka_unit_test(keys_and_values_are_split_at_the_first_sign),
		cmocka_unit_test(words_are_a_shells),
		cmocka_unit_test(numbers_are_whole_and_finite),
		cmocka_unit_test(values_are_written_as_we_read_them),
		cmocka_unit_test(comparisons_are_joined_and_never_overflow),
		cmocka_unit_test(peers_are_known_by_what_they_write),
	};

	return RUN("reapctl/import text", tests);
}
