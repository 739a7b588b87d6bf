// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_spare.c - decide/spare: who must not die, each reason by itself, which reason is given when
 * there are several, and those who share their memory.
 */
#include "test.h"

#include "../../agent/decide/spare.h"

static const struct facts facts = { .mem_total_kib = 1000000 };
static struct proc procs[16];
static struct view view = { .facts = &facts, .procs = procs, .nprocs = 1 };

/* One ordinary process, that may be killed. */
static int begin(void **state)
{
	(void)state;
	for (__u32 i = 0; i < countof(procs); i++)
		procs[i] = (struct proc){ .tgid = 100 + i,
					  .start_ns = 1,
					  .mm_id = 0x100 + i,
					  .anon_kib = 1000,
					  .rule = PROC_NO_RULE };
	view.nprocs = 1;
	view.flags = 0;
	view.min_score_adj = 0;
	return 0;
}

/* The first `count` processes have one mm. */
static void share(__u32 count)
{
	view.nprocs = count;
	for (__u32 i = 0; i < count; i++) {
		procs[i].mm_id = 0xabc;
		procs[i].flags |= PROC_SHARED;
	}
}

static void an_ordinary_process_may_be_killed(void **state)
{
	(void)state;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	procs[0].oom_score_adj = 1000;
	procs[0].action = FILTER_PREFER;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	procs[0].action = FILTER_AVOID;
	assert_int_equal(spare(&view, 0), VETO_NONE);
}

static void init_is_spared(void **state)
{
	(void)state;
	procs[0].tgid = 1;
	assert_int_equal(spare(&view, 0), VETO_INIT);
	procs[0].tgid = 0;
	assert_int_equal(spare(&view, 0), VETO_INIT);
	procs[0].tgid = 2;
	assert_int_equal(spare(&view, 0), VETO_NONE);
}

/* Its process 1 is mostly all there is of a container: the kernel's own killer takes it too. */
static void the_first_process_of_a_container_is_like_any_other(void **state)
{
	(void)state;
	procs[0].tgid = 12345;
	assert_int_equal(spare(&view, 0), VETO_NONE);
}

static void kernel_threads_are_spared(void **state)
{
	(void)state;
	procs[0].flags = PROC_KTHREAD;
	assert_int_equal(spare(&view, 0), VETO_KTHREAD);
}

static void the_agent_and_its_ancestors_are_spared(void **state)
{
	(void)state;
	procs[0].flags = PROC_SELF;
	assert_int_equal(spare(&view, 0), VETO_SELF);
}

static void adj_of_minus_1000_spares_and_minus_999_does_not(void **state)
{
	(void)state;
	procs[0].oom_score_adj = -1000;
	assert_int_equal(spare(&view, 0), VETO_ADJ);
	procs[0].oom_score_adj = -1001;
	assert_int_equal(spare(&view, 0), VETO_ADJ);
	procs[0].oom_score_adj = -999;
	assert_int_equal(spare(&view, 0), VETO_NONE);
}

static void who_is_outside_the_scope_is_spared(void **state)
{
	(void)state;
	procs[0].flags = PROC_OUTSIDE;
	assert_int_equal(spare(&view, 0), VETO_SCOPE);
}

static void who_is_not_the_one_measured_is_spared(void **state)
{
	(void)state;
	procs[0].flags = PROC_CHANGED;
	assert_int_equal(spare(&view, 0), VETO_IDENTITY);
}

static void who_is_dying_is_spared(void **state)
{
	(void)state;
	procs[0].flags = PROC_DYING;
	assert_int_equal(spare(&view, 0), VETO_DYING);
}

static void who_a_filter_protects_is_spared(void **state)
{
	(void)state;
	procs[0].action = FILTER_PROTECT;
	assert_int_equal(spare(&view, 0), VETO_FILTER);
}

static void below_the_floor_is_out_whatever_else_it_is(void **state)
{
	(void)state;
	view.min_score_adj = 201;
	procs[0].oom_score_adj = 200;
	assert_int_equal(spare(&view, 0), VETO_NONE); /* no floor was asked for */
	view.flags = VIEW_FLOOR;
	assert_int_equal(spare(&view, 0), VETO_FLOOR);
	procs[0].flags = PROC_DYING;
	procs[0].action = FILTER_PROTECT;
	assert_int_equal(spare(&view, 0), VETO_FLOOR);
	procs[0].oom_score_adj = 201;
	assert_int_equal(spare(&view, 0), VETO_DYING);
	procs[0].flags = 0;
	procs[0].action = FILTER_PREFER;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	view.min_score_adj = -500;
	procs[0].oom_score_adj = -500;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	procs[0].oom_score_adj = -501;
	assert_int_equal(spare(&view, 0), VETO_FLOOR);
}

/* Killing it would kill one that the reason spares. */
static void who_shares_memory_with_one_below_the_floor_is_spared(void **state)
{
	(void)state;
	share(2);
	view.flags = VIEW_FLOOR;
	view.min_score_adj = 900;
	procs[0].oom_score_adj = 900;
	assert_int_equal(spare(&view, 0), VETO_SHARES);
	procs[1].flags |= PROC_DYING;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	procs[1].flags &= (__u16)~PROC_DYING;
	procs[1].oom_score_adj = 900;
	assert_int_equal(spare(&view, 0), VETO_NONE);
}

static void who_is_not_registered_is_spared_where_that_is_asked(void **state)
{
	(void)state;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	view.flags = VIEW_REGISTERED;
	assert_int_equal(spare(&view, 0), VETO_UNREGISTERED);
	procs[0].action = FILTER_PROTECT; /* which would hold if it were */
	assert_int_equal(spare(&view, 0), VETO_FILTER);
	procs[0].action = FILTER_NORMAL;
	procs[0].flags = PROC_REGISTERED;
	assert_int_equal(spare(&view, 0), VETO_NONE);
}

/* Between vfork and exec nobody knows of the child; it would make its parent immortal. */
static void a_sharer_needs_not_be_registered(void **state)
{
	(void)state;
	share(2);
	view.flags = VIEW_REGISTERED;
	procs[0].flags |= PROC_REGISTERED;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	assert_int_equal(spare(&view, 1), VETO_UNREGISTERED);
}

static void who_has_no_memory_is_spared(void **state)
{
	(void)state;
	procs[0].mm_id = 0;
	assert_int_equal(spare(&view, 0), VETO_EMPTY);
	procs[0].mm_id = 5;
	procs[0].anon_kib = 0;
	assert_int_equal(spare(&view, 0), VETO_EMPTY);
	procs[0].swap_kib = 1;
	assert_int_equal(spare(&view, 0), VETO_NONE);
}

/* All reasons hold at once; each is taken away after it was given. */
static void of_several_reasons_the_most_absolute_is_given(void **state)
{
	(void)state;
	share(2);
	procs[1].tgid = 1;
	procs[0].tgid = 1;
	procs[0].flags |= PROC_KTHREAD | PROC_KILLED | PROC_SELF | PROC_OUTSIDE | PROC_CHANGED |
			  PROC_DYING;
	procs[0].oom_score_adj = -1000;
	procs[0].action = FILTER_PROTECT;
	assert_int_equal(spare(&view, 0), VETO_INIT);
	procs[0].tgid = 100;
	assert_int_equal(spare(&view, 0), VETO_KTHREAD);
	procs[0].flags &= (__u16)~PROC_KTHREAD;
	assert_int_equal(spare(&view, 0), VETO_SELF);
	procs[0].flags &= (__u16)~PROC_SELF;
	assert_int_equal(spare(&view, 0), VETO_SCOPE);
	procs[0].flags &= (__u16)~PROC_OUTSIDE;
	assert_int_equal(spare(&view, 0), VETO_IDENTITY);
	procs[0].flags &= (__u16)~PROC_CHANGED;
	assert_int_equal(spare(&view, 0), VETO_DYING);
	procs[0].flags &= (__u16)~PROC_KILLED;
	assert_int_equal(spare(&view, 0), VETO_DYING);
	procs[0].flags &= (__u16)~PROC_DYING;
	assert_int_equal(spare(&view, 0), VETO_ADJ);
	procs[0].oom_score_adj = 0;
	assert_int_equal(spare(&view, 0), VETO_FILTER);
	procs[0].action = FILTER_NORMAL;
	assert_int_equal(spare(&view, 0), VETO_SHARES);
}

static void who_shares_memory_only_with_killable_ones_may_be_killed(void **state)
{
	(void)state;
	share(1 + VERDICT_SHARERS);
	for (__u32 i = 0; i < view.nprocs; i++)
		assert_int_equal(spare(&view, i), VETO_NONE);
}

static void who_shares_memory_with_a_spared_process_is_spared(void **state)
{
	static const __u16 flags[] = { PROC_SELF, PROC_OUTSIDE, PROC_CHANGED, PROC_KTHREAD };

	(void)state;
	share(3);
	for (size_t i = 0; i < countof(flags); i++) {
		procs[2].flags = PROC_SHARED | flags[i];
		assert_int_equal(spare(&view, 0), VETO_SHARES);
		assert_int_equal(spare(&view, 1), VETO_SHARES);
	}
	procs[2].flags = PROC_SHARED;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	procs[2].action = FILTER_PROTECT;
	assert_int_equal(spare(&view, 0), VETO_SHARES);
	assert_int_equal(spare(&view, 2), VETO_FILTER);
	procs[2].action = FILTER_NORMAL;
	procs[2].oom_score_adj = -1000;
	assert_int_equal(spare(&view, 0), VETO_SHARES);
	procs[2].oom_score_adj = 0;
	procs[2].tgid = 1;
	assert_int_equal(spare(&view, 0), VETO_SHARES);
}

/* It is going anyway; the rest of the memory's users may follow. */
static void a_dying_sharer_spares_nobody(void **state)
{
	(void)state;
	share(3);
	procs[2].flags |= PROC_DYING;
	assert_int_equal(spare(&view, 0), VETO_NONE);
	assert_int_equal(spare(&view, 2), VETO_DYING);
}

static void more_sharers_than_a_verdict_holds_are_spared(void **state)
{
	__u32 ret[VERDICT_SHARERS + 1];

	(void)state;
	share(2 + VERDICT_SHARERS);
	for (__u32 i = 0; i < view.nprocs; i++)
		assert_int_equal(spare(&view, i), VETO_SHARES);
	ret[VERDICT_SHARERS] = 4711;
	assert_int_equal(spare_sharers(&view, 0, ret), VERDICT_SHARERS + 1);
	assert_int_equal(ret[VERDICT_SHARERS], 4711);
	for (__u32 i = 0; i < VERDICT_SHARERS; i++)
		assert_int_equal(ret[i], i + 1);
}

static void sharers_are_the_others_with_the_same_memory(void **state)
{
	__u32 ret[VERDICT_SHARERS];

	(void)state;
	share(3);
	view.nprocs = 5;
	assert_int_equal(spare_sharers(&view, 1, ret), 2);
	assert_int_equal(ret[0], 0);
	assert_int_equal(ret[1], 2);
	assert_int_equal(spare_sharers(&view, 3, ret), 0);
}

/* Two kernel threads have no memory in common just because neither has any. */
static void no_memory_is_shared_by_nobody(void **state)
{
	__u32 ret[VERDICT_SHARERS];

	(void)state;
	share(3);
	for (__u32 i = 0; i < 3; i++)
		procs[i].mm_id = 0;
	assert_int_equal(spare_sharers(&view, 0, ret), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(an_ordinary_process_may_be_killed),
		TEST(init_is_spared),
		TEST(the_first_process_of_a_container_is_like_any_other),
		TEST(kernel_threads_are_spared),
		TEST(the_agent_and_its_ancestors_are_spared),
		TEST(adj_of_minus_1000_spares_and_minus_999_does_not),
		TEST(who_is_outside_the_scope_is_spared),
		TEST(who_is_not_the_one_measured_is_spared),
		TEST(who_is_dying_is_spared),
		TEST(who_a_filter_protects_is_spared),
		TEST(below_the_floor_is_out_whatever_else_it_is),
		TEST(who_shares_memory_with_one_below_the_floor_is_spared),
		TEST(who_is_not_registered_is_spared_where_that_is_asked),
		TEST(a_sharer_needs_not_be_registered),
		TEST(who_has_no_memory_is_spared),
		TEST(of_several_reasons_the_most_absolute_is_given),
		TEST(who_shares_memory_only_with_killable_ones_may_be_killed),
		TEST(who_shares_memory_with_a_spared_process_is_spared),
		TEST(a_dying_sharer_spares_nobody),
		TEST(more_sharers_than_a_verdict_holds_are_spared),
		TEST(sharers_are_the_others_with_the_same_memory),
		TEST(no_memory_is_shared_by_nobody),
	};

	return RUN("decide/spare", tests);
}
