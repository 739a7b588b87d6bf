// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_dmabuf.c - sense/table: buffers shared with devices, which passes over the processes alone see.
 */
#include "test.h"

#include "../../agent/sense/table.h"
#include "events.h"

#define MS 1000000ULL

static struct table t;

static int begin(void **state)
{
	(void)state;
	return table_init(&t, 16);
}

static int end(void **state)
{
	(void)state;
	table_done(&t);
	return 0;
}

static const struct proc *apply_task(__u32 what, __u32 dmabuf_kib)
{
	struct event_task e = task_event(what, 42, 1);

	e.dmabuf_kib = dmabuf_kib;
	table_apply(&t, &e.hdr);
	return &t.procs[table_find(&t, 42, 1)];
}

static const struct proc *apply_rss(__u64 time_ns, __u32 dmabuf_kib)
{
	struct event_rss e = rss_event(42, 1, time_ns, 1000);

	e.dmabuf_kib = dmabuf_kib;
	table_apply(&t, &e.hdr);
	return &t.procs[table_find(&t, 42, 1)];
}

static void a_snapshot_brings_them_into_the_size_and_not_into_what_comes_back(void **state)
{
	const struct proc *p = apply_task(TASK_SNAPSHOT, 60000);

	(void)state;
	assert_int_equal(p->dmabuf_kib, 60000);
	assert_int_equal(proc_size_kib(p), 61000);
	assert_int_equal(proc_private_kib(p), 1000);
	assert_int_equal(apply_rss(5000, 70000)->dmabuf_kib, 70000);
	assert_int_equal(apply_task(TASK_SNAPSHOT, 0)->dmabuf_kib, 0);
}

static void what_did_not_look_leaves_them_as_they_were(void **state)
{
	static const __u32 whats[] = { TASK_FORK, TASK_EXEC, TASK_RENAME, TASK_MOVE };

	(void)state;
	apply_task(TASK_SNAPSHOT, 60000);
	for (size_t i = 0; i < countof(whats); i++)
		assert_int_equal(apply_task(whats[i], 0)->dmabuf_kib, 60000);
	assert_int_equal(apply_rss(5000, DMABUF_NOT_READ)->dmabuf_kib, 60000);
}

/* They came at any time since the last pass. */
static void that_they_were_found_is_no_growth(void **state)
{
	const struct proc *p;

	(void)state;
	apply_rss(100 * MS, 0);
	apply_task(TASK_SNAPSHOT, 0);
	apply_rss(200 * MS, DMABUF_NOT_READ);
	p = apply_rss(300 * MS, 900000);
	assert_int_equal(p->dmabuf_kib, 900000);
	assert_int_equal(p->growth_kib_s, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_snapshot_brings_them_into_the_size_and_not_into_what_comes_back),
		TEST(what_did_not_look_leaves_them_as_they_were),
		TEST(that_they_were_found_is_no_growth),
	};

	return RUN("sense/table: dma-bufs", tests);
}
