// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_tree_asks.c - sense/tree: what cgroups ask for in extended attributes, and whose word counts.
 * memory.oom.group needs the memory controller, which cgroup2 has in the VMs only.
 */
#include "test.h"

#include "cgroup.h"

#include <sys/xattr.h>

#include "../../agent/sense/tree.h"

#define NOBODY 65534

static struct cgroups *cgroups;
static struct tree *tree;
static struct cgroup rows[TREE_ROWS_MAX];

static void needs_cgroup2(void)
{
	if (mount_fd < 0)
		skip();
}

static const char *full_path(const char *name)
{
	static char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", cgroups_mount(cgroups), cgroup_in(name));
	return path;
}

/* The test's own cgroup, and two below one another. */
static int begin(void **state)
{
	cgroups = NULL;
	tree = NULL;
	cgroups_begin(state);
	if (mount_fd < 0)
		return 0;
	cgroup_make("/a");
	cgroup_make("/a/b");
	if (cgroups_open(&cgroups, "/") || cgroups_scan(cgroups) || tree_new(&tree, cgroups))
		return -1;
	return tree_update(tree) == 1 ? 0 : -1;
}

static int end(void **state)
{
	tree = tree_free(tree);
	cgroups = cgroups_free(cgroups);
	return cgroups_end(state);
}

static __u32 row_of(const char *name)
{
	__u32 n = tree_view(tree, TREE_ROOT, rows);

	for (__u32 i = 0; i < n; i++) {
		if (!strcmp(tree_path(tree, i), cgroup_in(name)))
			return i;
	}
	fail_msg("no row for %s", name);
	return CGROUP_NONE;
}

/* Set, or with "" remove; skips where the kernel has no such attributes on cgroups. */
static void ask(const char *name, const char *attr, const char *value)
{
	int err = *value ? setxattr(full_path(name), attr, value, strlen(value), 0) :
			   removexattr(full_path(name), attr);

	if (err && (errno == ENOTSUP || errno == EPERM))
		skip();
	assert_int_equal(err, 0);
	tree_refresh(tree, row_of(name));
}

static void give(const char *name, uid_t owner)
{
	assert_int_equal(chown(full_path(name), owner, (gid_t)-1), 0);
	tree_refresh(tree, row_of(name));
}

/* As it is for a rule about `top`. */
static const struct cgroup *seen_from(const char *top, const char *name)
{
	__u32 at = row_of(name);

	tree_view(tree, row_of(top), rows);
	return &rows[at];
}

static void a_real_tree_is_all_there(void **state)
{
	(void)state;
	needs_cgroup2();
	assert_int_equal(tree_find(tree, cgroup_id_at(mount_fd, cgroup_in("/a/b") + 1)),
			 row_of("/a/b"));
	tree_view(tree, TREE_ROOT, rows);
	assert_int_equal(rows[row_of("/a/b")].parent, row_of("/a"));
	assert_int_equal(rows[row_of("/a")].parent, row_of(""));
	assert_int_equal(rows[row_of("")].parent, TREE_ROOT);
	assert_int_equal(rows[TREE_ROOT].parent, CGROUP_NONE);
	assert_int_equal(seen_from("", "/a")->action, FILTER_NORMAL);
	assert_int_equal(rows[row_of("/a")].flags, CGROUP_INSIDE);
}

static void what_is_asked_for_is_given(void **state)
{
	static const char *const spaces[] = { "user", "trusted" };
	char attr[32];

	(void)state;
	needs_cgroup2();
	for (size_t i = 0; i < countof(spaces); i++) {
		snprintf(attr, sizeof(attr), "%s.oomd_prefer", spaces[i]);
		ask("/a", attr, "1");
		assert_int_equal(seen_from("", "/a")->action, FILTER_PREFER);
		/* Whether it counts for what is below is for the choice to say. */
		assert_int_equal(seen_from("", "/a/b")->action, FILTER_NORMAL);
		ask("/a", attr, "");
		snprintf(attr, sizeof(attr), "%s.oomd_avoid", spaces[i]);
		ask("/a", attr, "1");
		assert_int_equal(seen_from("", "/a")->action, FILTER_AVOID);
		ask("/a", attr, "");
		snprintf(attr, sizeof(attr), "%s.oomd_omit", spaces[i]);
		ask("/a", attr, "1");
		assert_int_equal(seen_from("", "/a")->action, FILTER_NORMAL);
		assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE | CGROUP_OMIT);
		ask("/a", attr, "");
		assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE);
	}
}

/* systemd writes "1" to say yes. */
static void only_a_one_says_yes(void **state)
{
	static const char *const others[] = { "0", "no", "x", " 1" };

	(void)state;
	needs_cgroup2();
	for (size_t i = 0; i < countof(others); i++) {
		ask("/a", "user.oomd_omit", others[i]);
		assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE);
	}
	/* Longer than any answer. */
	ask("/a", "user.oomd_omit", "11111111111111111111");
	assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE);
	ask("/a", "user.oomd_omit", "1");
	assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE | CGROUP_OMIT);
}

static void who_asks_for_two_things_gets_both_or_the_first(void **state)
{
	(void)state;
	needs_cgroup2();
	ask("/a", "user.oomd_avoid", "1");
	ask("/a", "user.oomd_omit", "1");
	assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE | CGROUP_OMIT);
	assert_int_equal(seen_from("", "/a")->action, FILTER_AVOID);
	ask("/a", "user.oomd_prefer", "1");
	assert_int_equal(seen_from("", "/a")->action, FILTER_PREFER);
}

/* Nobody shields himself from a rule about somebody else's cgroup. */
static void the_word_of_another_user_counts_in_his_own_cgroup_alone(void **state)
{
	(void)state;
	needs_cgroup2();
	give("/a/b", NOBODY);
	ask("/a/b", "user.oomd_avoid", "1");
	ask("/a/b", "user.oomd_omit", "1");
	assert_int_equal(seen_from("/a", "/a/b")->action, FILTER_NORMAL);
	assert_int_equal(seen_from("/a", "/a/b")->flags, CGROUP_INSIDE);
	give("/a", NOBODY + 1);
	assert_int_equal(seen_from("/a", "/a/b")->flags, CGROUP_INSIDE);
	give("/a", NOBODY);
	assert_int_equal(seen_from("/a", "/a/b")->action, FILTER_AVOID);
	assert_int_equal(seen_from("/a", "/a/b")->flags, CGROUP_INSIDE | CGROUP_OMIT);
	assert_int_equal(seen_from("", "/a/b")->flags, CGROUP_INSIDE);
	/* Only root writes trusted attributes, whoever owns the cgroup. */
	ask("/a/b", "trusted.oomd_prefer", "1");
	assert_int_equal(seen_from("", "/a/b")->action, FILTER_PREFER);
	/* Root's word counts in everybody's. */
	give("/a/b", 0);
	assert_int_equal(seen_from("/a", "/a/b")->flags, CGROUP_INSIDE | CGROUP_OMIT);
}

/* What it asks now, and whether that is news. */
static void a_refresh_says_whether_something_changed(void **state)
{
	__u32 at;

	(void)state;
	needs_cgroup2();
	at = row_of("/a");
	assert_false(tree_refresh(tree, at));
	if (setxattr(full_path("/a"), "user.oomd_avoid", "1", 1, 0))
		skip();
	assert_true(tree_refresh(tree, at));
	assert_false(tree_refresh(tree, at));
	/* A new word of the owner's is news too. */
	assert_int_equal(chown(full_path("/a"), NOBODY, (gid_t)-1), 0);
	assert_true(tree_refresh(tree, at));
	/* Of one that is gone nothing is asked. */
	cgroup_remove("/a/b");
	at = row_of("/a/b");
	tree_refresh(tree, at);
	assert_int_equal(seen_from("", "/a/b")->action, FILTER_NORMAL);
}

/* systemd makes a cgroup first and sets its attributes then: of it or of one above. */
static void a_refresh_is_of_all_above_too(void **state)
{
	(void)state;
	needs_cgroup2();
	ask("/a/b", "user.oomd_avoid", "1");
	if (setxattr(full_path("/a"), "user.oomd_omit", "1", 1, 0))
		skip();
	assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE);
	assert_true(tree_refresh(tree, row_of("/a/b")));
	assert_int_equal(seen_from("", "/a")->flags, CGROUP_INSIDE | CGROUP_OMIT);
}

/* Those that are known keep what they asked for, those that are new are asked. */
static void an_update_reads_what_is_new_alone(void **state)
{
	(void)state;
	needs_cgroup2();
	ask("/a", "user.oomd_avoid", "1");
	cgroup_make("/a/c");
	if (setxattr(full_path("/a/c"), "user.oomd_omit", "1", 1, 0) ||
	    setxattr(full_path("/a/b"), "user.oomd_omit", "1", 1, 0))
		skip();
	assert_int_equal(cgroups_scan(cgroups), 0);
	assert_int_equal(tree_update(tree), 1);
	assert_int_equal(seen_from("", "/a/c")->flags, CGROUP_INSIDE | CGROUP_OMIT);
	assert_int_equal(seen_from("", "/a")->action, FILTER_AVOID);
	assert_int_equal(seen_from("", "/a/b")->flags, CGROUP_INSIDE);
	/* In turns all are asked again, as many times as it takes. */
	for (__u32 i = 0; i <= tree_view(tree, TREE_ROOT, rows); i++)
		tree_refresh_some(tree);
	assert_int_equal(seen_from("", "/a/b")->flags, CGROUP_INSIDE | CGROUP_OMIT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_real_tree_is_all_there),
		TEST(what_is_asked_for_is_given),
		TEST(only_a_one_says_yes),
		TEST(who_asks_for_two_things_gets_both_or_the_first),
		TEST(the_word_of_another_user_counts_in_his_own_cgroup_alone),
		TEST(a_refresh_says_whether_something_changed),
		TEST(a_refresh_is_of_all_above_too),
		TEST(an_update_reads_what_is_new_alone),
	};

	return RUN("sense/tree: what cgroups ask for", tests);
}
