// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_procs.c - sense/procs: a pass over a /proc made of files. Files that are missing, garbage or
 * another process's by now must cost that process and no other.
 */
#include "test.h"

#include <errno.h>
#include <sys/stat.h>

#include "../../agent/sense/procs.h"

#define STAT(pid, comm, state, flags, threads, start)                                              \
	pid " (" comm ") " state " 1 " pid " " pid " 0 -1 " flags " 1 2 3 4 5 6 7 8 20 0 " threads \
	    " 0 " start " 1000 25 0\n"
#define STATUS(kib)                                                                   \
	"Name:\tx\nUid:\t1000\t0\t0\t0\nVmPTE:\t10 kB\nVmSwap:\t3 kB\nRssAnon:\t" kib \
	" kB\nRssFile:\t2 kB\nRssShmem:\t1 kB\n"
#define KTHREAD "2097152"
#define EXITING "4"

static struct procs procs;
static struct table t;

static int begin(void **state)
{
	return scratch_make(state) || table_init(&t, 1024) || procs_open(&procs, scratch, -1, -1);
}

static int end(void **state)
{
	procs_close(&procs);
	table_done(&t);
	return scratch_remove(state);
}

static void put(const char *pid, const char *name, const char *text)
{
	char path[64];

	mkdir(in_scratch(pid), 0700);
	snprintf(path, sizeof(path), "%s/%s", pid, name);
	put_file(path, text);
}

static void put_process(const char *pid, const char *stat, const char *status)
{
	put(pid, "stat", stat);
	put(pid, "status", status);
	put(pid, "oom_score_adj", "5\n");
}

/* As intake.c has it. */
static void pass(void)
{
	table_sweep_begin(&t);
	assert_int_equal(procs_pass(&procs, &t), 0);
	table_sweep_end(&t);
}

/* Before a decision, where the last pass took so long. */
#define SLOW  1000000000
#define QUICK 1

static void look(__u64 took_ns)
{
	procs.took_ns = took_ns;
	assert_int_equal(procs_look(&procs, &t), 0);
}

static void a_process_is_read_whole(void **state)
{
	const struct proc *p = t.procs;

	(void)state;
	put_process("42", STAT("42", "a b) S", "S", "0", "3", "12345"), STATUS("4096"));
	mkdir(in_scratch("self"), 0700);
	put_file("uptime", "1 2\n");
	pass();
	assert_int_equal(t.n, 1);
	assert_int_equal(p->tgid, 42);
	assert_int_equal(p->start_ns, 123450000000);
	assert_int_equal(p->uid, 1000);
	assert_int_equal(p->pgid, 42);
	assert_int_equal(p->anon_kib, 4096);
	assert_int_equal(p->file_kib, 2);
	assert_int_equal(p->shmem_kib, 1);
	assert_int_equal(p->swap_kib, 3);
	assert_int_equal(p->pgtables_kib, 10);
	assert_int_equal(p->oom_score_adj, 5);
	assert_true(p->mm_id);
	assert_int_equal(p->flags, 0);
	assert_string_equal(t.infos[0].comm, "a b) S");
	assert_int_equal(t.infos[0].ppid, 1);
	assert_int_equal(t.infos[0].threads, 3);
}

static void one_that_cannot_be_read_costs_no_other(void **state)
{
	(void)state;
	put_process("1", STAT("1", "init", "S", "0", "1", "1"), STATUS("10"));
	put_process("2", "garbage", STATUS("10"));
	put_process("3", STAT("3", "x", "S", "0", "1", "1"), "garbage");
	put_process("4", STAT("4", "x", "S", "0", "1", "1"), STATUS("10"));
	put("4", "oom_score_adj", "garbage");
	put("5", "stat", STAT("5", "x", "S", "0", "1", "1")); /* vanished in between */
	mkdir(in_scratch("6"), 0700);			      /* and before */
	put_file("7", "no directory");
	put_process("99999999999", STAT("8", "x", "S", "0", "1", "1"), STATUS("10"));
	put_process("9", STAT("9", "last", "S", "0", "1", "1"), STATUS("10"));
	pass();
	assert_int_equal(t.n, 2);
	assert_true(table_find(&t, 1, 0) != TABLE_NONE);
	assert_true(table_find(&t, 9, 0) != TABLE_NONE);
}

static void kernel_threads_and_zombies_are_nobody(void **state)
{
	(void)state;
	put_process("2", STAT("2", "kthreadd", "S", KTHREAD, "1", "0"), "Uid:\t0\n");
	put_process("3", STAT("3", "gone", "Z", EXITING, "1", "1"), "Uid:\t0\n");
	pass();
	assert_int_equal(t.n, 0);
}

static void a_dead_first_thread_hides_nothing(void **state)
{
	(void)state;
	put_process("7", STAT("7", "x", "Z", EXITING, "3", "1"), "Uid:\t0\n");
	mkdir(in_scratch("7/task"), 0700);
	put("7/task/7", "status", "Uid:\t0\n");
	put("7/task/8", "status", "garbage");
	put("7/task/9", "status", STATUS("4096"));
	pass();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.procs[0].anon_kib, 4096);
	assert_true(t.procs[0].mm_id);
	assert_false(t.procs[0].flags & PROC_DYING);
}

static void who_is_exiting_or_killed_is_dying(void **state)
{
	(void)state;
	put_process("7", STAT("7", "x", "R", EXITING, "1", "1"), STATUS("10"));
	put_process("8", STAT("8", "x", "R", "0", "1", "1"), STATUS("10") "SigPnd:\t0100\n");
	put_process("9", STAT("9", "x", "R", EXITING, "2", "1"), STATUS("10"));
	pass();
	assert_true(t.procs[table_find(&t, 7, 0)].flags & PROC_DYING);
	assert_true(t.procs[table_find(&t, 8, 0)].flags & PROC_DYING);
	assert_false(t.procs[table_find(&t, 9, 0)].flags & PROC_DYING);
}

static void a_number_used_again_is_another_process(void **state)
{
	(void)state;
	put_process("7", STAT("7", "x", "S", "0", "1", "1"), STATUS("10"));
	pass();
	t.procs[0].flags |= PROC_CHANGED;
	put_process("7", STAT("7", "y", "S", "0", "1", "2"), STATUS("20"));
	pass();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.procs[0].start_ns, 20000000);
	assert_int_equal(t.procs[0].flags, 0);
}

static void a_victims_files_are_left_alone(void **state)
{
	(void)state;
	put_process("7", STAT("7", "x", "S", "0", "1", "1"), STATUS("10"));
	pass();
	t.procs[0].flags |= PROC_KILLED;
	put("7", "status", STATUS("99"));
	pass();
	assert_int_equal(t.n, 1); /* nor is it swept */
	assert_int_equal(t.procs[0].anon_kib, 10);
	t.procs[0].updated_ns = 1; /* long ago: its number may be another's */
	pass();
	assert_int_equal(t.procs[0].anon_kib, 99);
}

static void sizes_of_the_largest_are_read_from_open_files(void **state)
{
	int fds;

	(void)state;
	put_process("7", STAT("7", "x", "S", "0", "1", "1"), STATUS("10"));
	put_process("8", STAT("8", "x", "S", "0", "1", "1"), STATUS("20"));
	pass();
	procs_keep(&procs, &t);
	fds = open_fds();
	put("7", "status", STATUS("4096"));
	put("8", "status", "garbage");
	look(SLOW);
	assert_int_equal(t.procs[table_find(&t, 7, 0)].anon_kib, 4096);
	assert_int_equal(t.procs[table_find(&t, 8, 0)].anon_kib, 20);
	/* Whoever has the number since is not read for it: the file is the one that was opened. */
	assert_int_equal(unlink(in_scratch("7/status")), 0);
	put("7", "status", STATUS("1"));
	look(SLOW);
	assert_int_equal(t.procs[table_find(&t, 7, 0)].anon_kib, 4096);
	assert_int_equal(open_fds(), fds);
}

static void no_more_are_kept_open_than_there_is_room_for(void **state)
{
	char pid[16], stat[256], status_[256];
	int fds = open_fds();

	(void)state;
	for (int i = 1; i <= 2 * PROCS_KEPT; i++) {
		snprintf(pid, sizeof(pid), "%d", i);
		snprintf(stat, sizeof(stat), "%d (x) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 1 1\n",
			 i);
		snprintf(status_, sizeof(status_), "Uid:\t0\nRssAnon:\t%d kB\n", i * 37 % 101);
		put_process(pid, stat, status_);
	}
	pass();
	procs_keep(&procs, &t);
	assert_int_equal(open_fds(), fds + PROCS_KEPT);
	for (int i = 1; i <= 2 * PROCS_KEPT; i++) {
		int larger = 0, kept = 0;

		for (int j = 1; j <= 2 * PROCS_KEPT; j++)
			larger += j * 37 % 101 > i * 37 % 101;
		for (__u32 k = 0; k < procs.n; k++)
			kept += procs.kept[k].tgid == (__u32)i;
		assert_int_equal(kept, larger < PROCS_KEPT);
	}
	/* Again without anything new, and with another process in one's place. */
	procs_keep(&procs, &t);
	put("64", "stat", STAT("64", "x", "S", "0", "1", "2"));
	pass();
	procs_keep(&procs, &t);
	assert_int_equal(open_fds(), fds + PROCS_KEPT);
}

static void one_that_became_another_is_not_kept(void **state)
{
	(void)state;
	put_process("7", STAT("7", "x", "S", "0", "1", "1"), STATUS("10"));
	pass();
	put("7", "stat", STAT("7", "x", "S", "0", "1", "2"));
	procs_keep(&procs, &t);
	assert_int_equal(procs.n, 0);
}

static void before_a_decision_all_are_read_if_that_is_soon_done(void **state)
{
	(void)state;
	put_process("7", STAT("7", "x", "S", "0", "1", "1"), STATUS("10"));
	pass();
	put("7", "status", STATUS("99"));
	look(SLOW); /* it is known, and was not kept open */
	assert_int_equal(t.procs[0].anon_kib, 10);
	look(QUICK);
	assert_int_equal(t.procs[0].anon_kib, 99);
	put("7", "status", STATUS("50"));
	procs.begun_ns = UINT64_MAX / 2; /* it was just done */
	look(QUICK);
	assert_int_equal(t.procs[0].anon_kib, 99);
}

static void before_a_decision_who_is_new_is_read_in_any_case(void **state)
{
	(void)state;
	put_process("2", STAT("2", "kthreadd", "S", KTHREAD, "1", "0"), "Uid:\t0\n");
	put_process("7", STAT("7", "x", "S", "0", "1", "1"), STATUS("10"));
	pass();
	put_process("3", STAT("3", "kworker", "S", KTHREAD, "1", "5"), "Uid:\t0\n");
	put_process("8", STAT("8", "new", "S", "0", "1", "5"), STATUS("20"));
	put("2", "stat", STAT("2", "not looked at", "S", "0", "1", "0"));
	look(SLOW);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.procs[table_find(&t, 8, 0)].anon_kib, 20);
	assert_int_equal(procs.kthreads, 1);
	pass();
	assert_true(table_find(&t, 2, 0) != TABLE_NONE);
}

static void a_pass_in_pieces_ends_with_its_sweep(void **state)
{
	char pid[16], stat[256];

	(void)state;
	for (int i = 1; i <= 500; i++) {
		snprintf(pid, sizeof(pid), "%d", i);
		snprintf(stat, sizeof(stat), "%d (x) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 1 1\n",
			 i);
		put_process(pid, stat, STATUS("10"));
	}
	assert_false(t.n);
	while (!procs_go_on(&procs, &t, false))
		look(SLOW); /* in between; it does not go back */
	assert_int_equal(t.n, 500);
	assert_false(procs_go_on(&procs, &t, false)); /* it rests now */
	put("1", "stat", "garbage");
	procs.took_ns = 1;
	procs.begun_ns = 0;
	while (!procs_go_on(&procs, &t, false))
		assert_int_equal(t.n, 500); /* who is not met yet is not gone */
	assert_int_equal(t.n, 499);
}

static void passes_are_rationed(void **state)
{
	(void)state;
	pass();
	procs.took_ns = 1000000;
	assert_false(procs_due(&procs, procs.begun_ns + 249000000, false));
	assert_true(procs_due(&procs, procs.begun_ns + 250000000, false));
	assert_false(procs_due(&procs, procs.begun_ns + 999000000, true));
	assert_true(procs_due(&procs, procs.begun_ns + 1000000000, true));
	procs.took_ns = 200000000;
	assert_false(procs_due(&procs, procs.begun_ns + 1999000000, false));
	assert_true(procs_due(&procs, procs.begun_ns + 2000000000, true));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_process_is_read_whole),
		TEST(one_that_cannot_be_read_costs_no_other),
		TEST(kernel_threads_and_zombies_are_nobody),
		TEST(a_dead_first_thread_hides_nothing),
		TEST(who_is_exiting_or_killed_is_dying),
		TEST(a_number_used_again_is_another_process),
		TEST(a_victims_files_are_left_alone),
		TEST(sizes_of_the_largest_are_read_from_open_files),
		TEST(no_more_are_kept_open_than_there_is_room_for),
		TEST(one_that_became_another_is_not_kept),
		TEST(before_a_decision_all_are_read_if_that_is_soon_done),
		TEST(before_a_decision_who_is_new_is_read_in_any_case),
		TEST(a_pass_in_pieces_ends_with_its_sweep),
		TEST(passes_are_rationed),
	};

	return RUN("procs", tests);
}
