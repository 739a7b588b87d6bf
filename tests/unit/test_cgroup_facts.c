// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_cgroup_facts.c - sense/cgroup_facts: what a cgroup has of its own, from files as the kernel
 * writes them, from files that are damaged, and what stays the machine's.
 */
#include "test.h"

#include "cgroup.h"

#include "../../agent/sense/cgroup_facts.h"

#define GIB (1024 * 1024) /* KiB */

static struct cgroup_facts files;
static struct facts f;

static int begin(void **state)
{
	cgroup_facts_init(&files);
	if (scratch_make(state))
		return -1;
	mkdir(in_scratch("c"), 0700);
	put_file("c/memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=3000\n"
				      "full avg10=0.00 avg60=0.00 avg300=0.00 total=2000\n");
	return 0;
}

static int end(void **state)
{
	cgroup_facts_close(&files);
	return scratch_remove(state);
}

/* Facts of a machine of 16 GiB, half of it and half of its swap left. */
static void read_facts(void)
{
	f = (struct facts){ .time_ns = 4711,
			    .some_ns = 1,
			    .full_ns = 1,
			    .mem_total_kib = 16 * GIB,
			    .mem_available_kib = 8 * GIB,
			    .mem_free_kib = 2 * GIB,
			    .swap_total_kib = 4 * GIB,
			    .swap_free_kib = 2 * GIB,
			    .scanned_pages = 1,
			    .reclaimed_pages = 1,
			    .refaulted_pages = 1,
			    .file_kib = 1,
			    .zram_kib = 77,
			    .usage_kib = 1,
			    .swap_usage_kib = 1,
			    .oom_kills = 1,
			    .high_events = 1,
			    .max_events = 1,
			    .oom_events = 1,
			    .retry_loops = 9,
			    .page_kib = 4,
			    .flags = FACT_FIRST | FACT_ZRAM | FACT_SOFT_LIMIT };
	cgroup_facts_close(&files);
	assert_int_equal(cgroup_facts_open(&files, scratch, "/c"), 0);
	assert_int_equal(cgroup_facts_read(&files, &f), 0);
	assert_int_equal(f.time_ns, 4711);
	assert_int_equal(f.page_kib, 4);
	assert_int_equal(f.zram_kib, 77);
}

static void limits(const char *max, const char *high, const char *current)
{
	put_file("c/memory.max", max);
	put_file("c/memory.high", high);
	put_file("c/memory.current", current);
	read_facts();
}

static void memory_stat_is_read_by_whole_names(void **state)
{
	(void)state;
	cgroup_facts_parse_stat("anon 409600\nfile 8192000\nfile_mapped 4096\nshmem 7\n"
				"workingset_refault_anon 11\nworkingset_refault_file 12\n"
				"workingset_activate_file 13\npgscan 500\npgsteal 400\n"
				"pgscan_kswapd 300\npgscan_direct 200\npgsteal_kswapd 250\n",
				&f);
	assert_int_equal(f.file_kib, 8000);
	assert_int_equal(f.refaulted_pages, 12);
	assert_int_equal(f.scanned_pages, 500);
	assert_int_equal(f.reclaimed_pages, 400);
}

static void memory_events_are_read_by_whole_names(void **state)
{
	(void)state;
	cgroup_facts_parse_events("low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n",
				  &f);
	assert_int_equal(f.high_events, 2);
	assert_int_equal(f.max_events, 3);
	assert_int_equal(f.oom_events, 4);
	assert_int_equal(f.oom_kills, 5);
	/* Before 4.19 there was no "oom". */
	cgroup_facts_parse_events("low 1\nhigh 7\nmax 8\noom_kill 9\n", &f);
	assert_int_equal(f.oom_events, 0);
	assert_int_equal(f.oom_kills, 9);
}

static void what_is_damaged_is_nothing(void **state)
{
	static const char *const damaged[] = {
		"",
		"\n",
		"pgscan",
		"pgscan ",
		"pgscan -5",
		"pgscan x5",
		"pgscan 5x",
		"pgscan\t5",
		"pgscanner 5",
		"xpgscan 5",
		" pgscan 5",
		"pgscan 5.5",
		"pgscan\n5\n",
		"pgscan 0x10",
		"PGSCAN 5",
		"pgscan +5",
		"pgscan =5",
		"pgscan: 5 pages",
		"high",
		"high -1\nmax \noom x\noom_kill\n",
		"pgscan 99999999999999999999999\nhigh 18446744073709551616\n"
	};

	(void)state;
	for (size_t i = 0; i < countof(damaged); i++) {
		memset(&f, 0xff, sizeof(f));
		cgroup_facts_parse_stat(damaged[i], &f);
		cgroup_facts_parse_events(damaged[i], &f);
		if (i == 17) /* a unit after the number is as in meminfo */
			assert_int_equal(f.scanned_pages, 5);
		else if (f.scanned_pages)
			fail_msg("'%s' is %llu pages", damaged[i],
				 (unsigned long long)f.scanned_pages);
		assert_int_equal(f.reclaimed_pages | f.refaulted_pages | f.file_kib, 0);
		assert_int_equal(f.high_events | f.max_events | f.oom_events | f.oom_kills, 0);
	}
	cgroup_facts_parse_stat("pgscan 18446744073709551615", &f);
	assert_int_equal(f.scanned_pages, UINT64_MAX);
}

static void what_a_cgroup_has_takes_the_place_of_the_machines(void **state)
{
	(void)state;
	put_file("c/memory.stat", "file 4096000\npgscan 5\npgsteal 4\nworkingset_refault_file 3\n");
	put_file("c/memory.events", "high 2\nmax 3\noom 4\noom_kill 5\n");
	put_file("c/memory.swap.max", "1073741824");
	put_file("c/memory.swap.current", "4096000");
	limits("4294967296", "max", "3221225472");
	assert_int_equal(f.some_ns, 3000000);
	assert_int_equal(f.full_ns, 2000000);
	assert_int_equal(f.mem_total_kib, 4 * GIB);
	assert_int_equal(f.mem_available_kib, 1 * GIB);
	assert_int_equal(f.usage_kib, 3 * GIB);
	assert_int_equal(f.swap_usage_kib, 4000);
	assert_int_equal(f.swap_total_kib, 1 * GIB);
	assert_int_equal(f.swap_free_kib, 1 * GIB - 4000);
	assert_int_equal(f.file_kib, 4000);
	assert_int_equal(f.scanned_pages, 5);
	assert_int_equal(f.reclaimed_pages, 4);
	assert_int_equal(f.refaulted_pages, 3);
	assert_int_equal(f.high_events, 2);
	assert_int_equal(f.max_events, 3);
	assert_int_equal(f.oom_events, 4);
	assert_int_equal(f.oom_kills, 5);
	assert_int_equal(f.flags, FACT_FIRST | FACT_ZRAM | FACT_CGROUP);
}

/* cgroup_disable=pressure */
static void without_pressure_all_else_is_known(void **state)
{
	(void)state;
	put_file("c/memory.stat", "pgscan 5\n");
	unlink(in_scratch("c/memory.pressure"));
	limits("4294967296", "max", "3221225472");
	assert_int_equal(f.some_ns, 0);
	assert_int_equal(f.full_ns, 0);
	assert_int_equal(f.usage_kib, 3 * GIB);
	assert_int_equal(f.scanned_pages, 5);
	assert_int_equal(f.flags, FACT_FIRST | FACT_ZRAM | FACT_CGROUP | FACT_NO_PSI);
}

static void of_a_cgroup_without_any_file_nothing_is_known(void **state)
{
	(void)state;
	unlink(in_scratch("c/memory.pressure"));
	assert_int_equal(cgroup_facts_open(&files, scratch, "/c"), -ENOENT);
	assert_int_equal(cgroup_facts_open(&files, scratch, "/none"), -ENOENT);
}

/* memory.free of a limit is what it leaves, and rounds of reclaim that others made are not of it. */
static void a_limit_leaves_no_more_than_it_has(void **state)
{
	(void)state;
	limits("4294967296", "max", "3221225472");
	assert_int_equal(f.mem_free_kib, 1 * GIB);
	assert_int_equal(f.retry_loops, 0);
	limits("max", "max", "3221225472");
	assert_int_equal(f.mem_free_kib, 2 * GIB);
	assert_int_equal(f.retry_loops, 9);
}

static void without_a_limit_memory_is_the_machines(void **state)
{
	(void)state;
	limits("max", "max", "3221225472");
	assert_int_equal(f.mem_total_kib, 16 * GIB);
	assert_int_equal(f.mem_available_kib, 8 * GIB);
	assert_int_equal(f.usage_kib, 3 * GIB);
	assert_int_equal(f.swap_total_kib, 4 * GIB);
	assert_int_equal(f.swap_free_kib, 2 * GIB);
	assert_int_equal(f.flags, FACT_FIRST | FACT_ZRAM | FACT_CGROUP);
	/* Nor is a limit one that the machine does not have. */
	limits("1099511627776", "max", "3221225472");
	assert_int_equal(f.mem_total_kib, 16 * GIB);
	assert_int_equal(f.mem_available_kib, 8 * GIB);
}

/* memory.high throttles; as long as it is what there is the least of. */
static void a_soft_limit_is_one_only_while_it_binds(void **state)
{
	(void)state;
	limits("max", "4294967296", "3221225472");
	assert_int_equal(f.mem_total_kib, 4 * GIB);
	assert_int_equal(f.flags, FACT_FIRST | FACT_ZRAM | FACT_CGROUP | FACT_SOFT_LIMIT);
	/* 12 GiB are left of it, and 8 of the machine: memory can be run out of. */
	limits("max", "16106127360", "3221225472");
	assert_int_equal(f.mem_total_kib, 15 * GIB);
	assert_int_equal(f.mem_available_kib, 8 * GIB);
	assert_int_equal(f.flags, FACT_FIRST | FACT_ZRAM | FACT_CGROUP);
}

/* As on the v2 side of a hybrid host: what is not known is 0, and not the machine's. */
static void without_a_controller_pressure_alone_is_known(void **state)
{
	(void)state;
	read_facts();
	assert_int_equal(f.some_ns, 3000000);
	assert_int_equal(f.mem_total_kib, 16 * GIB);
	assert_int_equal(f.usage_kib | f.swap_usage_kib | f.file_kib, 0);
	assert_int_equal(f.scanned_pages | f.reclaimed_pages | f.refaulted_pages, 0);
	assert_int_equal(f.high_events | f.max_events | f.oom_events | f.oom_kills, 0);
}

static void files_are_read_anew_and_closed(void **state)
{
	int before = open_fds();

	(void)state;
	limits("4294967296", "max", "3221225472");
	put_file("c/memory.current", "2147483648");
	f.mem_total_kib = f.mem_available_kib = 16 * GIB;
	assert_int_equal(cgroup_facts_read(&files, &f), 0);
	assert_int_equal(f.mem_available_kib, 2 * GIB);
	cgroup_facts_close(&files);
	assert_int_equal(open_fds(), before);
	assert_int_equal(cgroup_facts_open(&files, scratch, "/gone"), -ENOENT);
	assert_int_equal(open_fds(), before);
}

static void pressure_that_is_damaged_is_an_error(void **state)
{
	(void)state;
	read_facts();
	put_file("c/memory.pressure", "some total=1\n");
	assert_int_equal(cgroup_facts_read(&files, &f), -EINVAL);
}

static void a_cgroup_that_was_removed_says_so(void **state)
{
	char mount[PATH_MAX];

	cgroups_begin(state);
	if (mount_fd < 0)
		skip();
	mount_find("cgroup2", NULL, mount, sizeof(mount));
	cgroup_make("/a");
	assert_int_equal(cgroup_facts_open(&files, mount, cgroup_in("/a")), 0);
	assert_int_equal(cgroup_facts_read(&files, &f), 0);
	cgroup_remove("/a");
	assert_int_equal(cgroup_facts_read(&files, &f), -ENODEV);
	assert_int_equal(cgroups_end(state), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(memory_stat_is_read_by_whole_names),
		TEST(memory_events_are_read_by_whole_names),
		TEST(what_is_damaged_is_nothing),
		TEST(what_a_cgroup_has_takes_the_place_of_the_machines),
		TEST(without_pressure_all_else_is_known),
		TEST(of_a_cgroup_without_any_file_nothing_is_known),
		TEST(a_limit_leaves_no_more_than_it_has),
		TEST(without_a_limit_memory_is_the_machines),
		TEST(a_soft_limit_is_one_only_while_it_binds),
		TEST(without_a_controller_pressure_alone_is_known),
		TEST(files_are_read_anew_and_closed),
		TEST(pressure_that_is_damaged_is_an_error),
		TEST(a_cgroup_that_was_removed_says_so),
	};

	return RUN("sense/cgroup_facts", tests);
}
