// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_filter.c - decide/filter: from text to the bytes of a map key and back. What a filter matches
 * is in test_filter_match.c.
 */
#include "test.h"

#include "../../agent/decide/filter.h"

static char *long_text(char first, char fill, size_t len)
{
	static char text[4][512];
	static unsigned int turn;
	char *p = text[turn++ % countof(text)];

	memset(p, fill, len);
	p[0] = first;
	p[len] = 0;
	return p;
}

static struct filter parse(__u32 kind, const char *text)
{
	struct filter f;
	const char *wrong = filter_parse(kind, text, &f);

	if (wrong)
		fail_msg("'%s' was refused: %s", text, wrong);
	return f;
}

static void refused(__u32 kind, const char *text, const char *why)
{
	struct filter f;
	const char *wrong = filter_parse(kind, text, &f);

	if (!wrong)
		fail_msg("'%s' was not refused", text);
	assert_string_not_equal(wrong, "");
	if (!strstr(wrong, why))
		fail_msg("'%s': '%s' does not speak of '%s'", text, wrong, why);
}

static void names_and_numbers_of_kinds_and_actions_agree(void **state)
{
	static const char *const kinds[] = { "package", "cgroup", "uid" };
	static const char *const actions[] = { "normal", "protect", "avoid", "prefer" };

	(void)state;
	for (__u32 i = 0; i < FILTER_KINDS; i++) {
		assert_string_equal(filter_kind_name(i), kinds[i]);
		assert_int_equal(filter_kind_find(kinds[i]), i);
	}
	for (__u32 i = 0; i < FILTER_ACTIONS; i++) {
		assert_string_equal(filter_action_name(i), actions[i]);
		assert_int_equal(filter_action_find(actions[i]), i);
	}
	assert_null(filter_kind_name(FILTER_KINDS));
	assert_null(filter_action_name(FILTER_ACTIONS));
	assert_null(filter_action_name(UINT32_MAX));
	assert_int_equal(filter_kind_find("Package"), -1);
	assert_int_equal(filter_kind_find(""), -1);
	assert_int_equal(filter_action_find("protected"), -1);
}

/* include/reapd/policy.h: "sshd\0" = 40 bits. */
static void a_whole_name_has_its_nul_in_the_key(void **state)
{
	static const unsigned char bytes[132] = { 40, 0, 0, 0, 's', 's', 'h', 'd', 0 };
	struct filter f = parse(FILTER_PACKAGE, "sshd");

	(void)state;
	assert_int_equal(f.kind, FILTER_PACKAGE);
	assert_int_equal(f.value, 0);
	assert_int_equal(filter_key_size(f.kind), 132);
	assert_memory_equal(&f.key, bytes, sizeof(bytes));
}

/* "com.example." = 96 bits. */
static void a_prefix_has_no_nul_in_the_key(void **state)
{
	static const unsigned char bytes[132] = { 96,  0,   0,	 0,   'c', 'o', 'm', '.',
						  'e', 'x', 'a', 'm', 'p', 'l', 'e', '.' };
	struct filter f = parse(FILTER_PACKAGE, "com.example.*");

	(void)state;
	assert_memory_equal(&f.key, bytes, sizeof(bytes));
}

static void a_cgroup_has_a_slash_at_its_end_in_the_key(void **state)
{
	static const unsigned char bytes[256] = { 48, 0, 0, 0, '/', 'a', '/', 'b', 'c', '/' };
	static const unsigned char root[256] = { 8, 0, 0, 0, '/' };
	struct filter f = parse(FILTER_CGROUP, "/a/bc");

	(void)state;
	assert_int_equal(filter_key_size(f.kind), 256);
	assert_memory_equal(&f.key, bytes, sizeof(bytes));
	f = parse(FILTER_CGROUP, "/a/bc/");
	assert_memory_equal(&f.key, bytes, sizeof(bytes));
	f = parse(FILTER_CGROUP, "/");
	assert_memory_equal(&f.key, root, sizeof(root));
}

static void a_uid_is_its_number(void **state)
{
	static const unsigned char bytes[4] = { 0xf2, 0x27, 0, 0 };
	struct filter f = parse(FILTER_UID, "10226");

	(void)state;
	assert_int_equal(filter_key_size(f.kind), 4);
	assert_memory_equal(&f.key, bytes, sizeof(bytes));
	assert_int_equal(parse(FILTER_UID, "0").key.uid, 0);
	assert_int_equal(parse(FILTER_UID, "4294967294").key.uid, 4294967294U);
}

/* Lengths and bytes behind the key are 0: the maps and hashes of policies look at all of them. */
static void what_a_key_does_not_use_is_zero(void **state)
{
	struct filter dirty, clean;

	(void)state;
	memset(&clean, 0, sizeof(clean));
	memset(&dirty, 0xff, sizeof(dirty));
	assert_null(filter_parse(FILTER_UID, "7", &dirty));
	clean.kind = FILTER_UID;
	clean.key.uid = 7;
	assert_memory_equal(&dirty, &clean, sizeof(clean));
}

static void the_longest_keys_fit(void **state)
{
	struct filter f = parse(FILTER_PACKAGE, long_text('n', 'n', 127));

	(void)state;
	assert_int_equal(f.key.package.prefixlen_bits, 8 * 128);
	f = parse(FILTER_PACKAGE, strcat(long_text('n', 'n', 127), "*"));
	assert_int_equal(f.key.package.prefixlen_bits, 8 * 127);
	f = parse(FILTER_CGROUP, long_text('/', 'c', 250));
	assert_int_equal(f.key.cgroup.prefixlen_bits, 8 * 251);
	f = parse(FILTER_CGROUP, strcat(long_text('/', 'c', 250), "/"));
	assert_int_equal(f.key.cgroup.prefixlen_bits, 8 * 251);
}

static void names_that_can_match_nothing_are_refused(void **state)
{
	(void)state;
	refused(FILTER_PACKAGE, "", "empty");
	refused(FILTER_PACKAGE, "*", "everything");
	refused(FILTER_PACKAGE, "**", "only at the end");
	refused(FILTER_PACKAGE, "a*b", "only at the end");
	refused(FILTER_PACKAGE, "*a", "only at the end");
	refused(FILTER_PACKAGE, "a**", "only at the end");
	refused(FILTER_PACKAGE, "system.slice/ssh.service", "cgroup");
	refused(FILTER_PACKAGE, "/usr/sbin/sshd", "last part");
	refused(FILTER_PACKAGE, long_text('n', 'n', 128), "127");
	refused(FILTER_PACKAGE, strcat(long_text('n', 'n', 128), "*"), "127");
	refused(FILTER_PACKAGE, "tab\there", "not valid text");
	refused(FILTER_PACKAGE, "new\nline", "not valid text");
	refused(FILTER_PACKAGE, "cut\xc3", "not valid text");
	refused(FILTER_PACKAGE, "\xc0\xaf", "not valid text");
}

static void paths_that_can_match_nothing_are_refused(void **state)
{
	(void)state;
	refused(FILTER_CGROUP, "", "empty");
	refused(FILTER_CGROUP, "system.slice", "begins with '/'");
	refused(FILTER_CGROUP, "//", "plain");
	refused(FILTER_CGROUP, "/a//b", "plain");
	refused(FILTER_CGROUP, "/a/../b", "plain");
	refused(FILTER_CGROUP, "/a/./b", "plain");
	refused(FILTER_CGROUP, long_text('/', 'c', 251), "250");
	refused(FILTER_CGROUP, "/a\x7f", "not valid text");
}

static void a_path_may_not_end_in_dots_either(void **state)
{
	(void)state;
	refused(FILTER_CGROUP, "/a/..", "plain");
	refused(FILTER_CGROUP, "/a/.", "plain");
	refused(FILTER_CGROUP, "/..", "plain");
}

static void what_is_no_user_id_is_refused(void **state)
{
	(void)state;
	refused(FILTER_UID, "", "empty");
	refused(FILTER_UID, "root", "not a number");
	refused(FILTER_UID, "-1", "not a number");
	refused(FILTER_UID, "1 ", "not a number");
	refused(FILTER_UID, "0x10", "not a number");
	refused(FILTER_UID, "4294967295", "not a user id");
	refused(FILTER_UID, "4294967296", "not a user id");
	refused(FILTER_UID, "18446744073709551616", "not a number");
}

static void a_filter_gives_back_the_text_it_was_made_from(void **state)
{
	const struct {
		__u32 kind;
		const char *text, *described;
	} cases[] = {
		{ FILTER_PACKAGE, "sshd", "package sshd" },
		{ FILTER_PACKAGE, "com.example.*", "package com.example.*" },
		{ FILTER_PACKAGE, "tmux: server", "package tmux: server" },
		{ FILTER_PACKAGE, "caf\xc3\xa9*", "package caf\xc3\xa9*" },
		{ FILTER_CGROUP, "/", "cgroup /" },
		{ FILTER_CGROUP, "/system.slice/ssh.service", "cgroup /system.slice/ssh.service" },
		{ FILTER_UID, "0", "uid 0" },
		{ FILTER_UID, "4294967294", "uid 4294967294" },
		{ FILTER_PACKAGE, long_text('n', 'n', 127), NULL },
		{ FILTER_PACKAGE, strcat(long_text('n', 'n', 127), "*"), NULL },
		{ FILTER_CGROUP, long_text('/', 'c', 250), NULL },
	};
	char buf[REAPD_PATH_LEN + 16];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct filter f = parse(cases[i].kind, cases[i].text);

		assert_ptr_equal(filter_text(&f, buf, sizeof(buf)), buf);
		assert_string_equal(buf, cases[i].text);
		if (cases[i].described)
			assert_string_equal(filter_describe(&f, buf, sizeof(buf)),
					    cases[i].described);
	}
}

/* bpftool can put any bytes into the maps. */
static void a_foreign_key_is_shown_cut_and_clean(void **state)
{
	struct filter f = { .kind = FILTER_PACKAGE };
	char buf[REAPD_PATH_LEN + 16];

	(void)state;
	memset(&f.key, 0x1b, sizeof(f.key));
	assert_int_equal(strlen(filter_text(&f, buf, sizeof(buf))), 129);
	assert_int_equal(strspn(buf, "?*"), 129);
	f.key.package.prefixlen_bits = 12; /* whole bytes only */
	assert_string_equal(filter_text(&f, buf, sizeof(buf)), "?*");
	f.kind = FILTER_CGROUP;
	f.key.cgroup.prefixlen_bits = UINT32_MAX;
	assert_int_equal(strlen(filter_text(&f, buf, sizeof(buf))), REAPD_PATH_LEN);
	f.kind = FILTER_KINDS;
	assert_ptr_equal(strstr(filter_describe(&f, buf, sizeof(buf)), "? "), buf);
}

static void a_description_is_cut_to_any_buffer(void **state)
{
	struct filter f = parse(FILTER_PACKAGE, "com.example.*");
	char buf[32];

	(void)state;
	for (size_t size = 1; size < sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		filter_describe(&f, buf, size);
		assert_in_range(strlen(buf), 0, size - 1);
		assert_int_equal(buf[size], 'x');
	}
	assert_string_equal(buf, "package com.example.*");
}

static void keys_are_the_same_where_their_prefixes_are(void **state)
{
	struct filter a = parse(FILTER_PACKAGE, "sshd"), b = parse(FILTER_PACKAGE, "sshd*"), c = a;

	(void)state;
	assert_false(filter_same_key(&a, &b));
	c.value = FILTER_PROTECT;
	memset(c.key.package.name + 5, 'z', 20); /* behind the prefix */
	assert_true(filter_same_key(&a, &c));
	c.key.package.name[0] = 'S';
	assert_false(filter_same_key(&a, &c));
	a = parse(FILTER_UID, "5");
	b = parse(FILTER_UID, "6");
	assert_false(filter_same_key(&a, &b));
	b.key.uid = 5;
	assert_true(filter_same_key(&a, &b));
	a = parse(FILTER_CGROUP, "/a/b/");
	b = parse(FILTER_CGROUP, "/a/b");
	assert_true(filter_same_key(&a, &b));
	b = parse(FILTER_PACKAGE, "a");
	assert_false(filter_same_key(&a, &b));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers_of_kinds_and_actions_agree),
		cmocka_unit_test(a_whole_name_has_its_nul_in_the_key),
		cmocka_unit_test(a_prefix_has_no_nul_in_the_key),
		cmocka_unit_test(a_cgroup_has_a_slash_at_its_end_in_the_key),
		cmocka_unit_test(a_uid_is_its_number),
		cmocka_unit_test(what_a_key_does_not_use_is_zero),
		cmocka_unit_test(the_longest_keys_fit),
		cmocka_unit_test(names_that_can_match_nothing_are_refused),
		cmocka_unit_test(paths_that_can_match_nothing_are_refused),
		cmocka_unit_test(a_path_may_not_end_in_dots_either),
		cmocka_unit_test(what_is_no_user_id_is_refused),
		cmocka_unit_test(a_filter_gives_back_the_text_it_was_made_from),
		cmocka_unit_test(a_foreign_key_is_shown_cut_and_clean),
		cmocka_unit_test(a_description_is_cut_to_any_buffer),
		cmocka_unit_test(keys_are_the_same_where_their_prefixes_are),
	};

	return RUN("decide/filter: keys", tests);
}
