// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_choose_cgroup.c - decide/choose_cgroup: how far down the walk goes and where it turns back, and
 * who is no candidate. The order is in test_choose_order.c, what is killed in test_choose_whole.c.
 */
#include "branches.h"

static void where_there_is_no_process_there_is_no_candidate(void **state)
{
	(void)state;
	BUILD({ { "/a" }, { "/b" }, { "/b/c" } });
	assert_string_equal(ranked_in("/"), "");
	assert_string_equal(dies_in("/"), "nobody");
	assert_int_equal(v.considered, 0);
	n = 0; /* the rule's cgroup is gone */
	assert_string_equal(dies_in("/"), "nobody");
}

/* The walk goes into the branch with the highest sum, whatever is in the others one by one. */
static void the_walk_goes_down_to_a_leaf_by_sums(void **state)
{
	(void)state;
	BUILD({ { "/a" },
		{ "/a/x", { 60 } },
		{ "/a/y", { 60 } },
		{ "/b", { 100 } },
		{ "/a/x/deep", { 20 } },
		{ "/a/x/deeper", { 30 } } });
	proc_at("/a/x", 0)->home = cgroup_at("/a/x/deep"); /* all processes are in leaves */
	assert_string_equal(ranked_in("/"), "/a/x/deep /a/x/deeper /a/y /b");
	assert_string_equal(dies_in("/"), "/a/x/deep");
	assert_string_equal(dies_in("/b"), "/b");
}

static void where_memory_oom_group_is_the_walk_ends(void **state)
{
	(void)state;
	BUILD({ { "/a" },
		{ "/a/x", {}, CGROUP_OOM_GROUP },
		{ "/a/x/one", { 60 } },
		{ "/a/x/two", { 50 } },
		{ "/a/y", { 100 } } });
	assert_string_equal(ranked_in("/"), "/a/x /a/y");
	assert_string_equal(dies_in("/"), "/a/x");
	assert_int_equal(v.members, 2);
	assert_int_equal(v.member_kib, 110 * MIB);
	/* The rule's own cgroup too. */
	assert_string_equal(dies_in("/a/x"), "/a/x");
	/* Of two, the upper one. */
	cgroups[cgroup_at("/a")].flags |= CGROUP_OOM_GROUP;
	assert_string_equal(ranked_in("/"), "/a");
	assert_int_equal(v.members, 3);
	/* The root is never killed as a whole. */
	cgroups[0].flags |= CGROUP_OOM_GROUP;
	assert_string_equal(ranked_in("/"), "/a");
}

/* The largest has nothing that may die: /a/b/c, back to /a, no more there, to /d. */
static void the_walk_turns_back_where_nobody_may_die(void **state)
{
	(void)state;
	BUILD({ { "/a" }, { "/a/b" }, { "/a/b/c", { 900 } }, { "/d" }, { "/d/e", { 100 } } });
	proc_at("/a/b/c", 0)->oom_score_adj = -1000;
	assert_string_equal(ranked_in("/"), "/d/e /a/b/c(12)");
	assert_string_equal(dies_in("/"), "/d/e");
	assert_int_equal(v.vetoed, 1);
	assert_int_equal(v.considered, 2);
	proc_at("/a/b/c", 0)->oom_score_adj = 0;
	assert_string_equal(dies_in("/"), "/a/b/c");
	add_branch(&(struct branch){ "/a/b/f", { 300 } });
	proc_at("/a/b/c", 0)->oom_score_adj = -1000;
	assert_string_equal(dies_in("/"), "/a/b/f");
}

static void who_is_dead_or_dying_is_in_no_sum(void **state)
{
	(void)state;
	BUILD({ { "/a", { 900, 50 } }, { "/b", { 100 } }, { "/c", { 70 } } });
	proc_at("/a", 0)->flags = PROC_DYING;
	proc_at("/c", 0)->flags = PROC_KILLED;
	assert_string_equal(ranked_in("/"), "/b /a");
	proc_at("/b", 0)->mm_id = 0; /* an empty shell */
	assert_string_equal(dies_in("/"), "/a");
	assert_int_equal(v.members, 1);
	assert_int_equal(v.flags, 0);
}

static void outside_of_the_rules_cgroup_nobody_is_touched(void **state)
{
	(void)state;
	BUILD({ { "/user" },
		{ "/user/a", { 50 } },
		{ "/user/b", { 40 } },
		{ "/users", { 5000 } },
		{ "/system", { 9000 } } });
	add_proc("/", 9000 * MIB);
	assert_string_equal(ranked_in("/user"), "/user/a /user/b");
	proc_at("/user/a", 0)->flags = proc_at("/user/b", 0)->flags = PROC_SELF;
	assert_string_equal(dies_in("/user"), "nobody");
}

static void what_is_outside_of_the_scope_is_no_victim(void **state)
{
	(void)state;
	BUILD({ { "/a", { 900 }, CGROUP_SCOPE }, { "/b", { 100 } } });
	assert_string_equal(ranked_in("/"), "/a(5) /b");
}

/* A process whose cgroup has no row is in none. */
static void who_lives_nowhere_does_not_count(void **state)
{
	(void)state;
	BUILD({ { "/a", { 100 } }, { "/b", { 90, 900 } } });
	proc_at("/b", 1)->home = CGROUP_NONE;
	assert_string_equal(dies_in("/"), "/a");
	procs[2].home = n;
	assert_string_equal(dies_in("/"), "/a");
}

/* Processes of the root are nobody's; a cgroup without children is, however many share its parent. */
static void the_roots_own_processes_are_no_cgroup(void **state)
{
	(void)state;
	BUILD({ { "/a", { 10 } } });
	add_proc("/", 900 * MIB);
	assert_string_equal(ranked_in("/"), "/a");
	proc_at("/a", 0)->flags = PROC_DYING;
	assert_string_equal(dies_in("/"), "nobody");
}

/*
 * A cgroup with processes of its own has no memory controller below it: it is one, with all that is
 * below, and the small ones below are not killed in its place.
 */
static void a_cgroup_with_processes_of_its_own_is_a_leaf(void **state)
{
	(void)state;
	BUILD({ { "/a", { 900 } }, { "/a/control", { 10 } }, { "/b", { 100 } } });
	assert_string_equal(ranked_in("/"), "/a /b");
	assert_string_equal(dies_in("/"), "/a");
	assert_int_equal(v.members, 2);
	proc_at("/a", 0)->flags = PROC_DYING;
	assert_string_equal(ranked_in("/"), "/b /a/control");
}

/* What is asked for above counts below, unless another word is said there. */
static void an_action_counts_for_all_below(void **state)
{
	(void)state;
	BUILD({ { "/a", .action = FILTER_PREFER },
		{ "/a/x" },
		{ "/a/x/y", { 10 } },
		{ "/a/z", { 20 }, .action = FILTER_AVOID },
		{ "/b", { 100 } } });
	assert_string_equal(ranked_in("/"), "/a/x/y /b /a/z");
	cgroups[cgroup_at("/a")].action = FILTER_PROTECT;
	assert_string_equal(ranked_in("/"), "/b /a/x/y(8) /a/z");
}

/* Filters match whole subtrees by themselves: an exception carved out of a longer family is one. */
static void what_a_filter_says_is_not_inherited_over(void **state)
{
	(void)state;
	BUILD({ { "/a", .action = FILTER_PROTECT },
		{ "/a/x", { 200 }, CGROUP_FILTERED, FILTER_NORMAL },
		{ "/a/y", { 300 } },
		{ "/b", { 100 } } });
	assert_string_equal(ranked_in("/"), "/a/y(8) /a/x /b");
}

static void who_is_protected_is_listed_in_its_place(void **state)
{
	(void)state;
	BUILD({ { "/a", { 900 }, .action = FILTER_PROTECT },
		{ "/b", { 100 } },
		{ "/c", { 500 }, .action = FILTER_PROTECT },
		{ "/d", { 50 } } });
	assert_string_equal(ranked_in("/"), "/a(8) /c(8) /b /d");
	assert_int_equal(v.vetoed, 2);
	assert_string_equal(dies_in("/"), "/b");
}

/* It, and what is below it; even where it is also preferred. */
static void who_asks_to_be_left_out_never_goes(void **state)
{
	(void)state;
	BUILD({ { "/a", { 900 }, CGROUP_OMIT, FILTER_AVOID },
		{ "/b", {}, CGROUP_OMIT },
		{ "/b/c", { 500 } },
		{ "/b/d", { 400 }, 0, FILTER_PREFER } });
	assert_string_equal(ranked_in("/"), "/b/d(11) /b/c(11) /a(11)");
	assert_string_equal(dies_in("/"), "nobody");
	assert_int_equal(v.considered, 3);
	assert_int_equal(v.vetoed, 3);
}

/* The list has eight places; the victim has one of them. */
static void the_victim_is_listed_however_many_spared_rank_above(void **state)
{
	static char names[20][8];

	(void)state;
	for (__u32 spared = 0; spared < countof(names); spared++) {
		begin(NULL);
		for (__u32 i = 0; i <= spared; i++) {
			sprintf(names[i], "/%c", 'a' + (int)i);
			add_branch(&(struct branch){ names[i], { 1000 - i } });
			cgroups[i + 1].flags = i < spared ? CGROUP_OMIT : 0;
		}
		choose_in("/");
		assert_int_equal(v.victim, spared);
		assert_int_equal(v.considered, spared + 1);
		assert_int_equal(v.vetoed, spared);
		assert_int_equal(v.candidates, spared < 8 ? spared + 1 : 8);
		assert_int_equal(v.candidate[v.candidates - 1].index, spared + 1);
		assert_int_equal(v.candidate[v.candidates - 1].veto, VETO_NONE);
	}
}

/* Two thousand containers: who is preferred, or may alone die, is found wherever it ranks. */
static void of_two_thousand_the_right_one_is_found(void **state)
{
	static char names[BRANCHES_MAX - 1][16];

	(void)state;
	for (__u32 i = 0; i < countof(names); i++) {
		sprintf(names[i], "/c%u", i);
		add_branch(&(struct branch){ names[i], { 100 + i } });
	}
	assert_string_equal(dies_in("/"), names[countof(names) - 1]);
	assert_int_equal(v.considered, countof(names));
	cgroups[1].action = FILTER_PREFER;
	assert_string_equal(dies_in("/"), "/c0");
	cgroups[1].action = FILTER_AVOID;
	for (__u32 i = 2; i < n; i++)
		cgroups[i].action = FILTER_PROTECT;
	assert_string_equal(dies_in("/"), "/c0");
	assert_int_equal(v.vetoed, countof(names) - 1);
}

/* As deep as they go, each with processes that may not die beside the way down. */
static void a_deep_branch_is_walked_to_its_end(void **state)
{
	static char names[60][128];

	(void)state;
	for (__u32 i = 0; i < countof(names); i++) {
		snprintf(names[i], sizeof(names[i]), "%s/d", i ? names[i - 1] : "");
		add_branch(&(struct branch){ names[i] });
	}
	add_proc(names[countof(names) - 1], 50 * MIB);
	assert_string_equal(dies_in("/"), names[countof(names) - 1]);
	assert_string_equal(dies_in(names[30]), names[countof(names) - 1]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(where_there_is_no_process_there_is_no_candidate),
		TEST(the_walk_goes_down_to_a_leaf_by_sums),
		TEST(where_memory_oom_group_is_the_walk_ends),
		TEST(the_walk_turns_back_where_nobody_may_die),
		TEST(who_is_dead_or_dying_is_in_no_sum),
		TEST(outside_of_the_rules_cgroup_nobody_is_touched),
		TEST(what_is_outside_of_the_scope_is_no_victim),
		TEST(who_lives_nowhere_does_not_count),
		TEST(the_roots_own_processes_are_no_cgroup),
		TEST(a_cgroup_with_processes_of_its_own_is_a_leaf),
		TEST(an_action_counts_for_all_below),
		TEST(what_a_filter_says_is_not_inherited_over),
		TEST(who_is_protected_is_listed_in_its_place),
		TEST(who_asks_to_be_left_out_never_goes),
		TEST(the_victim_is_listed_however_many_spared_rank_above),
		TEST(of_two_thousand_the_right_one_is_found),
		TEST(a_deep_branch_is_walked_to_its_end),
	};

	return RUN("decide/choose_cgroup: walk", tests);
}
