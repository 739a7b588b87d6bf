// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_names.c - sense/names: the package name in an argv[0], the same as the kernel side's
 * find_name() (bpf/life.bpf.c) would note.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/sense/names.h"

#define ARGV0_MAX 256

static void cuts_to(const char *argv0, bool whole, const char *name)
{
	char text[ARGV0_MAX];

	strcpy(text, argv0);
	names_cut(text, whole);
	assert_string_equal(text, name);
}

static void on_a_host_the_name_is_the_last_part_of_the_first_word(void **state)
{
	static const char *const cases[][2] = {
		{ "hog", "hog" },
		{ "/usr/sbin/nginx", "nginx" },
		{ "/usr/sbin/nginx -g x", "nginx" },
		{ "nginx: worker process", "nginx" },
		{ "nginx: worker /etc/nginx", "nginx" },
		{ "postgres: a/b: idle", "postgres" },
		{ "-bash", "-bash" },
		{ "./relative", "relative" },
		{ "../a/b/c", "c" },
		{ "/opt/with space/program", "with" },
		{ "(sd-pam)", "(sd-pam)" },
		{ "/nix/store/00bgd045z0d4icpbc2yyz4gx48ak44la-firefox-120.0/lib/firefox/firefox",
		  "firefox" },
		{ "/bin/", "" },
		{ "/", "" },
		{ " x", "" },
		{ ": x", "" },
		{ "a//b", "b" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++)
		cuts_to(cases[i][0], false, cases[i][1]);
}

static void on_android_the_name_is_all_of_it(void **state)
{
	(void)state;
	cuts_to("com.example.app:remote", true, "com.example.app:remote");
	cuts_to("/system/bin/surfaceflinger", true, "/system/bin/surfaceflinger");
	cuts_to("zygote64 -Xzygote /system/bin", true, "zygote64 -Xzygote /system/bin");
	cuts_to("", true, "");
}

static void a_name_is_cut_at_127_bytes(void **state)
{
	char text[ARGV0_MAX], name[REAPD_NAME_LEN];

	(void)state;
	memset(text, 'n', 255);
	text[255] = 0;
	memset(name, 'n', 127);
	name[127] = 0;
	cuts_to(text, true, name);
	cuts_to(text, false, name);
	text[127] = 0;
	cuts_to(text, false, name);
	memset(text, 'd', 127);
	text[0] = text[127] = '/';
	memset(text + 128, 'n', 127);
	cuts_to(text, false, name);
}

/* find_name() and what note_name() makes of it, line by line, with the BPF taken off. */
static void as_the_kernel_side(const char text[ARGV0_MAX], bool whole, char *name)
{
	__u32 i, begin = 0, len;

	for (i = 0; i < ARGV0_MAX; i++) {
		char c = text[i];

		if (!c || (!whole && (c == ' ' || c == ':')))
			break;
		if (!whole && c == '/')
			begin = i + 1;
	}
	len = i - begin;
	if (begin >= ARGV0_MAX)
		len = 0;
	if (len > REAPD_NAME_LEN - 1)
		len = REAPD_NAME_LEN - 1;
	memcpy(name, text + begin, len);
	name[len] = 0;
}

static void any_text_gives_what_the_kernel_side_would_note(void **state)
{
	static const char letters[] = "abc/ :-.\xc3\xa9";
	char text[ARGV0_MAX], name[REAPD_NAME_LEN];
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		size_t len = next_random(&seed) % (round % 2 ? ARGV0_MAX : 12);

		memset(text, 0, sizeof(text));
		for (size_t i = 0; i < len; i++)
			text[i] = letters[next_random(&seed) % (sizeof(letters) - 1)];
		as_the_kernel_side(text, round & 4, name);
		names_cut(text, round & 4);
		assert_string_equal(text, name);
	}
}

static __u32 add(struct table *t, __u32 tgid)
{
	struct event_task e = { .hdr = { .type = EV_TASK, .size = sizeof(e), .time_ns = 1 },
				.what = TASK_SNAPSHOT,
				.tgid = tgid,
				.start_ns = 1 };

	table_apply(t, &e.hdr);
	return table_find(t, tgid, 0);
}

/* The map is not there (-1): names go into the table all the same. */
static void what_the_table_lacks_is_filled_from_the_processes(void **state)
{
	__u32 us, parent, gone;
	struct table t;

	(void)state;
	assert_int_equal(table_init(&t, 64), 0);
	us = add(&t, (__u32)getpid());
	parent = add(&t, (__u32)getppid());
	table_name(&t, parent, "kept");
	gone = add(&t, 4194305); /* more than the largest pid_max */
	assert_int_equal(names_fill(&t, -1, false), 1);
	assert_string_equal(t.infos[us].name, program_invocation_short_name);
	assert_string_equal(t.infos[parent].name, "kept");
	assert_string_equal(t.infos[gone].name, "");
	assert_int_equal(names_fill(&t, -1, false), 0);
	table_done(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_a_host_the_name_is_the_last_part_of_the_first_word),
		cmocka_unit_test(on_android_the_name_is_all_of_it),
		cmocka_unit_test(a_name_is_cut_at_127_bytes),
		cmocka_unit_test(any_text_gives_what_the_kernel_side_would_note),
		cmocka_unit_test(what_the_table_lacks_is_filled_from_the_processes),
	};

	return RUN("sense/names", tests);
}
