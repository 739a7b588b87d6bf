// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_table.c - sense/table: who is in it. What it knows of them is in test_table_rows.c, any order
 * of events against a simple model in test_table_model.c.
 */
#include "test.h"

#include "../../agent/sense/table.h"
#include "events.h"

#define MAX 16 /* rows; the index has 64 slots */

static struct table t;

static int begin(void **state)
{
	(void)state;
	return table_init(&t, MAX);
}

static int end(void **state)
{
	(void)state;
	table_done(&t);
	return 0;
}

static __u32 add(__u32 tgid, __u64 start_ns)
{
	struct event_task e = task_event(TASK_SNAPSHOT, tgid, start_ns);

	table_apply(&t, &e.hdr);
	return table_find(&t, tgid, start_ns);
}

static void gone(__u32 tgid, __u64 start_ns)
{
	struct event_exit e = exit_event(tgid, start_ns);

	table_apply(&t, &e.hdr);
}

static void a_new_table_is_empty_and_finds_nobody(void **state)
{
	(void)state;
	assert_int_equal(t.n, 0);
	assert_int_equal(table_find(&t, 1, 0), TABLE_NONE);
	assert_int_equal(table_find(&t, 0, 0), TABLE_NONE);
	assert_int_equal(table_find(&t, UINT32_MAX, 5), TABLE_NONE);
}

static void a_process_is_found_by_number_and_start(void **state)
{
	__u32 row = add(42, 1000);

	(void)state;
	assert_int_not_equal(row, TABLE_NONE);
	assert_int_equal(t.procs[row].tgid, 42);
	assert_int_equal(t.procs[row].start_ns, 1000);
	assert_int_equal(t.procs[row].rule, PROC_NO_RULE);
	assert_int_equal(table_find(&t, 42, 1000), row);
	assert_int_equal(table_find(&t, 42, 0), row);
	assert_int_equal(table_find(&t, 42, 1001), TABLE_NONE);
	assert_int_equal(table_find(&t, 43, 1000), TABLE_NONE);
}

static void the_same_process_twice_is_one_row(void **state)
{
	__u32 row = add(42, 1000);

	(void)state;
	assert_int_equal(add(42, 1000), row);
	assert_int_equal(t.n, 1);
}

/* 5, 69, 133 ... meet in one slot of the index, and 6 is pushed out of its own. */
static void numbers_that_collide_are_told_apart_also_after_removals(void **state)
{
	static const __u32 tgids[] = { 5, 69, 133, 6, 197, 70, 63, 127 };

	for (size_t victim = 0; victim < countof(tgids); victim++) {
		for (size_t i = 0; i < countof(tgids); i++)
			assert_int_not_equal(add(tgids[i], 1), TABLE_NONE);
		assert_int_equal(t.n, countof(tgids));
		gone(tgids[victim], 1);
		assert_int_equal(t.n, countof(tgids) - 1);
		for (size_t i = 0; i < countof(tgids); i++) {
			__u32 row = table_find(&t, tgids[i], 1);

			assert_int_equal(row == TABLE_NONE, i == victim);
			if (i != victim)
				assert_int_equal(t.procs[row].tgid, tgids[i]);
		}
		end(state);
		begin(state);
	}
}

static void a_reused_number_is_another_process(void **state)
{
	__u32 row = add(42, 1000);

	(void)state;
	t.procs[row].flags = PROC_SELF | PROC_DYING;
	t.procs[row].action = FILTER_PROTECT;
	row = add(42, 2000);
	assert_int_equal(t.n, 1);
	assert_int_equal(table_find(&t, 42, 1000), TABLE_NONE);
	assert_int_equal(t.procs[row].flags, 0);
	assert_int_equal(t.procs[row].action, FILTER_NORMAL);
	assert_int_equal(t.unresolved, 1);
}

static void the_exit_of_the_one_before_does_not_remove_the_new_one(void **state)
{
	(void)state;
	add(42, 2000);
	gone(42, 1000);
	assert_int_not_equal(table_find(&t, 42, 2000), TABLE_NONE);
	gone(42, 2000);
	assert_int_equal(table_find(&t, 42, 0), TABLE_NONE);
}

static void events_of_unknown_processes_make_no_rows(void **state)
{
	struct event_rss rss = rss_event(42, 1, 5, 100);
	struct event_adj adj = adj_event(42, 1, 5, 100);
	struct event edge = { .type = EV_EDGE, .size = sizeof(struct event_edge) };

	(void)state;
	table_apply(&t, &rss.hdr);
	table_apply(&t, &adj.hdr);
	table_apply(&t, &edge);
	gone(42, 1);
	assert_int_equal(t.n, 0);
}

static void what_finds_no_room_is_counted_and_what_is_known_stays(void **state)
{
	struct event_rss rss = rss_event(3, 1, 5000, 77);

	(void)state;
	for (__u32 tgid = 1; tgid <= MAX; tgid++)
		assert_int_not_equal(add(tgid, 1), TABLE_NONE);
	assert_int_equal(t.full, 0);
	assert_int_equal(add(MAX + 1, 1), TABLE_NONE);
	assert_int_equal(add(MAX + 2, 1), TABLE_NONE);
	assert_int_equal(t.full, 2);
	assert_int_equal(t.n, MAX);
	table_apply(&t, &rss.hdr);
	assert_int_equal(t.procs[table_find(&t, 3, 1)].anon_kib, 77);
	assert_int_not_equal(add(4, 2), TABLE_NONE); /* a reused number needs no more room */
	assert_int_equal(t.full, 2);
	gone(5, 1);
	assert_int_not_equal(add(MAX + 1, 1), TABLE_NONE);
}

static void a_sweep_removes_whom_the_snapshot_did_not_see(void **state)
{
	(void)state;
	for (__u32 tgid = 1; tgid <= 10; tgid++)
		add(tgid, 1);
	table_sweep_begin(&t);
	add(2, 1);
	add(7, 2); /* another one by now */
	add(11, 1);
	table_sweep_end(&t);
	assert_int_equal(t.n, 3);
	assert_int_not_equal(table_find(&t, 2, 1), TABLE_NONE);
	assert_int_not_equal(table_find(&t, 7, 2), TABLE_NONE);
	assert_int_not_equal(table_find(&t, 11, 1), TABLE_NONE);
	table_sweep_begin(&t);
	table_sweep_end(&t);
	assert_int_equal(t.n, 0);
	assert_int_equal(t.unresolved, 0);
}

/* A fork told by the ring while the snapshot is read. */
static void who_comes_during_a_sweep_stays(void **state)
{
	struct event_task e = task_event(TASK_FORK, 42, 1);

	(void)state;
	table_sweep_begin(&t);
	table_apply(&t, &e.hdr);
	table_sweep_end(&t);
	assert_int_equal(t.n, 1);
}

static void we_and_our_ancestors_are_marked_and_nobody_else(void **state)
{
	static const __u32 parent_of[][2] = {
		{ 1, 0 }, { 10, 1 }, { 20, 10 }, { 30, 20 }, { 40, 20 }
	};

	(void)state;
	for (size_t i = 0; i < countof(parent_of); i++) {
		struct event_task e = task_event(TASK_SNAPSHOT, parent_of[i][0], 1);

		e.ppid = parent_of[i][1];
		table_apply(&t, &e.hdr);
	}
	table_mark_ancestors(&t, 30);
	assert_true(t.procs[table_find(&t, 30, 0)].flags & PROC_SELF);
	assert_true(t.procs[table_find(&t, 20, 0)].flags & PROC_SELF);
	assert_true(t.procs[table_find(&t, 10, 0)].flags & PROC_SELF);
	assert_true(t.procs[table_find(&t, 1, 0)].flags & PROC_SELF);
	assert_false(t.procs[table_find(&t, 40, 0)].flags & PROC_SELF);
}

/* A snapshot is not taken in one instant: parents may be missing, or go round. */
static void a_broken_chain_of_parents_ends(void **state)
{
	struct event_task a = task_event(TASK_SNAPSHOT, 10, 1),
			  b = task_event(TASK_SNAPSHOT, 20, 1);

	(void)state;
	table_mark_ancestors(&t, 99);
	a.ppid = 20;
	b.ppid = 10;
	table_apply(&t, &a.hdr);
	table_apply(&t, &b.hdr);
	table_mark_ancestors(&t, 10);
	assert_true(t.procs[0].flags & PROC_SELF);
	assert_true(t.procs[1].flags & PROC_SELF);
}

/*
 * What is known of a process stays when more is learnt; but that it was exiting, or another, is true
 * only until it is seen alive.
 */
static void flags_add_up(void **state)
{
	struct event_task e = task_event(TASK_SNAPSHOT, 10, 1);

	(void)state;
	table_apply(&t, &e.hdr);
	t.procs[0].flags = PROC_CHANGED | PROC_KILLED;
	for (__u32 bit = 0; bit < 4; bit++) {
		e.flags = 1u << bit;
		t.procs[0].flags |= PROC_OUTSIDE;
		table_apply(&t, &e.hdr);
	}
	table_mark_ancestors(&t, 10);
	assert_int_equal(t.procs[0].flags,
			 PROC_OUTSIDE | PROC_KTHREAD | PROC_KILLED | PROC_SHARED | PROC_SELF);
}

static void a_table_that_is_done_can_be_done_again(void **state)
{
	(void)state;
	add(1, 1);
	table_done(&t);
	table_done(&t);
	assert_null(t.procs);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_new_table_is_empty_and_finds_nobody),
		TEST(a_process_is_found_by_number_and_start),
		TEST(the_same_process_twice_is_one_row),
		TEST(numbers_that_collide_are_told_apart_also_after_removals),
		TEST(a_reused_number_is_another_process),
		TEST(the_exit_of_the_one_before_does_not_remove_the_new_one),
		TEST(events_of_unknown_processes_make_no_rows),
		TEST(what_finds_no_room_is_counted_and_what_is_known_stays),
		TEST(a_sweep_removes_whom_the_snapshot_did_not_see),
		TEST(who_comes_during_a_sweep_stays),
		TEST(we_and_our_ancestors_are_marked_and_nobody_else),
		TEST(a_broken_chain_of_parents_ends),
		TEST(flags_add_up),
		TEST(a_table_that_is_done_can_be_done_again),
	};

	return RUN("sense/table", tests);
}
