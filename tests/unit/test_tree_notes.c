// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_tree_notes.c - sense/tree: what cgroups did between two notes. Their sums are in a BPF map, as on
 * the kernel side.
 */
#include "tree.h"

#include <bpf/bpf.h>

#define S 1000000000ULL

/* Not a real cgroup's: of those nothing is known here but the root. */
#define TOP "/reapd-unit-tree"

static int stalls = -1;
static __u64 now_ns;

static int begin_notes(void **state)
{
	now_ns = 100 * S;
	return begin(state);
}

static int end_notes(void **state)
{
	if (stalls >= 0)
		close(stalls);
	stalls = -1;
	return end(state);
}

/* The sum of stall of a cgroup, as the kernel side has it. */
static void stalled(__u64 id, __u64 stall_ns)
{
	__u64 sum[2] = { stall_ns, 1 };

	if (stalls < 0)
		stalls = bpf_map_create(BPF_MAP_TYPE_HASH, "stalls", sizeof(id), sizeof(sum), 64,
					NULL);
	if (stalls < 0)
		skip();
	assert_int_equal(bpf_map_update_elem(stalls, &id, sum, BPF_ANY), 0);
}

/* A note, so much later; what the row of this cgroup has then. */
static __u64 noted(__u64 id, __u64 top, __u64 later_ns)
{
	now_ns += later_ns;
	tree_note(tree, tree_find(tree, top), stalls, now_ns);
	tree_view(tree, TREE_ROOT, rows);
	return rows[tree_find(tree, id)].stall_ns;
}

/* What it did in its life before the first look is not of now. */
static void the_first_note_of_an_old_cgroup_counts_nothing(void **state)
{
	(void)state;
	made(10, TOP);
	stalled(10, 5000);
	tree_update(tree);
	assert_int_equal(noted(10, 1, 0), 0);
	stalled(10, 5300);
	assert_int_equal(noted(10, 1, 1 * S), 300);
	stalled(10, 5310);
	assert_int_equal(noted(10, 1, 500000000), 310);
}

static void a_note_counts_from_the_last_one_but_one(void **state)
{
	(void)state;
	made(10, TOP);
	stalled(10, 5000);
	tree_update(tree);
	noted(10, 1, 0);
	stalled(10, 5001);
	assert_int_equal(noted(10, 1, 2 * S), 1);
	stalled(10, 5020);
	assert_int_equal(noted(10, 1, 1 * S), 20);
	stalled(10, 5300);
	/* Two seconds after the second: the first is forgotten. */
	assert_int_equal(noted(10, 1, 1 * S), 299);
	assert_int_equal(noted(10, 1, 1 * S), 299);
	assert_int_equal(noted(10, 1, 1 * S), 0);
}

static void a_cgroup_that_began_since_counts_from_its_begin(void **state)
{
	(void)state;
	made(10, TOP);
	stalled(10, 5000);
	tree_update(tree);
	noted(10, 1, 0);
	made(11, TOP "/new");
	stalled(11, 70);
	tree_update(tree);
	assert_int_equal(noted(11, 1, 1 * S), 70);
	assert_int_equal(rows[tree_find(tree, 10)].stall_ns, 0);
	/* Of one that has not stalled nothing is in the map. */
	made(12, TOP "/quiet");
	tree_update(tree);
	assert_int_equal(noted(12, 1, 1 * S), 0);
}

/* One branch is noted for one rule and another one for another rule. */
static void the_first_note_of_each_branch_counts_nothing(void **state)
{
	(void)state;
	made(10, "/a");
	made(11, "/b");
	stalled(10, 5000);
	stalled(11, 6000);
	tree_update(tree);
	assert_int_equal(noted(10, 10, 0), 0);
	assert_int_equal(noted(11, 11, 0), 0);
	stalled(11, 6001);
	assert_int_equal(noted(10, 10, 1 * S), 0);
	assert_int_equal(noted(11, 11, 0), 1);
}

/* Rows move when cgroups come and go, and their notes with them. */
static void notes_go_with_their_cgroup(void **state)
{
	(void)state;
	made(10, "/b");
	stalled(10, 5000);
	tree_update(tree);
	noted(10, 1, 0);
	made(11, "/a");
	tree_update(tree);
	stalled(10, 5007);
	assert_int_equal(noted(10, 1, 1 * S), 7);
	/* Of the same path, and another one. */
	removed(10);
	made(12, "/b");
	stalled(12, 30);
	tree_update(tree);
	assert_int_equal(noted(12, 1, 1 * S), 30);
}

static void sums_that_went_back_count_nothing(void **state)
{
	(void)state;
	made(10, TOP);
	stalled(10, 5000);
	tree_update(tree);
	noted(10, 1, 0);
	stalled(10, 40);
	assert_int_equal(noted(10, 1, 2 * S), 0);
	stalled(10, 45);
	assert_int_equal(noted(10, 1, 2 * S), 5);
}

/* Without a map, as where no hook brings stall: nothing is known, and nothing is lost. */
static void without_sums_nothing_counts(void **state)
{
	(void)state;
	made(10, TOP);
	tree_update(tree);
	assert_int_equal(noted(10, 1, 0), 0);
	assert_int_equal(noted(10, 1, 5 * S), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_notes, end_notes)
	static const struct CMUnitTest tests[] = {
		TEST(the_first_note_of_an_old_cgroup_counts_nothing),
		TEST(a_note_counts_from_the_last_one_but_one),
		TEST(a_cgroup_that_began_since_counts_from_its_begin),
		TEST(the_first_note_of_each_branch_counts_nothing),
		TEST(notes_go_with_their_cgroup),
		TEST(sums_that_went_back_count_nothing),
		TEST(without_sums_nothing_counts),
	};

	return RUN("sense/tree: notes", tests);
}
