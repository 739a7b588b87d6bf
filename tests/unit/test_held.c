// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_held.c - act/held: what an agent had frozen or clamped is let go by the next one, and nothing else
 * is touched.
 */
#include "test.h"

#include <sys/stat.h>

#include "../../agent/act/held.h"
#include "cgroup.h"

static int begin(void **state)
{
	return scratch_make(state) | cgroups_begin(state);
}

static int end(void **state)
{
	return scratch_remove(state) | cgroups_end(state);
}

static const char *file(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" HELD_PREFIX "%s", scratch, name);
	return path;
}

static const char *says(const char *name)
{
	static char text[512];

	return file_read_at(AT_FDCWD, in_scratch(name), text, sizeof(text)) < 0 ? "" : text;
}

static bool is_noted(const char *name)
{
	return !access(file(name), F_OK);
}

static void what_was_frozen_is_thawed(void **state)
{
	struct cgroup_target t;
	pid_t pid;

	(void)state;
	needs_cgroups();
	pid = child_in("", 0);
	t = cgroup_at("");
	t.id = cgroup_id_at(mount_fd, cgroup_in("") + 1);
	assert_int_equal(cgroup_freeze(&t, true), 0);
	cgroup_await(&t, "frozen 1");
	assert_int_equal(held_note(file("0-frozen"), t.id, cgroup_in(""), NULL), 0);
	assert_int_equal(held_undo(scratch, mount_fd), 1);
	cgroup_await(&t, "frozen 0");
	assert_false(is_noted("0-frozen"));
	assert_int_equal(held_undo(scratch, mount_fd), 0);
	child_end(pid);
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

/* Another cgroup with the same path by now. */
static void what_is_another_cgroup_by_now_is_left_alone(void **state)
{
	struct cgroup_target t;
	pid_t pid;

	(void)state;
	needs_cgroups();
	pid = child_in("", 0);
	t = cgroup_at("");
	t.id = cgroup_id_at(mount_fd, cgroup_in("") + 1);
	assert_int_equal(cgroup_freeze(&t, true), 0);
	cgroup_await(&t, "frozen 1");
	assert_int_equal(held_note(file("0-frozen"), t.id ^ 0x40000000, cgroup_in(""), NULL), 0);
	assert_int_equal(held_undo(scratch, mount_fd), 0);
	assert_non_null(strstr(cgroup_says(&t, "cgroup.events"), "frozen 1"));
	assert_false(is_noted("0-frozen"));
	assert_int_equal(cgroup_freeze(&t, false), 0);
	child_end(pid);
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

static void what_is_no_note_is_forgotten(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"x",
		"0 - - /\n",
		"12 - -",
		"12 - - relative\n",
		"-1 - - /a\n",
		"12 max\n",
		"99999999999999999999999999 1 2 /a\n",
		"12 123456789012345678901234567890 1 /a\n",
	};

	(void)state;
	for (size_t i = 0; i < countof(texts); i++) {
		put_file(HELD_PREFIX "0-frozen", texts[i]);
		assert_int_equal(held_undo(scratch, mount_fd), 0);
		assert_false(is_noted("0-frozen"));
	}
}

static void other_files_stay(void **state)
{
	(void)state;
	put_file("kills", "x");
	assert_int_equal(held_undo(scratch, mount_fd), 0);
	assert_string_equal(says("kills"), "x");
	assert_int_equal(held_undo("/no/such/place", mount_fd), 0);
}

static void what_was_let_go_is_forgotten(void **state)
{
	struct cgroup_clamp clamp = { .before = "max", .with = "4096" };

	(void)state;
	assert_int_equal(held_note(file("3-clamped"), 77, "/a b", &clamp), 0);
	assert_string_equal(says(HELD_PREFIX "3-clamped"), "77 max 4096 /a b\n");
	held_forget(file("3-clamped"));
	assert_false(is_noted("3-clamped"));
	assert_int_not_equal(held_note("/no/such/place/held-0", 77, "/a", &clamp), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(what_was_frozen_is_thawed),
		TEST(what_is_another_cgroup_by_now_is_left_alone),
		TEST(what_is_no_note_is_forgotten),
		TEST(other_files_stay),
		TEST(what_was_let_go_is_forgotten),
	};

	return RUN("act/held", tests);
}
