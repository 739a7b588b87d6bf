// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_names.c - sense/names: the package name in an argv[0], the same as the kernel side's
 * find_name() (bpf/name.bpf.h) would note; and names that are learnt from /proc or from its map.
 */
#include "test.h"

#include <errno.h>

#include <bpf/bpf.h>

#include <reapd/note.h>

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

static int map = -1;

/* In the map `names`: this name of process `tgid`, of which so many looks are due. */
static void put_note(__u32 tgid, __u64 start_ns, const char *name, __u32 looks)
{
	struct task_note n = { .start_ns = start_ns, .prio_ns = 77, .looks = looks };

	if (map < 0)
		map = bpf_map_create(BPF_MAP_TYPE_HASH, "names", sizeof(tgid), sizeof(n), 64, NULL);
	if (map < 0)
		skip();
	n.name_len = (__u32)strlen(name);
	memcpy(n.name, name, n.name_len);
	assert_int_equal(bpf_map_update_elem(map, &tgid, &n, BPF_ANY), 0);
}

static struct task_note get_note(__u32 tgid)
{
	struct task_note n = {};

	bpf_map_lookup_elem(map, &tgid, &n);
	return n;
}

static int empty_map(void **state)
{
	(void)state;
	if (map >= 0)
		close(map);
	map = -1;
	return 0;
}

/* Of who has been renamed, and of nobody else. */
static void who_was_renamed_lately_is_read_anew(void **state)
{
	__u32 us = (__u32)getpid(), parent = (__u32)getppid(), gone = 4194305, row;
	struct task_note n;
	struct table t;

	(void)state;
	assert_int_equal(table_init(&t, 64), 0);
	row = add(&t, us);
	table_name(&t, row, "zygote64");
	put_note(us, 1, "zygote64", 3);
	put_note(parent, 1, "settled", 0);
	put_note(gone, 1, "gone", 3);
	assert_int_equal(names_settle(&t, map, false), 1);
	n = get_note(us);
	assert_string_equal(n.name, program_invocation_short_name);
	assert_int_equal(n.name_len, strlen(n.name));
	assert_int_equal(n.looks, 0);
	assert_int_equal(n.prio_ns, 77);
	assert_string_equal(t.infos[row].name, n.name);
	assert_string_equal(get_note(parent).name, "settled");
	assert_string_equal(get_note(gone).name, "gone");
	assert_int_equal(names_settle(&t, map, false), 0);
	/* It kept its name: only the looks are over. */
	put_note(us, 1, program_invocation_short_name, 8);
	assert_int_equal(names_settle(&t, map, false), 0);
	assert_int_equal(get_note(us).looks, 0);
	table_done(&t);
}

static void a_note_of_the_same_process_is_learnt(void **state)
{
	struct table t;
	__u32 row;

	(void)state;
	assert_int_equal(table_init(&t, 64), 0);
	row = add(&t, 4711);
	put_note(4711, 2, "of another", 0);
	names_learn(&t, map, 4711, 2); /* the table knows one that began earlier */
	names_learn(&t, map, 4711, 1);
	assert_string_equal(t.infos[row].name, "");
	put_note(4711, 1, "com.example.app", 0);
	names_learn(&t, map, 4711, 1);
	assert_string_equal(t.infos[row].name, "com.example.app");
	names_learn(&t, map, 4712, 1);
	table_done(&t);
}

/* Anybody may write to the map. */
static void a_note_without_an_end_is_cut(void **state)
{
	struct task_note n = { .start_ns = 1, .name_len = UINT32_MAX };
	__u32 tgid = 4711, row;
	struct table t;

	(void)state;
	put_note(tgid, 1, "x", 0);
	memset(n.name, 'n', sizeof(n.name));
	assert_int_equal(bpf_map_update_elem(map, &tgid, &n, BPF_ANY), 0);
	assert_int_equal(table_init(&t, 64), 0);
	row = add(&t, tgid);
	names_learn(&t, map, tgid, 1);
	assert_int_equal(strlen(t.infos[row].name), REAPD_NAME_LEN - 1);
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
		cmocka_unit_test_teardown(who_was_renamed_lately_is_read_anew, empty_map),
		cmocka_unit_test_teardown(a_note_of_the_same_process_is_learnt, empty_map),
		cmocka_unit_test_teardown(a_note_without_an_end_is_cut, empty_map),
	};

	return RUN("sense/names", tests);
}
