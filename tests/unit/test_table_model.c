// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_table_model.c - sense/table: any order of events leaves it equal to a model that is too
 * simple to be wrong: an array with one place for each number.
 */
#include "test.h"

#include "../../agent/sense/table.h"
#include "events.h"

#define ROWS  24
#define TGIDS 200 /* many more than rows, few enough to meet again, to collide and to be reused */
#define STEPS 200000

struct model {
	__u64 start_ns; /* 0 = nobody */
	__u32 anon_kib;
	__s16 adj;
	__u32 uid;
	bool seen, resolved;
};

static struct table t;
static struct model model[TGIDS];
static __u32 count, full;
static bool sweeping;
static uint64_t seed = 20240607;

static __u32 random_below(__u32 n)
{
	return (__u32)(next_random(&seed) % n);
}

static void forget(struct model *m)
{
	if (m->start_ns)
		count--;
	memset(m, 0, sizeof(*m));
}

static void do_task(__u32 tgid, __u64 start_ns)
{
	struct event_task e = task_event(1 + random_below(5), tgid, start_ns);
	struct model *m = &model[tgid];

	e.hdr.time_ns = next_random(&seed) >> 20;
	e.anon_kib = random_below(1000000);
	e.uid = random_below(3);
	e.oom_score_adj = (__s16)((int)random_below(2001) - 1000);
	table_apply(&t, &e.hdr);
	if (m->start_ns != start_ns)
		forget(m);
	if (!m->start_ns) {
		if (count == ROWS) {
			full++;
			return;
		}
		count++;
	}
	m->resolved = m->start_ns && m->resolved && m->uid == e.uid;
	m->start_ns = start_ns;
	m->anon_kib = e.anon_kib;
	m->uid = e.uid;
	m->adj = e.oom_score_adj;
	m->seen = true;
}

static void do_other(__u32 what, __u32 tgid, __u64 start_ns)
{
	struct event_rss rss =
		rss_event(tgid, start_ns, next_random(&seed) >> 20, random_below(99));
	struct event_adj adj = adj_event(tgid, start_ns, 5, (__s16)random_below(99));
	struct event_exit exit = exit_event(tgid, start_ns);
	struct model *m = &model[tgid];
	bool known = m->start_ns == start_ns;

	if (what == 0) {
		table_apply(&t, &exit.hdr);
		if (known)
			forget(m);
	} else if (what == 1) {
		table_apply(&t, &adj.hdr);
		if (known)
			m->adj = adj.oom_score_adj;
	} else {
		rss.uid = random_below(2) ? UID_NOT_READ : random_below(3);
		rss.oom_score_adj = (__s16)random_below(99);
		table_apply(&t, &rss.hdr);
		if (!known)
			return;
		m->anon_kib = rss.anon_kib;
		m->adj = rss.oom_score_adj;
		if (rss.uid == UID_NOT_READ)
			return;
		m->resolved = m->resolved && m->uid == rss.uid;
		m->uid = rss.uid;
	}
}

static void do_sweep(void)
{
	if (!sweeping)
		table_sweep_begin(&t);
	else
		table_sweep_end(&t);
	for (__u32 tgid = 0; tgid < TGIDS; tgid++) {
		if (sweeping && model[tgid].start_ns && !model[tgid].seen)
			forget(&model[tgid]);
		model[tgid].seen = false;
	}
	sweeping = !sweeping;
}

static bool on_resolve(void *ctx, struct proc *p, const struct proc_info *info)
{
	(void)ctx, (void)info;
	assert_false(model[p->tgid].resolved);
	model[p->tgid].resolved = true;
	return true;
}

static void step(void)
{
	__u32 tgid = 1 + random_below(TGIDS - 1), what = random_below(1000);
	__u64 start_ns = 1 + random_below(3);

	if (what < 1)
		do_sweep();
	else if (what < 20)
		table_resolve(&t, false, on_resolve, NULL);
	else if (what < 450)
		do_task(tgid, start_ns);
	else
		do_other(what % 3, tgid, start_ns);
}

static void compare(void)
{
	__u32 unresolved = 0;

	assert_int_equal(t.n, count);
	assert_int_equal(t.full, full);
	for (__u32 tgid = 0; tgid < TGIDS; tgid++) {
		const struct model *m = &model[tgid];
		__u32 row = table_find(&t, tgid, 0);

		if (!m->start_ns) {
			assert_int_equal(row, TABLE_NONE);
			continue;
		}
		assert_in_range(row, 0, count - 1);
		assert_int_equal(t.procs[row].tgid, tgid);
		assert_int_equal(t.procs[row].start_ns, m->start_ns);
		assert_int_equal(t.procs[row].anon_kib, m->anon_kib);
		assert_int_equal(t.procs[row].oom_score_adj, m->adj);
		assert_int_equal(t.procs[row].uid, m->uid);
		assert_int_equal(t.infos[row].resolved, m->resolved);
		unresolved += !m->resolved;
	}
	assert_int_equal(t.unresolved, unresolved);
}

static void any_order_of_events_leaves_table_and_model_equal(void **state)
{
	(void)state;
	assert_int_equal(table_init(&t, ROWS), 0);
	for (int i = 0; i < STEPS; i++) {
		step();
		if (i % 50 == 0)
			compare();
	}
	compare();
	assert_in_range(full, 1000, STEPS); /* it was full again and again */
	table_done(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_of_events_leaves_table_and_model_equal),
	};

	return RUN("sense/table: model", tests);
}
