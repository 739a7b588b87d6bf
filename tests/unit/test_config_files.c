// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_config_files.c - config: files, lines, sections, drop-ins and filters, good and bad. What is
 * wrong is named with its line, and a configuration that failed changes nothing.
 */
#include "config.h"

#include <errno.h>

/* "FILE:LINE: " of what was complained about, and how often anything was. */
static bool said_at(const char *name, int line, const char *what)
{
	char where[256];

	snprintf(where, sizeof(where), "%s:%d: %s", in_scratch(name), line, what);
	return strstr(said, where);
}

static int complaints(void)
{
	int n = 0;

	for (const char *p = said; *p; p++)
		n += *p == '\n';
	return n;
}

static void every_line_that_is_wrong_is_named(void **state)
{
	(void)state;
	assert_int_equal(load("[agent]\n"
			      "reapers = 99\n"
			      "# a comment\n"
			      "colour = red\n"
			      "\n"
			      "[nonsense]\n"
			      "x = y\n"
			      "[protect]\n"
			      "package = *\n"
			      "pid = 1\n"),
			 -EINVAL);
	assert_true(said_at("reapd.conf", 2, "reapers = 99: must be a number"));
	assert_true(said_at("reapd.conf", 4, "unknown key 'colour' in section [agent]"));
	assert_true(said_at("reapd.conf", 7, "unknown section [nonsense]"));
	assert_true(said_at("reapd.conf", 9, "package = *: a lone * would match everything"));
	assert_true(said_at("reapd.conf", 10, "unknown key 'pid'; allowed: package, cgroup, uid"));
	assert_int_equal(complaints(), 5);
}

static void a_key_before_any_section_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(load("dry_run = yes\n"), -EINVAL);
	assert_true(said_at("reapd.conf", 1, "'dry_run' stands before any [section]"));
}

static void what_is_neither_section_nor_key_is_named_with_its_line(void **state)
{
	(void)state;
	assert_int_equal(load("[agent]\ndry_run = no\nwhat is this\nreapers = 3\n"), -EINVAL);
	assert_true(said_at("reapd.conf", 3, "expected [section] or key = value"));
	assert_int_equal(load("\n\n[agent\nreapers = 3\n"), -EINVAL);
	assert_true(said_at("reapd.conf", 3, "expected [section] or key = value"));
}

/* config.h: all errors of all files are logged. */
static void two_such_lines_are_both_named(void **state)
{
	(void)state;
	assert_int_equal(load("[agent]\none\nreapers = 3\ntwo\n"), -EINVAL);
	assert_true(said_at("reapd.conf", 2, "expected [section] or key = value"));
	assert_true(said_at("reapd.conf", 4, "expected [section] or key = value"));
}

static void comments_blanks_and_crlf_are_fine(void **state)
{
	(void)state;
	assert_int_equal(load("\xef\xbb\xbf; bom\r\n\r\n#x\n[agent]\r\nreapers=3\r\n"
			      "scope   =   /a ; with a comment\n\n\n"),
			 0);
	assert_int_equal(config.reapers, 3);
	assert_string_equal(config.scope, "/a");
}

/* inih would cut it in two and take the second half for a key. */
static void a_line_that_is_too_long_is_named_and_the_rest_still_read(void **state)
{
	char text[1024] = "[agent]\nstate_dir = /";

	(void)state;
	memset(text + strlen(text), 'x', 600);
	strcat(text, "\nreapers = 99\n");
	assert_int_equal(load(text), -EINVAL);
	assert_true(said_at("reapd.conf", 2, "line longer than 198 bytes"));
	assert_true(said_at("reapd.conf", 3, "reapers = 99"));
	assert_int_equal(complaints(), 2);
}

static void a_line_of_198_bytes_is_the_longest(void **state)
{
	char text[512] = "[agent]\nstate_dir = /";

	(void)state;
	memset(text + strlen(text), 'x', 198 - strlen("state_dir = /"));
	assert_int_equal(load(text), 0);
	strcat(text, "\n");
	assert_int_equal(load(text), 0);
	assert_int_equal(strlen(config.state_dir), 198 - strlen("state_dir = "));
	text[strlen(text) - 1] = 'x';
	assert_int_equal(load(text), -EINVAL);
	strcat(text, "\n");
	assert_int_equal(load(text), -EINVAL);
}

/* People indent. What is meant to protect must not end up as a strange name. */
static void an_indented_key_is_a_key(void **state)
{
	(void)state;
	assert_int_equal(load("[protect]\n\tpackage = sshd\n\tpackage = nginx\n\tuid = 7\n"), 0);
	assert_int_equal(config.filters->n, 3);
	assert_string_equal(config.filters->filter[0].key.package.name, "sshd");
	assert_string_equal(config.filters->filter[1].key.package.name, "nginx");
	assert_int_equal(config.filters->filter[2].kind, FILTER_UID);
}

static void a_nul_byte_is_an_error(void **state)
{
	static const char hidden[] = "[protect]\n\0package = sshd\n[agent]\nreapers = 3\n";
	static const char tail[] = "[agent]\nreapers = 3\0garbage";

	(void)state;
	put_bytes(in_scratch("reapd.conf"), tail, sizeof(tail) - 1);
	assert_int_equal(load_path(in_scratch("reapd.conf")), -EINVAL);
	put_bytes(in_scratch("reapd.conf"), hidden, sizeof(hidden) - 1);
	assert_int_equal(load_path(in_scratch("reapd.conf")), -EINVAL);
}

static void a_missing_file_is_an_error_where_it_was_asked_for(void **state)
{
	(void)state;
	assert_int_equal(load_path(in_scratch("none.conf")), -ENOENT);
	assert_non_null(strstr(said, "none.conf: No such file"));
	if (!access(CONFIG_FILE, F_OK))
		skip();
	assert_int_equal(load_path(NULL), 0);
	assert_string_equal(config.strategy, "host");
}

/* Half a file has half of the filters. */
static void a_file_that_cannot_be_read_is_an_error(void **state)
{
	(void)state;
	assert_true(load_path(scratch) < 0);
	drop_in("10.conf", "");
	assert_int_equal(mkdir(in_scratch("reapd.conf.d/20.conf"), 0700), 0);
	assert_true(load("") < 0);
}

static void a_configuration_that_failed_changes_nothing(void **state)
{
	struct config before;

	(void)state;
	config_done(&config);
	memset(&config, 0x5a, sizeof(config));
	before = config;
	catch_begin(STDERR_FILENO);
	int err = config_load(&config, put_file("reapd.conf", "[agent]\nreapers = 0\n"));

	catch_end();
	assert_int_equal(err, -EINVAL);
	assert_memory_equal(&config, &before, sizeof(before));
	memset(&config, 0, sizeof(config));
}

static void drop_ins_are_read_in_alphabetical_order_and_the_last_wins(void **state)
{
	(void)state;
	drop_in("20-b.conf", "[agent]\nreapers = 5\nscope = /b\n[protect]\nuid = 2\n");
	drop_in("10-a.conf", "[agent]\nreapers = 4\nscope = /a\n[protect]\nuid = 1\n");
	drop_in("30-c.conf.disabled", "[agent]\nreapers = 6\n");
	drop_in("README", "no configuration at all\n");
	assert_int_equal(load("[agent]\nreapers = 3\nverbose = yes\n[protect]\nuid = 0\n"), 0);
	assert_int_equal(config.reapers, 5);
	assert_string_equal(config.scope, "/b");
	assert_true(config.verbose);
	assert_int_equal(config.filters->n, 3);
	for (__u32 i = 0; i < 3; i++)
		assert_int_equal(config.filters->filter[i].key.uid, i);
}

static void errors_of_all_files_are_named_before_it_fails(void **state)
{
	(void)state;
	drop_in("10.conf", "[agent]\nreapers = 4\n");
	drop_in("20.conf", "\n[agent]\nreapers = 50\n");
	drop_in("30.conf", "oops\n");
	assert_int_equal(load("[agent]\nverbose = 7\n"), -EINVAL);
	assert_true(said_at("reapd.conf", 2, "verbose = 7"));
	assert_true(said_at("reapd.conf.d/20.conf", 3, "reapers = 50"));
	assert_true(said_at("reapd.conf.d/30.conf", 1, "expected"));
	assert_int_equal(complaints(), 3);
}

static void a_bad_drop_in_fails_a_good_file(void **state)
{
	(void)state;
	drop_in("10.conf", "[agent]\nreapers = 50\n");
	drop_in("20.conf", "[agent]\nreapers = 5\n");
	assert_int_equal(load("[agent]\nreapers = 3\n"), -EINVAL);
}

static void filters_have_the_action_of_their_section(void **state)
{
	static const __u32 values[] = { FILTER_PROTECT, FILTER_PROTECT, FILTER_PROTECT,
					FILTER_AVOID,	FILTER_PREFER,	FILTER_NORMAL };
	static const __u32 kinds[] = { FILTER_PACKAGE, FILTER_CGROUP, FILTER_UID,
				       FILTER_PACKAGE, FILTER_CGROUP, FILTER_UID };

	(void)state;
	assert_int_equal(load("[protect]\npackage = sshd\ncgroup = /a\nuid = 0\n"
			      "[avoid]\npackage = x*\n[prefer]\ncgroup = /b\n[normal]\nuid = 1\n"),
			 0);
	assert_int_equal(config.filters->n, countof(values));
	for (__u32 i = 0; i < countof(values); i++) {
		assert_int_equal(config.filters->filter[i].value, values[i]);
		assert_int_equal(config.filters->filter[i].kind, kinds[i]);
	}
}

static void of_two_filters_for_the_same_the_later_counts(void **state)
{
	(void)state;
	assert_int_equal(load("[protect]\npackage = a\ncgroup = /a\n[avoid]\npackage = a*\n"
			      "[prefer]\npackage = a\ncgroup = /a/\n"),
			 0);
	assert_int_equal(config.filters->n, 3);
	assert_int_equal(config.filters->filter[0].value, FILTER_PREFER);
	assert_int_equal(config.filters->filter[1].value, FILTER_PREFER);
	assert_int_equal(config.filters->filter[2].value, FILTER_AVOID);
}

static void more_filters_than_a_map_holds_are_refused(void **state)
{
	static char text[32 * FILTERS_MAX];
	size_t len = (size_t)sprintf(text, "[protect]\n");

	(void)state;
	for (int i = 0; i < FILTERS_MAX; i++)
		len += (size_t)sprintf(text + len, "uid = %d\n", i);
	assert_int_equal(load(text), 0);
	assert_int_equal(config.filters->n, FILTERS_MAX);
	strcpy(text + len, "uid = 7\n"); /* known already */
	assert_int_equal(load(text), 0);
	strcpy(text + len, "uid = 99999\n");
	assert_int_equal(load(text), -EINVAL);
	assert_true(said_at("reapd.conf", FILTERS_MAX + 2, "more than 1024 filters"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, config_end)
	static const struct CMUnitTest tests[] = {
		TEST(every_line_that_is_wrong_is_named),
		TEST(a_key_before_any_section_is_an_error),
		TEST(what_is_neither_section_nor_key_is_named_with_its_line),
		TEST(two_such_lines_are_both_named),
		TEST(comments_blanks_and_crlf_are_fine),
		TEST(a_line_that_is_too_long_is_named_and_the_rest_still_read),
		TEST(a_line_of_198_bytes_is_the_longest),
		TEST(an_indented_key_is_a_key),
		TEST(a_nul_byte_is_an_error),
		TEST(a_missing_file_is_an_error_where_it_was_asked_for),
		TEST(a_file_that_cannot_be_read_is_an_error),
		TEST(a_configuration_that_failed_changes_nothing),
		TEST(drop_ins_are_read_in_alphabetical_order_and_the_last_wins),
		TEST(errors_of_all_files_are_named_before_it_fails),
		TEST(a_bad_drop_in_fails_a_good_file),
		TEST(filters_have_the_action_of_their_section),
		TEST(of_two_filters_for_the_same_the_later_counts),
		TEST(more_filters_than_a_map_holds_are_refused),
	};

	return RUN("config: files", tests);
}
