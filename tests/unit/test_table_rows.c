// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_table_rows.c - sense/table: what a row knows: sizes, growth, names, shared memory, and when
 * filters have to be asked again.
 */
#include "test.h"

#include "../../agent/sense/table.h"
#include "events.h"

#define MS 1000000ULL

static struct table t;

static int begin(void **state)
{
	(void)state;
	return table_init(&t, 64);
}

static int end(void **state)
{
	(void)state;
	table_done(&t);
	return 0;
}

static __u32 apply(struct event_task *e)
{
	table_apply(&t, &e->hdr);
	return table_find(&t, e->tgid, e->start_ns);
}

static __u32 add(__u32 tgid, __u64 time_ns, __u32 anon_kib)
{
	struct event_task e = task_event(TASK_SNAPSHOT, tgid, 1);

	e.hdr.time_ns = time_ns;
	e.anon_kib = anon_kib;
	return apply(&e);
}

static void rss(__u32 tgid, __u64 time_ns, __u32 anon_kib)
{
	struct event_rss e = rss_event(tgid, 1, time_ns, anon_kib);

	table_apply(&t, &e.hdr);
}

static void a_row_has_everything_the_event_said(void **state)
{
	struct event_task e = task_event(TASK_SNAPSHOT, 42, 5);
	const struct proc_info *info;
	const struct proc *p;
	__u32 row;

	(void)state;
	e.uid = 1000;
	e.file_kib = 2;
	e.shmem_kib = 3;
	e.swap_kib = 4;
	e.pgtables_kib = 5;
	e.pidfs_ino = 6;
	e.prio_ns = 77;
	e.oom_score_adj = -500;
	e.threads = 9;
	e.name_len = 3;
	memcpy(e.name, "hogXXX", 6);
	row = apply(&e);
	p = &t.procs[row];
	info = &t.infos[row];
	assert_int_equal(p->mm_id, e.mm_id);
	assert_int_equal(p->prio_ns, 77);
	assert_int_equal(p->updated_ns, e.hdr.time_ns);
	assert_int_equal(p->uid, 1000);
	assert_int_equal(proc_size_kib(p), 1009);
	assert_int_equal(proc_private_kib(p), 1009);
	assert_int_equal(p->oom_score_adj, -500);
	assert_int_equal(info->cgroup_id, 7);
	assert_int_equal(info->pidfs_ino, 6);
	assert_int_equal(info->ppid, 1);
	assert_int_equal(info->threads, 9);
	assert_string_equal(info->comm, "comm");
	assert_string_equal(info->name, "hog");
}

static void an_rss_event_changes_sizes_and_adj_and_nothing_else(void **state)
{
	__u32 row = add(42, 1000, 500);
	struct proc before = t.procs[row];
	struct event_rss e = rss_event(42, 1, 2000, 10);

	(void)state;
	e.file_kib = 20;
	e.shmem_kib = 30;
	e.swap_kib = 40;
	e.oom_score_adj = 50;
	e.uid = UID_NOT_READ;
	table_apply(&t, &e.hdr);
	before.oom_score_adj = 50;
	before.anon_kib = 10;
	before.file_kib = 20;
	before.shmem_kib = 30;
	before.swap_kib = 40;
	before.updated_ns = 2000;
	assert_memory_equal(&before, &t.procs[row], sizeof(before));
}

static void an_adj_event_sets_adj_and_when(void **state)
{
	struct event_adj e = adj_event(42, 1, 5555, -1000), other = adj_event(42, 2, 6666, 7);
	__u32 row = add(42, 1000, 500);

	(void)state;
	table_apply(&t, &e.hdr);
	table_apply(&t, &other.hdr);
	assert_int_equal(t.procs[row].oom_score_adj, -1000);
	assert_int_equal(t.procs[row].prio_ns, 5555);
}

/* The kernel side says 0 when it does not know since when. */
static void a_priority_time_that_is_not_known_does_not_erase_one_that_is(void **state)
{
	struct event_task e = task_event(TASK_SNAPSHOT, 42, 1);
	__u32 row;

	(void)state;
	e.prio_ns = 77;
	row = apply(&e);
	e.prio_ns = 0;
	apply(&e);
	assert_int_equal(t.procs[row].prio_ns, 77);
}

static void growth_is_the_mean_of_the_last_two_measurements(void **state)
{
	__u32 row = add(42, 1000 * MS, 10000);

	(void)state;
	assert_int_equal(t.procs[row].growth_kib_s, 0);
	rss(42, 1100 * MS, 20000); /* 100,000 a second, and 0 before */
	assert_int_equal(t.procs[row].growth_kib_s, 50000);
	rss(42, 1200 * MS, 30000);
	assert_int_equal(t.procs[row].growth_kib_s, 75000);
	rss(42, 1300 * MS, 20000); /* it shrinks */
	assert_int_equal(t.procs[row].growth_kib_s, -12500);
}

static void growth_within_the_noise_waits_for_the_next(void **state)
{
	__u32 row = add(42, 1000 * MS, 10000);

	(void)state;
	rss(42, 1020 * MS - 1, 90000);
	assert_int_equal(t.procs[row].growth_kib_s, 0);
	assert_int_equal(t.procs[row].anon_kib, 90000);
	rss(42, 1020 * MS, 20000); /* measured from the first: 500,000 a second */
	assert_int_equal(t.procs[row].growth_kib_s, 250000);
}

static void after_a_second_the_growth_before_is_history(void **state)
{
	__u32 row = add(42, 1000 * MS, 10000);

	(void)state;
	rss(42, 1100 * MS, 20000);
	rss(42, 2100 * MS, 21000);
	assert_int_equal(t.procs[row].growth_kib_s, 1000);
}

static void a_record_from_before_does_not_turn_growth_round(void **state)
{
	__u32 row = add(42, 1000 * MS, 10000);

	(void)state;
	rss(42, 1100 * MS, 20000);
	rss(42, 900 * MS, 1);
	assert_int_equal(t.procs[row].growth_kib_s, 50000);
	assert_int_equal(t.procs[row].updated_ns, 1100 * MS);
}

static void growth_is_bounded_by_what_a_row_can_hold(void **state)
{
	__u32 row = add(42, 1000 * MS, 0);

	(void)state;
	rss(42, 1020 * MS, UINT32_MAX);
	assert_int_equal(t.procs[row].growth_kib_s, INT32_MAX);
	rss(42, 1040 * MS, 0);
	assert_in_range(t.procs[row].growth_kib_s + (__s64)UINT32_MAX, 0, UINT32_MAX / 2 + 1);
}

static void all_who_have_a_shared_memory_are_marked(void **state)
{
	struct event_task parent = task_event(TASK_SNAPSHOT, 10, 1);
	struct event_task child = task_event(TASK_FORK, 11, 1);
	__u32 other = add(12, 1, 1);

	(void)state;
	apply(&parent);
	child.mm_id = parent.mm_id;
	child.flags = TASK_F_SHARED;
	apply(&child);
	assert_true(t.procs[table_find(&t, 10, 0)].flags & PROC_SHARED);
	assert_true(t.procs[table_find(&t, 11, 0)].flags & PROC_SHARED);
	assert_false(t.procs[other].flags & PROC_SHARED);
}

/* vfork, then exec. */
static void an_exec_ends_sharing(void **state)
{
	struct event_task child = task_event(TASK_FORK, 11, 1);
	struct event_rss e = rss_event(12, 1, 5, 5);
	__u32 row;

	(void)state;
	child.flags = TASK_F_SHARED;
	row = apply(&child);
	assert_true(t.procs[row].flags & PROC_SHARED);
	child.what = TASK_EXEC;
	child.flags = 0;
	child.mm_id++;
	apply(&child);
	assert_false(t.procs[row].flags & PROC_SHARED);
	assert_int_equal(t.procs[row].mm_id, child.mm_id);
	/* An RSS record may be the first to tell. */
	child = task_event(TASK_FORK, 12, 1);
	child.flags = TASK_F_SHARED;
	row = apply(&child);
	e.mm_id = child.mm_id + 1;
	table_apply(&t, &e.hdr);
	assert_false(t.procs[row].flags & PROC_SHARED);
}

static void those_without_memory_do_not_share_it(void **state)
{
	struct event_task e = task_event(TASK_SNAPSHOT, 2, 1);

	(void)state;
	e.mm_id = 0;
	e.flags = TASK_F_SHARED | TASK_F_KTHREAD;
	assert_int_equal(t.procs[apply(&e)].flags, PROC_KTHREAD);
}

static void flags_of_the_kernel_become_ours(void **state)
{
	static const __u32 flags[][2] = { { TASK_F_KTHREAD, PROC_KTHREAD },
					  { TASK_F_DYING, PROC_DYING },
					  { TASK_F_SHARED, PROC_SHARED },
					  { TASK_F_LEADER_DEAD, 0 } };

	(void)state;
	for (__u32 i = 0; i < countof(flags); i++) {
		struct event_task e = task_event(TASK_SNAPSHOT, 100 + i, 1);

		e.flags = flags[i][0];
		assert_int_equal(t.procs[apply(&e)].flags, flags[i][1]);
	}
}

static void names_without_nul_are_cut_not_overrun(void **state)
{
	struct event_task e = task_event(TASK_SNAPSHOT, 42, 1);
	__u32 row;

	(void)state;
	memset(e.comm, 'c', sizeof(e.comm));
	memset(e.name, 'n', sizeof(e.name));
	e.name_len = REAPD_NAME_LEN - 1;
	row = apply(&e);
	assert_int_equal(strlen(t.infos[row].comm), REAPD_COMM_LEN - 1);
	assert_int_equal(strlen(t.infos[row].name), REAPD_NAME_LEN - 1);
}

static void a_name_of_impossible_length_is_not_taken(void **state)
{
	static const __u16 lengths[] = { 0, REAPD_NAME_LEN, REAPD_NAME_LEN + 1, UINT16_MAX };
	struct event_task e = task_event(TASK_SNAPSHOT, 42, 1);

	(void)state;
	memset(e.name, 'n', sizeof(e.name));
	for (size_t i = 0; i < countof(lengths); i++) {
		e.name_len = lengths[i];
		assert_string_equal(t.infos[apply(&e)].name, "");
	}
}

static void a_name_once_known_stays_until_another_comes(void **state)
{
	struct event_task e = task_event(TASK_EXEC, 42, 1);
	__u32 row;

	(void)state;
	memcpy(e.name, "first", 5);
	e.name_len = 5;
	row = apply(&e);
	e.name_len = 0;
	apply(&e);
	assert_string_equal(t.infos[row].name, "first");
	table_name(&t, row, "");
	assert_string_equal(t.infos[row].name, "first");
	table_name(&t, row, "second");
	assert_string_equal(t.infos[row].name, "second");
}

static __u32 resolved[16], resolves;

static bool on_resolve(void *ctx, struct proc *p, const struct proc_info *info)
{
	(void)info;
	assert_ptr_equal(ctx, &t);
	resolved[resolves++] = p->tgid;
	p->action = FILTER_AVOID;
	return true;
}

static __u32 resolve(bool all)
{
	resolves = 0;
	table_resolve(&t, all, on_resolve, &t);
	assert_int_equal(t.unresolved, 0);
	return resolves;
}

static void filters_are_asked_of_new_rows_once(void **state)
{
	(void)state;
	add(10, 1, 1);
	add(11, 1, 1);
	assert_int_equal(t.unresolved, 2);
	assert_int_equal(resolve(false), 2);
	assert_int_equal(t.procs[0].action, FILTER_AVOID);
	assert_int_equal(resolve(false), 0);
	assert_int_equal(resolve(true), 2);
}

/* Only what a filter looks at counts: name, comm, cgroup, uid. */
static void filters_are_asked_again_of_who_changed(void **state)
{
	struct event_task e = task_event(TASK_SNAPSHOT, 42, 1);
	struct event_rss size = rss_event(42, 1, 5, 5);

	(void)state;
	add(10, 1, 1);
	apply(&e);
	resolve(false);
	e.anon_kib = e.pgtables_kib = 9;
	e.oom_score_adj = 5;
	e.mm_id++;
	apply(&e);
	size.mm_id = e.mm_id;
	table_apply(&t, &size.hdr);
	assert_int_equal(resolve(false), 0);
	e.uid = 5;
	apply(&e);
	apply(&e);
	assert_int_equal(t.unresolved, 1);
	assert_int_equal(resolve(false), 1);
	assert_int_equal(resolved[0], 42);
	e.cgroup_id++;
	apply(&e);
	assert_int_equal(resolve(false), 1);
	strcpy(e.comm, "other");
	apply(&e);
	assert_int_equal(resolve(false), 1);
	memcpy(e.name, "new", 4);
	e.name_len = 3;
	apply(&e);
	assert_int_equal(resolve(false), 1);
	size.uid = 6;
	table_apply(&t, &size.hdr);
	assert_int_equal(resolve(false), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_row_has_everything_the_event_said),
		TEST(an_rss_event_changes_sizes_and_adj_and_nothing_else),
		TEST(an_adj_event_sets_adj_and_when),
		TEST(a_priority_time_that_is_not_known_does_not_erase_one_that_is),
		TEST(growth_is_the_mean_of_the_last_two_measurements),
		TEST(growth_within_the_noise_waits_for_the_next),
		TEST(after_a_second_the_growth_before_is_history),
		TEST(a_record_from_before_does_not_turn_growth_round),
		TEST(growth_is_bounded_by_what_a_row_can_hold),
		TEST(all_who_have_a_shared_memory_are_marked),
		TEST(an_exec_ends_sharing),
		TEST(those_without_memory_do_not_share_it),
		TEST(flags_of_the_kernel_become_ours),
		TEST(names_without_nul_are_cut_not_overrun),
		TEST(a_name_of_impossible_length_is_not_taken),
		TEST(a_name_once_known_stays_until_another_comes),
		TEST(filters_are_asked_of_new_rows_once),
		TEST(filters_are_asked_again_of_who_changed),
	};

	return RUN("sense/table: rows", tests);
}
