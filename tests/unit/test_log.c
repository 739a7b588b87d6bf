// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_log.c - base/log: one line, one write, the level first under systemd.
 */
#include "test.h"

#include "../../agent/base/log.h"

static int plain(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_set_level(LOG_LEVEL_INFO);
	return 0;
}

static void a_line_begins_with_our_name_and_ends(void **state)
{
	(void)state;
	catch_begin(STDERR_FILENO);
	log_info("killed %s (%d)", "hog", 42);
	assert_string_equal(catch_end(), "reapd: killed hog (42)\n");
}

static void under_systemd_it_begins_with_its_level(void **state)
{
	(void)state;
	setenv("JOURNAL_STREAM", "8:1234", 1);
	catch_begin(STDERR_FILENO);
	log_err("one");
	log_warn("two");
	log_info("three");
	assert_string_equal(catch_end(), "<3>one\n<4>two\n<6>three\n");
}

static void what_is_less_grave_than_the_level_is_not_shown(void **state)
{
	static const enum log_level levels[] = { LOG_LEVEL_ERR, LOG_LEVEL_WARN, LOG_LEVEL_INFO,
						 LOG_LEVEL_DEBUG };
	static const char *const shown[] = {
		"reapd: e\n",
		"reapd: e\nreapd: w\n",
		"reapd: e\nreapd: w\nreapd: i\n",
		"reapd: e\nreapd: w\nreapd: i\nreapd: d\n",
	};

	(void)state;
	for (size_t i = 0; i < countof(levels); i++) {
		log_set_level(levels[i]);
		assert_int_equal(log_get_level(), levels[i]);
		catch_begin(STDERR_FILENO);
		log_err("e");
		log_warn("w");
		log_info("i");
		log_debug("d");
		assert_string_equal(catch_end(), shown[i]);
	}
}

static void a_long_line_is_cut_and_still_ends(void **state)
{
	static char word[3000];
	const char *line;

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	for (int len = 1000; len < 1040; len++) {
		catch_begin(STDERR_FILENO);
		log_info("%.*s", len, word);
		line = catch_end();
		assert_in_range(strlen(line), 1000, 1024);
		assert_int_equal(strspn(line + 7, "w") + 8, strlen(line));
		assert_int_equal(line[strlen(line) - 1], '\n');
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line_begins_with_our_name_and_ends, plain),
		cmocka_unit_test_setup(under_systemd_it_begins_with_its_level, plain),
		cmocka_unit_test_setup(what_is_less_grave_than_the_level_is_not_shown, plain),
		cmocka_unit_test_setup(a_long_line_is_cut_and_still_ends, plain),
	};

	return RUN("base/log", tests);
}
