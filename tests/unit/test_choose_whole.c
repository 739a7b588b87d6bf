// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_choose_whole.c - decide/choose: how much is killed at once. A cgroup or a process group as a
 * whole, or of it one process alone: because the rule caps it, or because somebody in it is spared.
 */
#include "branches.h"

/* A cgroup of three, 100 MiB in all, and one that is as nothing. */
static void build_three(void)
{
	static const struct branch tree[] = { { "/a", { 20, 50, 30 } }, { "/b", { 5 } } };

	build(tree, countof(tree));
}

static void expect_whole(const char *path, __u32 members, __u64 mib)
{
	assert_string_equal(dies_in("/"), path);
	assert_int_equal(v.what, CHOOSE_CGROUP);
	assert_int_equal(v.flags, 0);
	assert_int_equal(v.members, members);
	assert_int_equal(v.member_kib, mib * MIB);
	assert_int_equal(v.sharers, 0);
	for (__u32 i = 0; i < nprocs; i++) {
		struct view view = {
			.procs = procs, .nprocs = nprocs, .cgroups = cgroups, .ncgroups = n
		};

		assert_int_equal(choose_member(&view, &v, i),
				 path_below(paths[procs[i].home], path));
	}
}

static void expect_alone(const char *path, const struct proc *victim, __u32 flags)
{
	choose_in("/");
	assert_int_equal(v.what, CHOOSE_PROCESS);
	assert_string_equal(paths[v.cgroup], path);
	assert_ptr_equal(&procs[v.victim], victim);
	assert_int_equal(v.flags, flags);
	assert_int_equal(v.members, 1);
	assert_int_equal(v.member_kib, proc_size_kib(victim));
}

static void without_a_cap_all_of_it_dies(void **state)
{
	(void)state;
	build_three();
	expect_whole("/a", 3, 100);
}

static void of_more_processes_than_the_cap_the_largest_dies_alone(void **state)
{
	(void)state;
	build_three();
	rule.max_processes = 4;
	expect_whole("/a", 3, 100);
	rule.max_processes = 3;
	expect_whole("/a", 3, 100);
	rule.max_processes = 2;
	expect_alone("/a", &procs[1], RECORD_F_CAPPED);
	/* Who is dead already is not one of them. */
	procs[0].flags = PROC_KILLED;
	expect_whole("/a", 2, 80);
}

static void of_more_memory_than_the_cap_the_largest_dies_alone(void **state)
{
	(void)state;
	build_three();
	rule.max_kib = 100 * MIB;
	expect_whole("/a", 3, 100);
	rule.max_kib--;
	expect_alone("/a", &procs[1], RECORD_F_CAPPED);
	rule.max_processes = 3;
	expect_alone("/a", &procs[1], RECORD_F_CAPPED);
	rule.max_kib = UINT64_MAX;
	expect_whole("/a", 3, 100);
}

/* The cap does not send the rule to a smaller cgroup: that one is not what takes the memory. */
static void a_cap_changes_how_much_dies_and_not_where(void **state)
{
	static const struct branch tree[] = { { "/a", {}, CGROUP_OOM_GROUP },
					      { "/a/x", { 20, 30 } },
					      { "/a/y", { 50 } },
					      { "/b", { 90 } } };

	(void)state;
	build(tree, countof(tree));
	rule.max_processes = 1;
	expect_alone("/a", proc_at("/a/y", 0), RECORD_F_CAPPED);
}

static void who_is_spared_is_not_killed_with_the_others(void **state)
{
	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		build_three();
		procs[1].flags = kind == 0 ? PROC_SELF : kind == 1 ? PROC_OUTSIDE : 0;
		procs[1].oom_score_adj = kind == 2 ? -1000 : 0;
		procs[1].action = kind == 3 ? FILTER_PROTECT : FILTER_NORMAL;
		procs[1].tgid = kind == 4 ? 1 : procs[1].tgid;
		if (kind == 5) { /* shares its memory with somebody elsewhere who is spared */
			procs[1].mm_id = procs[3].mm_id;
			procs[1].flags = procs[3].flags = PROC_SHARED;
			procs[3].oom_score_adj = -1000;
		}
		expect_alone("/a", &procs[2], RECORD_F_ALONE);
		rule.max_processes = 2;
		expect_alone("/a", &procs[2], RECORD_F_ALONE | RECORD_F_CAPPED);
	}
}

/* However deep he is in what dies as a whole. */
static void who_is_spared_below_is_not_killed_either(void **state)
{
	static const struct branch tree[] = { { "/a", {}, CGROUP_OOM_GROUP },
					      { "/a/x" },
					      { "/a/x/deep", { 50, 10 } },
					      { "/a/y", { 20 } } };

	(void)state;
	build(tree, countof(tree));
	expect_whole("/a", 3, 80);
	assert_int_equal(sums[v.cgroup].private_kib, 80 * MIB);
	procs[1].oom_score_adj = -1000;
	expect_alone("/a", &procs[0], RECORD_F_ALONE);
}

/* Files and shared memory come back without anybody's death, or not even then. */
static void what_has_no_memory_of_its_own_is_no_victim(void **state)
{
	static const struct branch tree[] = { { "/a", { 50 } }, { "/b", { 5 } } };

	(void)state;
	build(tree, countof(tree));
	procs[0].file_kib = procs[0].anon_kib / 2;
	procs[0].shmem_kib = procs[0].anon_kib / 2;
	procs[0].anon_kib = 0;
	expect_whole("/b", 1, 5);
	procs[0].pgtables_kib = 1;
	expect_whole("/a", 1, 50);
}

/* And what he has does not make the cgroup look larger than what can be had. */
static void what_the_spared_have_does_not_count(void **state)
{
	static const struct branch tree[] = { { "/a", { 900, 10 } }, { "/b", { 50 } } };

	(void)state;
	build(tree, countof(tree));
	procs[0].action = FILTER_PROTECT;
	expect_whole("/b", 1, 50);
	procs[2].flags = PROC_DYING;
	expect_alone("/a", &procs[1], RECORD_F_ALONE);
}

/* Somebody below who asks to be left out is left out, also where all would die with memory.oom.group. */
static void who_asks_to_be_left_out_is_spared_in_a_whole(void **state)
{
	static const struct branch tree[] = { { "/a", {}, CGROUP_OOM_GROUP },
					      { "/a/x", { 50 }, CGROUP_OMIT },
					      { "/a/y", { 20 } } };

	(void)state;
	build(tree, countof(tree));
	expect_alone("/a", proc_at("/a/y", 0), RECORD_F_ALONE);
	proc_at("/a/y", 0)->flags = PROC_SELF;
	assert_string_equal(dies_in("/"), "nobody");
}

static void alone_the_preferred_goes_first_and_the_avoided_last(void **state)
{
	(void)state;
	build_three();
	rule.max_processes = 1;
	procs[1].action = FILTER_AVOID;
	expect_alone("/a", &procs[2], RECORD_F_CAPPED);
	procs[0].action = FILTER_PREFER;
	expect_alone("/a", &procs[0], RECORD_F_CAPPED);
	procs[0].flags = procs[2].flags = PROC_SELF;
	expect_alone("/a", &procs[1], RECORD_F_CAPPED | RECORD_F_ALONE);
}

static void who_dies_alone_takes_those_that_share_its_memory(void **state)
{
	(void)state;
	build_three();
	rule.max_processes = 1;
	procs[1].mm_id = procs[3].mm_id;
	procs[1].flags = procs[3].flags = PROC_SHARED;
	expect_alone("/a", &procs[1], RECORD_F_CAPPED);
	assert_int_equal(v.sharers, 1);
	assert_int_equal(v.sharer[0], 3);
}

/* A rule about process groups, and one group of the first three processes. */
static void build_group(void)
{
	build_three();
	rule.what = CHOOSE_GROUP;
	for (int i = 0; i < 3; i++)
		procs[i].pgid = 77;
}

static void expect_group(__u32 members, __u64 mib)
{
	choose_in("/");
	assert_int_equal(v.what, CHOOSE_GROUP);
	assert_int_equal(v.list, CHOOSE_PROCESS);
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.flags, 0);
	assert_int_equal(v.members, members);
	assert_int_equal(v.member_kib, mib * MIB);
	assert_int_equal(v.cgroup, CGROUP_NONE);
	assert_int_equal(v.sharers, 0);
}

/* The victim alone, and why. */
static void expect_leader(__u32 flags)
{
	choose_in("/");
	assert_int_equal(v.what, CHOOSE_PROCESS);
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.flags, flags);
	assert_int_equal(v.members, 1);
	assert_int_equal(v.member_kib, 50 * MIB);
}

static void a_group_is_that_of_the_process_that_goes_first(void **state)
{
	struct view view = { .facts = &facts, .procs = procs, .nprocs = 4 };

	(void)state;
	build_group();
	expect_group(3, 100);
	for (__u32 i = 0; i < nprocs; i++)
		assert_int_equal(choose_member(&view, &v, i), i < 3);
	/* A process without others of its group is one process. */
	procs[1].pgid = 78;
	expect_leader(0);
	/* Where the group is not known there is none: zeros are not a group. */
	for (__u32 i = 0; i < nprocs; i++)
		procs[i].pgid = 0;
	expect_leader(0);
}

/* Two of it have one memory: both are members, none is a sharer. */
static void who_shares_memory_inside_a_group_is_a_member(void **state)
{
	(void)state;
	build_group();
	procs[0].mm_id = procs[1].mm_id;
	procs[0].flags = procs[1].flags = PROC_SHARED;
	expect_group(3, 100);
}

static void a_group_larger_than_the_cap_is_not_killed_whole(void **state)
{
	(void)state;
	build_group();
	rule.max_processes = 3;
	expect_group(3, 100);
	rule.max_processes = 2;
	expect_leader(RECORD_F_CAPPED);
	build_group();
	rule.max_kib = 100 * MIB;
	expect_group(3, 100);
	rule.max_kib--;
	expect_leader(RECORD_F_CAPPED);
	/* One process is what it is, whatever the cap. */
	procs[1].pgid = 78;
	expect_leader(0);
}

/* More than a reaper's job has room for. */
static void a_group_without_a_cap_has_one_all_the_same(void **state)
{
	(void)state;
	build_group();
	while (nprocs < 1 + VERDICT_MEMBERS) /* the one in /b is not of the group */
		add_proc("/a", 1 * MIB)->pgid = 77;
	expect_group(VERDICT_MEMBERS, 100 + VERDICT_MEMBERS - 3);
	add_proc("/a", 1 * MIB)->pgid = 77;
	expect_leader(RECORD_F_CAPPED);
}

static void the_dead_of_a_group_are_none_of_it(void **state)
{
	(void)state;
	build_group();
	procs[0].flags = PROC_DYING;
	expect_group(2, 80);
	procs[2].mm_id = 0; /* has given up its memory */
	expect_leader(0);
}

static void a_group_with_one_that_is_spared_is_not_killed_whole(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		build_group();
		procs[0].flags = kind == 0 ? PROC_SELF : kind == 1 ? PROC_OUTSIDE : 0;
		procs[0].oom_score_adj = kind == 2 ? -1000 : 0;
		procs[0].action = kind == 3 ? FILTER_PROTECT : FILTER_NORMAL;
		expect_leader(RECORD_F_ALONE);
		rule.max_processes = 1;
		expect_leader(RECORD_F_ALONE);
	}
}

/* The rule is about one cgroup; part of the group lives in another. */
static void a_group_that_reaches_out_of_the_rules_cgroup_is_not_killed_whole(void **state)
{
	(void)state;
	build_group();
	procs[2].home = cgroup_at("/b");
	expect_group(3, 100);
	choose_in("/a");
	assert_int_equal(v.what, CHOOSE_PROCESS);
	assert_int_equal(v.flags, RECORD_F_ALONE);
	choose_in("/b");
	assert_int_equal(v.victim, 2);
	assert_int_equal(v.what, CHOOSE_PROCESS);
}

/* A rule over cgroups that kills one process kills one of there. */
static void one_process_is_one_of_the_rules_cgroup(void **state)
{
	(void)state;
	build_three();
	rule.what = CHOOSE_PROCESS;
	choose_in("/b");
	assert_int_equal(v.victim, 3);
	assert_int_equal(v.considered, 1);
	procs[3].home = CGROUP_NONE;
	choose_in("/b");
	assert_int_equal(v.victim, NO_VICTIM);
	choose_in("/a");
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.considered, 3);
}

static void a_rule_has_its_own_order(void **state)
{
	static const __u32 first[ORDERS] = {
		[ORDER_BADNESS] = 0, [ORDER_SIZE] = 1, [ORDER_GROWTH] = 2,
		[ORDER_BENEFIT] = 1, [ORDER_LMKD] = 0, [ORDER_SWAP] = 3,
	};

	(void)state;
	build_three();
	policy.order = ORDER_SIZE;
	rule.what = CHOOSE_PROCESS;
	procs[0].oom_score_adj = 500;
	procs[2].growth_kib_s = 900 * MIB;
	procs[2].updated_ns = facts.time_ns;
	policy.growth_horizon_ms = 0;
	procs[3].swap_kib = 20 * MIB;
	for (__u32 order = 0; order <= ORDER_SWAP; order++) {
		rule.order = order;
		choose_in("/");
		assert_int_equal(v.victim, first[order]);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(without_a_cap_all_of_it_dies),
		TEST(of_more_processes_than_the_cap_the_largest_dies_alone),
		TEST(of_more_memory_than_the_cap_the_largest_dies_alone),
		TEST(a_cap_changes_how_much_dies_and_not_where),
		TEST(who_is_spared_is_not_killed_with_the_others),
		TEST(who_is_spared_below_is_not_killed_either),
		TEST(what_has_no_memory_of_its_own_is_no_victim),
		TEST(what_the_spared_have_does_not_count),
		TEST(who_asks_to_be_left_out_is_spared_in_a_whole),
		TEST(alone_the_preferred_goes_first_and_the_avoided_last),
		TEST(who_dies_alone_takes_those_that_share_its_memory),
		TEST(a_group_is_that_of_the_process_that_goes_first),
		TEST(who_shares_memory_inside_a_group_is_a_member),
		TEST(a_group_larger_than_the_cap_is_not_killed_whole),
		TEST(a_group_without_a_cap_has_one_all_the_same),
		TEST(the_dead_of_a_group_are_none_of_it),
		TEST(a_group_with_one_that_is_spared_is_not_killed_whole),
		TEST(a_group_that_reaches_out_of_the_rules_cgroup_is_not_killed_whole),
		TEST(one_process_is_one_of_the_rules_cgroup),
		TEST(a_rule_has_its_own_order),
	};

	return RUN("decide/choose: how much at once", tests);
}
