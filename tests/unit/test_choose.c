// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_choose.c - decide/choose: points as the kernel gives them, and who ranks before whom. What
 * the verdict lists is in test_verdict.c.
 */
#include "test.h"

#include "../../agent/decide/choose.h"
#include "../../agent/decide/rank.h"

#define MS  1000000ULL
#define S   (1000 * MS)
#define MIB 1024

/* 16,000,000 KiB in all: one thousandth, a band, is 16,000 KiB. */
static const struct facts facts = { .time_ns = 100 * S,
				    .mem_total_kib = 12000000,
				    .swap_total_kib = 4000000 };
static struct choose_policy policy;
static struct proc procs[16];
static __u32 n;

static int begin(void **state)
{
	(void)state;
	policy = (struct choose_policy){ .growth_horizon_ms = 1000, .least_kib = 4 * MIB };
	memset(procs, 0, sizeof(procs));
	n = 0;
	return 0;
}

/* One more process of this size. */
static struct proc *add(__u32 anon_kib)
{
	struct proc *p = &procs[n];

	*p = (struct proc){ .tgid = 1000 + n,
			    .mm_id = 0x1000 + n,
			    .start_ns = 1,
			    .anon_kib = anon_kib,
			    .updated_ns = facts.time_ns,
			    .prio_ns = 5 * S,
			    .rule = PROC_NO_RULE };
	n++;
	return p;
}

static __u32 victim(void)
{
	struct view view = { .facts = &facts, .procs = procs, .nprocs = n };
	struct verdict v;

	memset(&v, 0, sizeof(v));
	choose(&policy, NULL, &view, NULL, &v);
	return v.victim;
}

static __s64 score(const struct proc *p)
{
	return choose_score(&policy, policy.order, &facts, p);
}

/*
 * oom_badness() of mm/oom_kill.c: points = rss + swap entries + page tables, all in pages, plus
 * oom_score_adj * (totalpages / 1000). By hand: 4,000,000 pages in all, 4 KiB each.
 */
static void points_are_those_of_the_kernel(void **state)
{
	static const struct {
		__u32 anon, file, shmem, swap, pgtables; /* KiB */
		__s16 adj;
		__s64 pages;
	} cases[] = {
		{ 400000, 0, 0, 0, 0, 0, 100000 },
		{ 400000, 40000, 4000, 400, 4, 0, 111101 },
		{ 400000, 0, 0, 0, 0, 1, 104000 },
		{ 400000, 0, 0, 0, 0, 1000, 4100000 },
		{ 400000, 0, 0, 0, 0, -1, 96000 },
		{ 400000, 0, 0, 0, 0, -500, -1900000 },
		{ 400000, 0, 0, 0, 0, -999, -3896000 },
		{ 0, 0, 0, 4, 0, 0, 1 },
		{ 0, 0, 0, 0, 0, 300, 1200000 },
		{ 4294967292U, 4294967292U, 4294967292U, 4294967292U, 0, 0, 4294967292 },
	};

	(void)state;
	policy.growth_horizon_ms = 0;
	for (size_t i = 0; i < countof(cases); i++) {
		struct proc p = { .anon_kib = cases[i].anon,
				  .file_kib = cases[i].file,
				  .shmem_kib = cases[i].shmem,
				  .swap_kib = cases[i].swap,
				  .pgtables_kib = cases[i].pgtables,
				  .oom_score_adj = cases[i].adj };

		assert_int_equal(score(&p), cases[i].pages * 4);
	}
}

static void growth_in_the_horizon_counts_at_most_once_the_size(void **state)
{
	struct proc *p = add(100000);

	(void)state;
	p->growth_kib_s = 30000;
	assert_int_equal(score(p), 130000);
	policy.growth_horizon_ms = 500;
	assert_int_equal(score(p), 115000);
	policy.growth_horizon_ms = 60000;
	assert_int_equal(score(p), 200000);
	policy.growth_horizon_ms = 0;
	assert_int_equal(score(p), 100000);
}

static void who_shrinks_has_no_points_taken_off(void **state)
{
	struct proc *p = add(100000);

	(void)state;
	p->growth_kib_s = -30000;
	assert_int_equal(score(p), 100000);
}

static void growth_learnt_half_a_second_ago_is_history(void **state)
{
	struct proc *p = add(100000);

	(void)state;
	p->growth_kib_s = 30000;
	p->updated_ns = facts.time_ns - 500 * MS;
	assert_int_equal(score(p), 130000);
	p->updated_ns--;
	assert_int_equal(score(p), 100000);
	p->updated_ns = facts.time_ns + S; /* a record newer than the facts */
	assert_int_equal(score(p), 130000);
}

static void by_size_neither_adj_nor_growth_nor_page_tables_count(void **state)
{
	struct proc *p = add(100000);

	(void)state;
	policy.order = ORDER_SIZE;
	p->oom_score_adj = 900;
	p->growth_kib_s = 50000;
	p->pgtables_kib = 777;
	p->swap_kib = 50;
	assert_int_equal(score(p), 100050);
}

static void by_growth_the_fastest_goes_first_then_the_largest(void **state)
{
	(void)state;
	policy.order = ORDER_GROWTH;
	add(900000);
	add(300000)->growth_kib_s = 200000;
	add(100000)->growth_kib_s = 700000;
	assert_int_equal(score(&procs[2]), 700000);
	assert_int_equal(victim(), 2);
	procs[2].growth_kib_s = 0;
	assert_int_equal(victim(), 1);
	procs[1].growth_kib_s = -5;
	assert_int_equal(victim(), 0);
}

static void an_order_that_there_is_not_is_the_kernels(void **state)
{
	struct proc *p = add(100000);

	(void)state;
	p->oom_score_adj = 10;
	policy.order = ORDERS;
	assert_int_equal(score(p), 260000);
}

static void the_most_points_go_first(void **state)
{
	(void)state;
	add(1000000);
	add(3000000);
	add(2000000);
	assert_int_equal(victim(), 1);
	procs[0].oom_score_adj = 500;
	assert_int_equal(victim(), 0);
	procs[0].oom_score_adj = -999;
	procs[1].oom_score_adj = -998;
	procs[2].oom_score_adj = -900;
	assert_int_equal(victim(), 2);
}

static void who_is_preferred_goes_before_all_and_who_is_avoided_after(void **state)
{
	(void)state;
	add(8000000)->action = FILTER_AVOID;
	add(2000000);
	add(100)->action = FILTER_PREFER;
	add(2 * MIB);
	assert_int_equal(victim(), 2);
	procs[2].flags = PROC_DYING;
	assert_int_equal(victim(), 1);
	procs[1].flags = PROC_DYING;
	assert_int_equal(victim(), 3); /* too small to help goes before avoided */
	procs[3].flags = PROC_DYING;
	assert_int_equal(victim(), 0);
	procs[0].flags = PROC_DYING;
	assert_int_equal(victim(), NO_VICTIM);
}

static void who_is_too_small_goes_after_the_others_whatever_its_points(void **state)
{
	(void)state;
	add(4 * MIB - 1)->oom_score_adj = 1000;
	add(4 * MIB);
	assert_int_equal(victim(), 1);
	policy.least_kib = 0;
	assert_int_equal(victim(), 0);
}

static void among_the_preferred_points_decide(void **state)
{
	(void)state;
	add(100000)->action = FILTER_PREFER;
	add(900000)->action = FILTER_PREFER;
	add(100)->action = FILTER_PREFER;
	assert_int_equal(victim(), 1);
}

/* /proc/PID/oom_score shows thousandths; what is equal there is told apart by use. */
static void inside_a_band_the_least_recently_used_goes_first(void **state)
{
	(void)state;
	add(16000 * 3 + 15999)->prio_ns = 7 * S;
	add(16000 * 3)->prio_ns = 6 * S;
	assert_int_equal(victim(), 1);
	procs[0].anon_kib++; /* the next band */
	assert_int_equal(victim(), 0);
}

static void bands_below_zero_are_as_wide_as_those_above(void **state)
{
	(void)state;
	add(16000 - 1)->prio_ns = 7 * S; /* points -1 */
	add(5000)->prio_ns = 6 * S;	 /* points -11000 */
	add(16000 + 1)->prio_ns = 1 * S; /* points 1 */
	for (__u32 i = 0; i < n; i++)
		procs[i].oom_score_adj = -1;
	assert_int_equal(victim(), 2);
	procs[2].flags = PROC_DYING;
	assert_int_equal(victim(), 1);
}

static void used_at_the_same_time_the_larger_goes_first_then_the_first(void **state)
{
	(void)state;
	add(50000);
	add(50001);
	add(50001);
	assert_int_equal(victim(), 1);
	procs[2].anon_kib = 50002;
	assert_int_equal(victim(), 2);
	procs[1].anon_kib = procs[2].anon_kib = procs[0].anon_kib;
	assert_int_equal(victim(), 0);
}

static void without_a_total_points_still_rank(void **state)
{
	static const struct facts none = { .time_ns = 100 * S };
	struct view view = { .facts = &none, .procs = procs };
	struct verdict v = {};

	(void)state;
	add(50000)->oom_score_adj = 500;
	add(60000);
	view.nprocs = n;
	choose(&policy, NULL, &view, NULL, &v);
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.candidate[1].score, 50000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(points_are_those_of_the_kernel),
		TEST(growth_in_the_horizon_counts_at_most_once_the_size),
		TEST(who_shrinks_has_no_points_taken_off),
		TEST(growth_learnt_half_a_second_ago_is_history),
		TEST(by_size_neither_adj_nor_growth_nor_page_tables_count),
		TEST(by_growth_the_fastest_goes_first_then_the_largest),
		TEST(an_order_that_there_is_not_is_the_kernels),
		TEST(the_most_points_go_first),
		TEST(who_is_preferred_goes_before_all_and_who_is_avoided_after),
		TEST(who_is_too_small_goes_after_the_others_whatever_its_points),
		TEST(among_the_preferred_points_decide),
		TEST(inside_a_band_the_least_recently_used_goes_first),
		TEST(bands_below_zero_are_as_wide_as_those_above),
		TEST(used_at_the_same_time_the_larger_goes_first_then_the_first),
		TEST(without_a_total_points_still_rank),
	};

	return RUN("decide/choose", tests);
}
