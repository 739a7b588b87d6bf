// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_choose_order.c - decide/choose_cgroup: which cgroup goes before which, by each order and class.
 */
#include "branches.h"

static void the_largest_goes_first(void **state)
{
	(void)state;
	BUILD({ { "/a", { 100 } }, { "/b", { 50, 60, 60 } }, { "/c", { 169 } } });
	procs[0].oom_score_adj = 900; /* of which size knows nothing */
	assert_string_equal(ranked_in("/"), "/b /c /a");
	assert_string_equal(dies_in("/"), "/b");
	assert_int_equal(v.victim, 2); /* the largest of it, the first of two */
	assert_int_equal(v.members, 3);
	assert_int_equal(v.member_kib, 170 * MIB);
	assert_int_equal(v.considered, 3);
	assert_int_equal(v.vetoed, 0);
	assert_int_equal(v.candidate[0].score, 170 * MIB);
}

static void of_equals_the_first_goes_first(void **state)
{
	(void)state;
	BUILD({ { "/a", { 50 } }, { "/b", { 100 } }, { "/c", { 100 } } });
	assert_string_equal(ranked_in("/"), "/b /c /a");
}

static void the_preferred_goes_before_all_and_the_avoided_after(void **state)
{
	(void)state;
	BUILD({ { "/a", { 900 }, .action = FILTER_AVOID },
		{ "/b", { 100 } },
		{ "/c", { 1 }, .action = FILTER_PREFER },
		{ "/d", { 2 } },
		{ "/e", { 800 }, .action = FILTER_AVOID },
		{ "/f", { 10 }, .action = FILTER_PREFER } });
	assert_string_equal(ranked_in("/"), "/f /c /b /d /a /e");
	/* Among equals a preference is of no effect. */
	for (__u32 i = 1; i < n; i++)
		cgroups[i].action = FILTER_PREFER;
	assert_string_equal(ranked_in("/"), "/a /e /b /f /d /c");
	for (__u32 i = 1; i < n; i++)
		cgroups[i].action = FILTER_AVOID;
	assert_string_equal(ranked_in("/"), "/a /e /b /f /d /c");
}

static void what_is_too_small_to_help_goes_after_the_others(void **state)
{
	(void)state;
	BUILD({ { "/a" }, { "/a/b", { 3 } }, { "/a/c", { 3 } }, { "/d", { 4 } } });
	assert_string_equal(ranked_in("/"), "/d /a/b /a/c");
	proc_at("/d", 0)->anon_kib--;
	assert_string_equal(ranked_in("/"), "/a/b /a/c /d");
}

/* systemd-oomd's test of seven. Who has no swap, or was not scanned, gives nothing of what is short. */
static void seven_by_swap(void **state)
{
	static const __u32 swap_mib[] = { 20, 60, 40, 0, 30, 70, 10 };

	(void)state;
	BUILD({ { "/one", { 44 } },
		{ "/two", { 33 } },
		{ "/three", { 22 } },
		{ "/four", { 900 } },
		{ "/five", { 11 }, CGROUP_OMIT },
		{ "/six", { 1 }, .action = FILTER_AVOID },
		{ "/seven", { 10 } } });
	rule.order = ORDER_SWAP;
	for (__u32 i = 0; i < countof(swap_mib); i++)
		procs[i].swap_kib = swap_mib[i] * MIB;
	assert_string_equal(ranked_in("/"), "/two /three /five(11) /one /seven /four(10) /six");
	assert_int_equal(v.candidate[0].score, 60 * MIB);
	for (__u32 i = 0; i < nprocs; i++)
		procs[i].swap_kib = 0;
	assert_string_equal(dies_in("/"), "nobody");
}

static void seven_by_pages_scanned(void **state)
{
	(void)state;
	BUILD({ { "/one", { 44 }, .scanned = 20 },
		{ "/two", { 33 }, .scanned = 60 },
		{ "/three", { 22 }, .scanned = 40 },
		{ "/four", { 900 } },
		{ "/five", { 11 }, CGROUP_OMIT, .scanned = 30 },
		{ "/six", { 5 }, .action = FILTER_AVOID, .scanned = 70 },
		{ "/seven", { 10 }, .scanned = 1 } });
	rule.order = ORDER_PGSCAN;
	assert_string_equal(ranked_in("/"), "/two /three /five(11) /one /seven /four(10) /six");
	assert_int_equal(v.candidate[0].score, 60);
	cgroups[cgroup_at("/seven")].scanned = 0;
	assert_string_equal(ranked_in("/"), "/two /three /five(11) /one /four(10) /seven(10) /six");
	for (__u32 i = 0; i < n; i++)
		cgroups[i].scanned = 0;
	assert_string_equal(dies_in("/"), "nobody");
}

/* memory.stat counts what is below too: it is not added up a second time. */
static void pages_scanned_are_of_a_whole_branch_by_themselves(void **state)
{
	(void)state;
	BUILD({ { "/a", .scanned = 100 },
		{ "/a/x", { 10 }, .scanned = 60 },
		{ "/a/y", { 10 }, .scanned = 40 },
		{ "/b", { 10 }, .scanned = 110 } });
	rule.order = ORDER_PGSCAN;
	assert_string_equal(ranked_in("/"), "/b /a/x /a/y");
}

/* Stall is of each by itself, and those with none go by size. */
static void by_stall_who_waited_the_longest_goes_first(void **state)
{
	(void)state;
	BUILD({ { "/a", .stall_ns = 5 },
		{ "/a/x", { 10 }, .stall_ns = 60 },
		{ "/a/y", { 10 }, .stall_ns = 70 },
		{ "/b", { 900 }, .stall_ns = 100 },
		{ "/c", { 300 } },
		{ "/d", { 400 } } });
	rule.order = ORDER_STALL;
	assert_string_equal(ranked_in("/"), "/a/y /a/x /b /d /c");
	assert_int_equal(v.candidate[0].score, 70);
}

static void by_growth_who_grows_the_fastest_goes_first(void **state)
{
	(void)state;
	BUILD({ { "/a", { 900 } }, { "/b", { 50, 60 } }, { "/c", { 3 } }, { "/d", { 80 } } });
	rule.order = ORDER_GROWTH;
	for (__u32 i = 0; i < nprocs; i++)
		procs[i].updated_ns = facts.time_ns;
	proc_at("/b", 0)->growth_kib_s = proc_at("/b", 1)->growth_kib_s = 3000;
	proc_at("/c", 0)->growth_kib_s = 900000; /* too small yet to help */
	proc_at("/d", 0)->growth_kib_s = 5000;
	assert_string_equal(ranked_in("/"), "/b /d /a /c");
	assert_int_equal(v.candidate[0].score, 6000);
}

/* Size, page tables, growth of all, and the oom_score_adj of the largest, once. */
static void by_badness_an_adjustment_counts_once(void **state)
{
	(void)state;
	BUILD({ { "/big", { 4000 } }, { "/many", { 10, 10, 10, 10, 10, 11 } }, { "/c", { 60 } } });
	rule.order = ORDER_BADNESS;
	for (int i = 0; i < 6; i++)
		proc_at("/many", i)->oom_score_adj = 200; /* as a desktop's programs have */
	assert_string_equal(ranked_in("/"), "/big /many /c");
	assert_int_equal(v.candidate[1].score, (61 + 200 * 16) * MIB);
	proc_at("/big", 0)->oom_score_adj = -100;
	proc_at("/big", 0)->pgtables_kib = 1 * MIB;
	choose_in("/");
	assert_int_equal(v.candidate[1].score, (4000 + 1 - 100 * 16) * MIB);
	assert_string_equal(dies_in("/"), "/many");
	proc_at("/c", 0)->oom_score_adj = -999;
	assert_string_equal(ranked_in("/"), "/many /big /c");
	assert_int_equal(v.candidate[2].score, (60 - 999 * 16) * MIB);
	proc_at("/c", 0)->oom_score_adj = -1000;
	assert_string_equal(ranked_in("/"), "/many /big /c(12)");
	assert_int_equal(v.candidate[2].score, 0);
}

/* And neither is it added up over a branch. */
static void by_badness_a_branch_of_many_is_no_worse_for_it(void **state)
{
	static char names[20][24];

	(void)state;
	BUILD({ { "/user" }, { "/system" }, { "/system/hog", { 9000 } } });
	rule.order = ORDER_BADNESS;
	for (size_t i = 0; i < countof(names); i++) {
		sprintf(names[i], "/user/app%zu", i);
		add_branch(&(struct branch){ names[i], { 100 } });
		procs[nprocs - 1].oom_score_adj = 200;
	}
	assert_string_equal(dies_in("/"), "/system/hog");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(the_largest_goes_first),
		TEST(of_equals_the_first_goes_first),
		TEST(the_preferred_goes_before_all_and_the_avoided_after),
		TEST(what_is_too_small_to_help_goes_after_the_others),
		TEST(seven_by_swap),
		TEST(seven_by_pages_scanned),
		TEST(pages_scanned_are_of_a_whole_branch_by_themselves),
		TEST(by_stall_who_waited_the_longest_goes_first),
		TEST(by_growth_who_grows_the_fastest_goes_first),
		TEST(by_badness_an_adjustment_counts_once),
		TEST(by_badness_a_branch_of_many_is_no_worse_for_it),
	};

	return RUN("decide/choose_cgroup: order", tests);
}
