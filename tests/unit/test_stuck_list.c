// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_stuck_list.c - agent/stuck_list: in which order the watchdog takes processes, whom it never does,
 * and what it has before the first look.
 */
#include "test.h"

#include "../../agent/stuck_list.h"

#define PROCS 100

static struct proc procs[PROCS];
static __u32 rows[STUCK_MAX];

static int begin(void **state)
{
	(void)state;
	memset(procs, 0, sizeof(procs));
	for (__u32 i = 0; i < PROCS; i++)
		procs[i] = (struct proc){ .tgid = 100 + i,
					  .start_ns = 1 + i,
					  .mm_id = 1000 + i,
					  .anon_kib = 100,
					  .rule = PROC_NO_RULE };
	return 0;
}

/* How many of the first n may go, in rows[]. */
static __u32 order(__u32 n)
{
	struct facts facts = {};
	struct view view = { .facts = &facts, .procs = procs, .nprocs = n };

	return stuck_rows(&view, rows);
}

static void the_highest_goes_first_and_of_equals_that_set_the_longest_ago(void **state)
{
	(void)state;
	procs[0].oom_score_adj = 900;
	procs[0].prio_ns = 30;
	procs[1].oom_score_adj = 1000;
	procs[1].prio_ns = 40;
	procs[2].oom_score_adj = 900;
	procs[2].prio_ns = 20;
	procs[3].oom_score_adj = 0;
	procs[3].prio_ns = 10;
	assert_int_equal(order(4), 4);
	assert_int_equal(rows[0], 1);
	assert_int_equal(rows[1], 2);
	assert_int_equal(rows[2], 0);
	assert_int_equal(rows[3], 3);
}

static void below_0_nobody_goes_nor_whom_anything_spares(void **state)
{
	(void)state;
	procs[0].oom_score_adj = -1;
	procs[1].action = FILTER_PROTECT;
	procs[2].flags = PROC_OUTSIDE;
	procs[3].flags = PROC_SELF;
	procs[4].flags = PROC_KILLED;
	procs[5].flags = PROC_SHARED;
	procs[6].flags = PROC_KTHREAD;
	procs[7].tgid = 1;
	procs[8].anon_kib = 0;
	assert_int_equal(order(10), 1);
	assert_int_equal(rows[0], 9);
}

static void the_preferred_goes_before_all_and_the_avoided_after_all(void **state)
{
	(void)state;
	procs[0].oom_score_adj = 1000;
	procs[0].action = FILTER_AVOID;
	procs[1].oom_score_adj = 500;
	procs[2].action = FILTER_PREFER;
	assert_int_equal(order(3), 3);
	assert_int_equal(rows[0], 2);
	assert_int_equal(rows[1], 1);
	assert_int_equal(rows[2], 0);
}

static void of_many_the_first_are_kept_in_order_wherever_they_stand(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 50; round++) {
		__u32 first = 0;

		for (__u32 i = 0; i < PROCS; i++) {
			procs[i].oom_score_adj = (__s16)(next_random(&seed) % 1001);
			procs[i].prio_ns = next_random(&seed) % 10;
		}
		assert_int_equal(order(PROCS), STUCK_MAX);
		for (__u32 i = 1; i < STUCK_MAX; i++)
			assert_true(procs[rows[i - 1]].oom_score_adj >=
				    procs[rows[i]].oom_score_adj);
		/* Nobody who was left out belongs before the last one. */
		for (__u32 i = 0; i < PROCS; i++)
			first += procs[i].oom_score_adj > procs[rows[STUCK_MAX - 1]].oom_score_adj;
		assert_true(first < STUCK_MAX);
	}
}

static void before_the_first_look_the_list_is_empty(void **state)
{
	static struct stuck_lists lists;

	(void)state;
	stuck_lists_init(&lists);
	assert_int_equal(stuck_latest(&lists)->n, 0);
	assert_ptr_equal(stuck_latest(&lists), stuck_latest(&lists));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			the_highest_goes_first_and_of_equals_that_set_the_longest_ago, begin),
		cmocka_unit_test_setup(below_0_nobody_goes_nor_whom_anything_spares, begin),
		cmocka_unit_test_setup(the_preferred_goes_before_all_and_the_avoided_after_all,
				       begin),
		cmocka_unit_test_setup(of_many_the_first_are_kept_in_order_wherever_they_stand,
				       begin),
		cmocka_unit_test(before_the_first_look_the_list_is_empty),
	};

	return RUN("agent/stuck_list", tests);
}
