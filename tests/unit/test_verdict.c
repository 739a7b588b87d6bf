// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_verdict.c - decide/choose: what a verdict lists and counts, and who dies with the victim.
 */
#include "test.h"

#include "../../agent/decide/choose.h"

static const struct facts facts = { .time_ns = 1000000000, .mem_total_kib = 10000000 };
static const struct choose_policy policy = { .least_kib = 1 };
static struct proc procs[64];
static __u32 n;
static struct verdict v;

static int begin(void **state)
{
	(void)state;
	n = 0;
	memset(&v, 0, sizeof(v));
	return 0;
}

static struct proc *add(__u32 anon_kib)
{
	struct proc *p = &procs[n];

	*p = (struct proc){ .tgid = 1000 + n, .mm_id = 0x1000 + n, .anon_kib = anon_kib };
	n++;
	return p;
}

static void run(void)
{
	struct view view = { .facts = &facts, .procs = procs, .nprocs = n };

	choose(&policy, NULL, &view, NULL, &v);
}

static void from_an_empty_table_nobody_is_chosen(void **state)
{
	(void)state;
	run();
	assert_int_equal(v.victim, NO_VICTIM);
	assert_int_equal(v.candidates, 0);
	assert_int_equal(v.considered, 0);
	assert_int_equal(v.vetoed, 0);
	assert_int_equal(v.sharers, 0);
}

static void candidates_are_listed_as_they_rank(void **state)
{
	static const __u32 order[] = { 3, 1, 4, 0, 2 };

	(void)state;
	add(200000);
	add(400000);
	add(100000);
	add(500000);
	add(300000);
	run();
	assert_int_equal(v.victim, 3);
	assert_int_equal(v.candidates, 5);
	assert_int_equal(v.considered, 5);
	assert_int_equal(v.vetoed, 0);
	for (__u32 i = 0; i < 5; i++) {
		assert_int_equal(v.candidate[i].index, order[i]);
		assert_int_equal(v.candidate[i].veto, VETO_NONE);
		assert_int_equal(v.candidate[i].score, procs[order[i]].anon_kib);
	}
}

static void the_best_eight_of_many_are_listed(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 40; i++)
		add(100000 + i * 7919 % 40 * 10000);
	run();
	assert_int_equal(v.candidates, RECORD_CANDIDATES);
	assert_int_equal(v.considered, 40);
	for (__u32 i = 0; i < RECORD_CANDIDATES; i++)
		assert_int_equal(v.candidate[i].score, 100000 + (39 - i) * 10000);
	assert_int_equal(v.victim, v.candidate[0].index);
}

static void the_spared_are_listed_in_their_place_with_the_reason(void **state)
{
	(void)state;
	add(500000)->action = FILTER_PROTECT;
	add(400000);
	add(300000)->oom_score_adj = -1000;
	add(200000);
	run();
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.considered, 4);
	assert_int_equal(v.vetoed, 2);
	assert_int_equal(v.candidates, 4);
	assert_int_equal(v.candidate[0].index, 0);
	assert_int_equal(v.candidate[0].veto, VETO_FILTER);
	assert_int_equal(v.candidate[1].index, 1);
	assert_int_equal(v.candidate[1].veto, VETO_NONE);
	assert_int_equal(v.candidate[2].index, 3);
	assert_int_equal(v.candidate[3].index, 2);
	assert_int_equal(v.candidate[3].veto, VETO_ADJ);
}

/* For any number of spared processes that rank above. */
static void the_victim_is_listed_however_many_spared_rank_above(void **state)
{
	(void)state;
	for (__u32 spared = 0; spared < 20; spared++) {
		bool listed = false;

		begin(NULL);
		add(10000);
		for (__u32 i = 0; i < spared; i++)
			add(500000 + i * 10000)->flags = PROC_SELF;
		run();
		assert_int_equal(v.victim, 0);
		assert_int_equal(v.vetoed, spared);
		assert_int_equal(v.candidates,
				 spared < RECORD_CANDIDATES ? spared + 1 : RECORD_CANDIDATES);
		for (__u32 i = 0; i < v.candidates; i++)
			listed |= v.candidate[i].index == 0 && !v.candidate[i].veto;
		assert_true(listed);
		assert_int_equal(v.candidate[v.candidates - 1].index, 0);
	}
}

static void where_all_are_spared_nobody_dies_and_the_reasons_are_listed(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 10; i++)
		add(100000)->action = FILTER_PROTECT;
	run();
	assert_int_equal(v.victim, NO_VICTIM);
	assert_int_equal(v.considered, 10);
	assert_int_equal(v.vetoed, 10);
	assert_int_equal(v.candidates, RECORD_CANDIDATES);
	for (__u32 i = 0; i < v.candidates; i++)
		assert_int_equal(v.candidate[i].veto, VETO_FILTER);
}

/* Not in the scope, kernel threads, no memory: these were never candidates. */
static void who_could_never_help_is_not_even_considered(void **state)
{
	(void)state;
	add(500000)->flags = PROC_OUTSIDE;
	add(0)->flags = PROC_KTHREAD;
	add(0);
	add(500000)->mm_id = 0;
	add(1000);
	run();
	assert_int_equal(v.considered, 1);
	assert_int_equal(v.vetoed, 0);
	assert_int_equal(v.candidates, 1);
	assert_int_equal(v.victim, 4);
}

static void who_shares_the_victims_memory_dies_with_it(void **state)
{
	(void)state;
	add(100000);
	for (int i = 0; i < 3; i++) {
		add(200000)->mm_id = 0xabc;
		procs[n - 1].flags = PROC_SHARED;
	}
	run();
	assert_int_equal(v.victim, 1);
	assert_int_equal(v.sharers, 2);
	assert_int_equal(v.sharer[0], 2);
	assert_int_equal(v.sharer[1], 3);
}

/* A verdict used again (a candidate was gone, the next is chosen) keeps nothing of the first. */
static void a_choice_does_not_depend_on_what_the_verdict_held_before(void **state)
{
	struct verdict fresh;

	(void)state;
	add(100000);
	add(200000)->mm_id = 0xabc;
	add(200000)->mm_id = 0xabc;
	procs[1].flags = procs[2].flags = PROC_SHARED;
	run();
	assert_int_equal(v.sharers, 1);
	procs[1].flags |= PROC_CHANGED;
	procs[2].flags |= PROC_OUTSIDE;
	run();
	assert_int_equal(v.victim, 0);
	fresh = v;
	begin(NULL);
	n = 3;
	run();
	assert_memory_equal(&fresh, &v, sizeof(v));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(from_an_empty_table_nobody_is_chosen),
		TEST(candidates_are_listed_as_they_rank),
		TEST(the_best_eight_of_many_are_listed),
		TEST(the_spared_are_listed_in_their_place_with_the_reason),
		TEST(the_victim_is_listed_however_many_spared_rank_above),
		TEST(where_all_are_spared_nobody_dies_and_the_reasons_are_listed),
		TEST(who_could_never_help_is_not_even_considered),
		TEST(who_shares_the_victims_memory_dies_with_it),
		TEST(a_choice_does_not_depend_on_what_the_verdict_held_before),
	};

	return RUN("decide/choose: verdicts", tests);
}
