// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_registry.c - agent/registry: whose a process is, who may change it, and what the table says of it.
 * On children of our own.
 */
#include "test.h"

#include <pthread.h>

#include "../../agent/base/procfs.h"
#include "../../agent/registry.h"
#include "child.h"
#include "events.h"

#define AMS   100 /* PIDs of clients */
#define OTHER 200

static struct registry *registry;
static struct lmkd_handlers h;

static int begin(void **state)
{
	(void)state;
	registry = registry_new(8);
	h = registry_handlers(registry);
	return !registry;
}

static int end(void **state)
{
	(void)state;
	registry = registry_free(registry);
	return 0;
}

static int prio(__u32 client, pid_t pid, int adj)
{
	struct lmkd_prio p = { .pid = (__u32)pid, .uid = 10000, .adj = adj };

	return h.prio(h.ctx, client, &p);
}

static int adj_of(pid_t pid)
{
	char path[64], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return atoi(text);
}

static void a_priority_is_written_and_kept(void **state)
{
	pid_t pid = child_start(0);

	(void)state;
	assert_int_equal(prio(AMS, pid, 900), 0);
	assert_int_equal(adj_of(pid), 900);
	assert_int_equal(registry_count(registry), 1);
	assert_int_equal(prio(AMS, pid, 901), 0);
	assert_int_equal(adj_of(pid), 901);
	assert_int_equal(registry_count(registry), 1);
	assert_int_equal(h.remove(h.ctx, AMS, (__u32)pid), 0);
	assert_int_equal(registry_count(registry), 0);
	assert_int_equal(h.remove(h.ctx, AMS, (__u32)pid), 0);
	child_end(pid);
}

static void what_is_for_lmkd_only_is_not_written(void **state)
{
	pid_t pid = child_start(0);
	struct lmkd_prio p = { .pid = (__u32)pid, .adj = 900, .lmkd_only = true };
	int before = adj_of(pid);

	(void)state;
	assert_int_equal(h.prio(h.ctx, AMS, &p), 0);
	assert_int_equal(adj_of(pid), before);
	assert_int_equal(registry_count(registry), 1);
	child_end(pid);
}

static void *wait_for_ever(void *arg)
{
	(void)arg;
	pause();
	return NULL;
}

/* A number of something else than a process would be written by its path in /proc. */
static void neither_a_thread_nor_one_that_is_gone_is_registered(void **state)
{
	pid_t pid = child_start(0), tid = 0;
	char path[64];
	pthread_t thread;

	(void)state;
	child_end(pid);
	assert_int_equal(prio(AMS, pid, 900), -ESRCH);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_ever, NULL), 0);
	for (int i = 1; i < 1000 && !tid; i++) {
		snprintf(path, sizeof(path), "/proc/self/task/%d", getpid() + i);
		tid = access(path, F_OK) ? 0 : getpid() + i;
	}
	assert_int_not_equal(tid, 0);
	assert_int_not_equal(prio(AMS, tid, 900), 0);
	assert_int_equal(registry_count(registry), 0);
	pthread_cancel(thread);
	pthread_join(thread, NULL);
}

static void anothers_process_is_neither_changed_nor_removed(void **state)
{
	pid_t pid = child_start(0);

	(void)state;
	assert_int_equal(prio(AMS, pid, 900), 0);
	assert_int_equal(prio(OTHER, pid, 950), -EPERM);
	assert_int_equal(adj_of(pid), 900);
	assert_int_equal(h.remove(h.ctx, OTHER, (__u32)pid), -EPERM);
	h.purge(h.ctx, OTHER);
	assert_int_equal(registry_count(registry), 1);
	assert_int_equal(prio(AMS, pid, 910), 0);
	child_end(pid);
}

static void of_one_that_is_gone_a_process_is_the_firsts_who_touches_it(void **state)
{
	pid_t pid = child_start(0);

	(void)state;
	assert_int_equal(prio(AMS, pid, 900), 0);
	h.gone(h.ctx, AMS);
	assert_int_equal(prio(OTHER, pid, 950), 0);
	assert_int_equal(prio(AMS, pid, 900), -EPERM);
	assert_int_equal(adj_of(pid), 950);
	child_end(pid);
}

static void a_purge_takes_ones_own_and_nobodys(void **state)
{
	pid_t own = child_start(0), nobodys = child_start(0), others = child_start(0);

	(void)state;
	assert_int_equal(prio(300, nobodys, 900), 0);
	h.gone(h.ctx, 300);
	assert_int_equal(prio(AMS, own, 900), 0);
	assert_int_equal(prio(OTHER, others, 900), 0);
	h.purge(h.ctx, AMS);
	assert_int_equal(registry_count(registry), 1);
	assert_int_equal(prio(AMS, others, 950), -EPERM);
	child_end(own);
	child_end(nobodys);
	child_end(others);
}

/* As the kernel side tells of it, with another priority. */
static void add_row(struct table *t, pid_t pid, __u64 start_ns)
{
	struct event_task e = task_event(TASK_SNAPSHOT, (__u32)pid, start_ns);

	e.oom_score_adj = 5;
	table_apply(t, &e.hdr);
}

static const struct proc *row_of(const struct table *t, pid_t pid)
{
	__u32 row = table_find(t, (__u32)pid, 0);

	assert_int_not_equal(row, TABLE_NONE);
	return &t->procs[row];
}

static void the_table_says_who_is_registered_and_with_what(void **state)
{
	pid_t pid = child_start(0), other = child_start(0);
	struct table t;
	__u64 before;

	(void)state;
	assert_int_equal(table_init(&t, 64), 0);
	add_row(&t, pid, start_of(pid));
	add_row(&t, other, start_of(other));
	before = row_of(&t, pid)->prio_ns;
	assert_int_equal(prio(AMS, pid, 900), 0);
	registry_mark(registry, &t);
	assert_true(row_of(&t, pid)->flags & PROC_REGISTERED);
	assert_int_equal(row_of(&t, pid)->oom_score_adj, 900);
	assert_true(row_of(&t, pid)->prio_ns > before);
	assert_false(row_of(&t, other)->flags & PROC_REGISTERED);
	assert_int_equal(row_of(&t, other)->oom_score_adj, 5);
	/* What else is written does not count. */
	add_row(&t, pid, start_of(pid));
	assert_int_equal(row_of(&t, pid)->oom_score_adj, 900);
	/* A row that is made anew is marked anew, nothing else need have happened. */
	add_row(&t, pid, start_of(pid) + 12345678);
	registry_mark(registry, &t);
	assert_false(row_of(&t, pid)->flags & PROC_REGISTERED);
	add_row(&t, pid, start_of(pid));
	registry_mark(registry, &t);
	assert_true(row_of(&t, pid)->flags & PROC_REGISTERED);
	h.purge(h.ctx, AMS);
	registry_mark(registry, &t);
	assert_false(row_of(&t, pid)->flags & PROC_REGISTERED);
	table_done(&t);
	child_end(pid);
	child_end(other);
}

static void whoever_has_the_number_later_is_not_registered(void **state)
{
	pid_t pid = child_start(0);
	struct table t;

	(void)state;
	assert_int_equal(table_init(&t, 64), 0);
	assert_int_equal(prio(AMS, pid, 900), 0);
	add_row(&t, pid, start_of(pid) + PROCFS_TICK_NS);
	registry_mark(registry, &t);
	assert_false(row_of(&t, pid)->flags & PROC_REGISTERED);
	table_done(&t);
	child_end(pid);
}

static void a_kill_takes_it_out_and_tells_its_uid(void **state)
{
	pid_t pid = child_start(0);
	__u64 start_ns = start_of(pid);
	__u32 uid = 1;

	(void)state;
	assert_int_equal(prio(AMS, pid, 900), 0);
	registry_uid(registry, (__u32)pid, start_ns + PROCFS_TICK_NS, &uid);
	assert_false(registry_take(registry, (__u32)pid, start_ns + PROCFS_TICK_NS, &uid));
	assert_int_equal(uid, 1);
	registry_uid(registry, (__u32)pid, start_ns, &uid);
	assert_int_equal(uid, 10000);
	uid = 1;
	assert_true(registry_take(registry, (__u32)pid, start_ns, &uid));
	assert_int_equal(uid, 10000);
	assert_int_equal(registry_count(registry), 0);
	assert_false(registry_take(registry, (__u32)pid, start_ns, &uid));
	child_end(pid);
}

static void the_watchdog_asks_for_the_priority_of_now(void **state)
{
	pid_t pid = child_start(0);
	__u64 start_ns = start_of(pid);
	__s16 adj = 1;

	(void)state;
	assert_int_equal(registry_try_adj(registry, (__u32)pid, start_ns, &adj), -ESRCH);
	assert_int_equal(prio(AMS, pid, 900), 0);
	assert_int_equal(registry_try_adj(registry, (__u32)pid, start_ns + PROCFS_TICK_NS, &adj),
			 -ESRCH);
	assert_int_equal(adj, 1);
	assert_int_equal(registry_try_adj(registry, (__u32)pid, start_ns, &adj), 0);
	assert_int_equal(adj, 900);
	assert_int_equal(prio(AMS, pid, 950), 0);
	assert_int_equal(registry_try_adj(registry, (__u32)pid, start_ns, &adj), 0);
	assert_int_equal(adj, 950);
	child_end(pid);
}

/* Dead ones are kept until there is no room; then they go, and who lives stays. */
static void those_that_are_gone_make_room(void **state)
{
	pid_t pid[8], more;

	(void)state;
	for (size_t i = 0; i < countof(pid); i++) {
		pid[i] = child_start(0);
		assert_int_equal(prio(AMS, pid[i], 900), 0);
		if (i % 2)
			child_end(pid[i]);
	}
	assert_int_equal(registry_count(registry), 8);
	for (size_t i = 1; i < countof(pid); i += 2) {
		pid[i] = child_start(0);
		assert_int_equal(prio(AMS, pid[i], 900), 0);
		assert_int_equal(registry_count(registry), 5 + i / 2);
	}
	for (size_t i = 0; i < countof(pid); i++)
		assert_int_equal(prio(OTHER, pid[i], 900), -EPERM); /* each is there */
	more = child_start(0);
	assert_int_equal(prio(AMS, more, 900), -ENOSPC);
	child_end(more);
	for (size_t i = 0; i < countof(pid); i++)
		child_end(pid[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_priority_is_written_and_kept),
		TEST(what_is_for_lmkd_only_is_not_written),
		TEST(neither_a_thread_nor_one_that_is_gone_is_registered),
		TEST(anothers_process_is_neither_changed_nor_removed),
		TEST(of_one_that_is_gone_a_process_is_the_firsts_who_touches_it),
		TEST(a_purge_takes_ones_own_and_nobodys),
		TEST(the_table_says_who_is_registered_and_with_what),
		TEST(whoever_has_the_number_later_is_not_registered),
		TEST(a_kill_takes_it_out_and_tells_its_uid),
		TEST(the_watchdog_asks_for_the_priority_of_now),
		TEST(those_that_are_gone_make_room),
	};

	return RUN("agent/registry", tests);
}
