// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_procfs.c - base/procfs: the files of one process. Its name is its own choice, and so is what
 * stands in the file because of it.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/base/procfs.h"

#define BEHIND " 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 12345 1000 25 18446744073709551615 1 1\n"

static struct proc_stat stat_;
static struct proc_status status;

static void a_stat_is_read_to_its_start_time(void **state)
{
	(void)state;
	assert_int_equal(procfs_parse_stat("42 (cat) S 7 41 40" BEHIND, &stat_), 0);
	assert_int_equal(stat_.tgid, 42);
	assert_string_equal(stat_.comm, "cat");
	assert_int_equal(stat_.state, 'S');
	assert_int_equal(stat_.ppid, 7);
	assert_int_equal(stat_.pgid, 41);
	assert_int_equal(stat_.flags, 4194560);
	assert_int_equal(stat_.threads, 3);
	assert_int_equal(stat_.start_ns, 123450000000);
}

static void a_name_cannot_pose_as_fields(void **state)
{
	static const struct {
		const char *text, *comm;
	} cases[] = {
		{ "1 (a b) S 7 41 40" BEHIND, "a b" },
		{ "1 (a) R 1 () S 7 41 40" BEHIND, "a) R 1 (" },
		{ "1 ()) S 7 41 40" BEHIND, ")" },
		{ "1 () S 7 41 40" BEHIND, "" },
		{ "1 (\n1 (x) S 7 41 40" BEHIND, "\n1 (x" },
		{ "1 (kworker/R-a-long-one-of-the-kernel) S 7 41 40" BEHIND, "kworker/R-a-lon" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(procfs_parse_stat(cases[i].text, &stat_), 0);
		assert_string_equal(stat_.comm, cases[i].comm);
		assert_int_equal(stat_.ppid, 7);
	}
}

static void a_stat_that_is_none_leaves_what_was(void **state)
{
	static const char *const bad[] = {
		"",
		"1",
		"1 (",
		"1 (a",
		"1 (a)",
		"1 (a) ",
		"1 (a) S",
		"1 (a) S ",
		") 1 (a S 7",
		"x (a) S 7 41 40" BEHIND,
		"0 (a) S 7 41 40" BEHIND,
		"-1 a) S 7 41 40" BEHIND,
		"99999999999 (a) S 7 41 40" BEHIND,
		"1 (a) S x 41 40" BEHIND,
		"1 (a) SS 7 41 40" BEHIND,
		"1 (a) S 7 41 40 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0", /* cut before the start */
		"1 (a) S 7 41 40 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 99999999999999999999 1",
		"1 (a) S 7 41 40 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 18446744073709551615 1",
		"1 (a) S 7 41 40 0 -1 99999999999 1 2 3 4 5 6 7 8 20 0 3 0 1 1",
	};
	struct proc_stat was;

	(void)state;
	memset(&stat_, 0x5a, sizeof(stat_));
	was = stat_;
	for (size_t i = 0; i < countof(bad); i++) {
		if (procfs_parse_stat(bad[i], &stat_) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
		assert_memory_equal(&stat_, &was, sizeof(was));
	}
}

static void sizes_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(procfs_parse_status("Name:\tx\nUid:\t1000\t0\t0\t0\nVmPTE:\t      60 kB\n"
					     "VmSwap:\t      5 kB\nRssAnon:\t    4096 kB\n"
					     "RssFile:\t     100 kB\nRssShmem:\t       8 kB\n",
					     &status),
			 0);
	assert_int_equal(status.uid, 1000);
	assert_int_equal(status.anon_kib, 4096);
	assert_int_equal(status.file_kib, 100);
	assert_int_equal(status.shmem_kib, 8);
	assert_int_equal(status.swap_kib, 5);
	assert_int_equal(status.pgtables_kib, 60);
	assert_true(status.has_memory);
	assert_false(status.killed);
}

static void who_has_no_memory_has_no_sizes(void **state)
{
	(void)state;
	assert_int_equal(procfs_parse_status("Name:\tx\nState:\tZ (zombie)\nUid:\t0\t0\t0\t0\n",
					     &status),
			 0);
	assert_false(status.has_memory);
	assert_int_equal(status.anon_kib, 0);
}

static void a_pending_sigkill_is_seen_unless_a_core_is_written(void **state)
{
	static const struct {
		const char *text;
		bool killed;
	} cases[] = {
		{ "Uid:\t0\t0\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n", false },
		{ "Uid:\t0\t0\nSigPnd:\t0000000000000100\nShdPnd:\t0000000000000000\n", true },
		{ "Uid:\t0\t0\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000004100\n", true },
		{ "Uid:\t0\t0\nSigPnd:\t0000000000004000\n", false }, /* SIGTERM */
		{ "Uid:\t0\t0\nCoreDumping:\t1\nSigPnd:\t0000000000000100\n", false },
		{ "Uid:\t0\t0\nCoreDumping:\t0\nSigPnd:\t0000000000000100\n", true },
		{ "Uid:\t0\t0\nSigCgt:\t0000000000000100\nSigBlk:\t0000000000000100\n", false },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(procfs_parse_status(cases[i].text, &status), 0);
		assert_int_equal(status.killed, cases[i].killed);
	}
}

static void a_status_that_is_none_leaves_what_was(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"Uid",
		"Uid:",
		"Uid:\t",
		"Uid:\t-1\t0",
		"Uid:\tx\n",
		"RssAnon:\t5 kB\n",
		"Name:\tUid:\t0\n", /* a name is not at the begin of a line; newlines in it are escaped */
	};
	struct proc_status was;

	(void)state;
	memset(&status, 0x5a, sizeof(status));
	was = status;
	for (size_t i = 0; i < countof(bad); i++) {
		if (procfs_parse_status(bad[i], &status) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
		assert_memory_equal(&status, &was, sizeof(was));
	}
}

static void what_is_too_large_is_the_largest(void **state)
{
	(void)state;
	assert_int_equal(procfs_parse_status("Uid:\t0\nRssAnon:\t5000000000 kB\n"
					     "RssFile:\t99999999999999999999 kB\n",
					     &status),
			 0);
	assert_int_equal(status.anon_kib, UINT32_MAX);
	assert_int_equal(status.file_kib, 0); /* no number */
}

static void an_adj_is_within_its_limits(void **state)
{
	static const char *const bad[] = {
		"", "\n", "-", "x", " 5", "5x", "1001\n", "-1001\n", "+5", "99999999999999999999"
	};
	__s16 adj = 4711;

	(void)state;
	for (size_t i = 0; i < countof(bad); i++)
		assert_int_equal(procfs_parse_adj(bad[i], &adj), -EINVAL);
	assert_int_equal(adj, 4711);
	assert_int_equal(procfs_parse_adj("-1000\n", &adj), 0);
	assert_int_equal(adj, -1000);
	assert_int_equal(procfs_parse_adj("900", &adj), 0);
	assert_int_equal(adj, 900);
}

static void the_unified_hierarchys_line_is_found(void **state)
{
	char hybrid[] = "4:memory:/0::/no\n1:name=systemd:/x\n0::/a/b\n", v1[] = "4:memory:/a\n",
	     none[] = "", relative[] = "0::a\n", root[] = "0::/\n";

	(void)state;
	assert_string_equal(procfs_parse_cgroup(hybrid), "/a/b");
	assert_string_equal(procfs_parse_cgroup(root), "/");
	assert_null(procfs_parse_cgroup(v1));
	assert_null(procfs_parse_cgroup(none));
	assert_null(procfs_parse_cgroup(relative));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stat_is_read_to_its_start_time),
		cmocka_unit_test(a_name_cannot_pose_as_fields),
		cmocka_unit_test(a_stat_that_is_none_leaves_what_was),
		cmocka_unit_test(sizes_are_told_apart),
		cmocka_unit_test(who_has_no_memory_has_no_sizes),
		cmocka_unit_test(a_pending_sigkill_is_seen_unless_a_core_is_written),
		cmocka_unit_test(a_status_that_is_none_leaves_what_was),
		cmocka_unit_test(what_is_too_large_is_the_largest),
		cmocka_unit_test(an_adj_is_within_its_limits),
		cmocka_unit_test(the_unified_hierarchys_line_is_found),
	};

	return RUN("procfs", tests);
}
