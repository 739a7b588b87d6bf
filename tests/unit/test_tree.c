// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_tree.c - sense/tree: all cgroups as rows in the order of their paths, with their parents. What they
 * did lately is in test_tree_notes.c, what they ask for in test_tree_asks.c.
 */
#include "tree.h"

/* Paths of the rows and their parents: "/ /a(/) /a/b(/a)". */
static const char *listed(void)
{
	static char text[1024];
	__u32 n = tree_view(tree, TREE_ROOT, rows);
	int len = 0;

	for (__u32 i = 0; i < n; i++) {
		len += sprintf(text + len, "%s%s", i ? " " : "", tree_path(tree, i));
		assert_int_equal(tree_find(tree, rows[i].id), i);
		if (!i)
			assert_int_equal(rows[i].parent, CGROUP_NONE);
		else
			assert_in_range(rows[i].parent, 0, i - 1);
		if (i)
			len += sprintf(text + len, "(%s)", tree_path(tree, rows[i].parent));
	}
	return text;
}

/* '-', '.' and '!' come before or after '/', and must not come between a cgroup and its children. */
static void whatever_is_below_a_cgroup_follows_it_at_once(void **state)
{
	static const char *const paths[] = { "/b",	 "/a/b/c", "/a-b", "/a.b/x", "/a/b", "/a!",
					     "/a!/deep", "/a",	   "/aa",  "/a.b",   "/a/b!" };

	(void)state;
	for (size_t i = 0; i < countof(paths); i++)
		made(100 + i, paths[i]);
	assert_int_equal(tree_update(tree), 1);
	assert_string_equal(listed(),
			    "/ /a(/) /a/b(/a) /a/b/c(/a/b) /a/b!(/a) /a!(/) /a!/deep(/a!) /a-b(/) "
			    "/a.b(/) /a.b/x(/a.b) /aa(/) /b(/)");
	assert_true(tree_is_below(tree, tree_find(tree, 101), tree_find(tree, 107)));
	assert_false(tree_is_below(tree, tree_find(tree, 102), tree_find(tree, 107)));
}

/* Its event was lost, or has not come yet: the nearest one that is known is its parent. */
static void where_a_parent_is_not_known_the_next_one_above_is(void **state)
{
	(void)state;
	made(10, "/a");
	made(11, "/a/b/c/d");
	made(12, "/x/y");
	tree_update(tree);
	assert_string_equal(listed(), "/ /a(/) /a/b/c/d(/a) /x/y(/)");
}

static void rows_follow_the_cgroups(void **state)
{
	(void)state;
	made(10, "/b");
	assert_int_equal(tree_update(tree), 1);
	assert_int_equal(tree_update(tree), 0);
	made(11, "/a");
	assert_int_equal(tree_find(tree, 11), CGROUP_NONE);
	assert_int_equal(tree_update(tree), 1);
	assert_string_equal(listed(), "/ /a(/) /b(/)");
	removed(10);
	assert_int_equal(tree_update(tree), 1);
	assert_string_equal(listed(), "/ /a(/)");
	assert_int_equal(tree_find(tree, 10), CGROUP_NONE);
	assert_int_equal(tree_find(tree, 1), TREE_ROOT);
}

/* Ids that meet in one slot of the index, and those that there are not. */
static void every_id_is_found_and_no_other(void **state)
{
	char path[32];

	(void)state;
	for (__u64 i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "/c%llu", (unsigned long long)i);
		made(5 + i / 3 + i % 3 * (1ULL << 40), path);
	}
	assert_int_equal(tree_find(tree, 5), CGROUP_NONE); /* not before it was asked for */
	tree_update(tree);
	for (__u64 i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "/c%llu", (unsigned long long)i);
		assert_string_equal(
			tree_path(tree, tree_find(tree, 5 + i / 3 + i % 3 * (1ULL << 40))), path);
	}
	assert_int_equal(tree_find(tree, 0), CGROUP_NONE);
	assert_int_equal(tree_find(tree, 4), CGROUP_NONE);
	assert_int_equal(tree_find(tree, 3ULL << 40), CGROUP_NONE);
}

static void what_is_at_and_below_the_top_is_inside(void **state)
{
	__u32 n, inside = 0;

	(void)state;
	made(10, "/a");
	made(11, "/a/b");
	made(12, "/a-b");
	made(13, "/a/b/c");
	tree_update(tree);
	n = tree_view(tree, tree_find(tree, 10), rows);
	assert_int_equal(n, 5);
	for (__u32 i = 0; i < n; i++) {
		inside += rows[i].flags & CGROUP_INSIDE;
		assert_int_equal(!!(rows[i].flags & CGROUP_INSIDE),
				 !strcmp(tree_path(tree, i), "/a") ||
					 !strncmp(tree_path(tree, i), "/a/", 3));
		assert_int_equal(rows[i].flags & ~CGROUP_INSIDE, 0);
		assert_int_equal(rows[i].action, FILTER_NORMAL);
	}
	assert_int_equal(inside, 3);
	tree_view(tree, TREE_ROOT, rows);
	for (__u32 i = 0; i < n; i++)
		assert_true(rows[i].flags & CGROUP_INSIDE);
}

static void as_many_rows_as_there_is_room_for(void **state)
{
	char path[32];

	(void)state;
	for (__u64 i = 0; i < TREE_ROWS_MAX + 10; i++) {
		snprintf(path, sizeof(path), "/c%llu", (unsigned long long)i);
		made(10 + i, path);
	}
	tree_update(tree);
	assert_int_equal(tree_view(tree, TREE_ROOT, rows), TREE_ROWS_MAX);
	assert_int_equal(tree_find(tree, 1), TREE_ROOT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(whatever_is_below_a_cgroup_follows_it_at_once),
		TEST(where_a_parent_is_not_known_the_next_one_above_is),
		TEST(rows_follow_the_cgroups),
		TEST(every_id_is_found_and_no_other),
		TEST(what_is_at_and_below_the_top_is_inside),
		TEST(as_many_rows_as_there_is_room_for),
	};

	return RUN("sense/tree", tests);
}
