// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_meminfo.c - sense/meminfo: numbers out of /proc/meminfo, /proc/vmstat and memory.stat.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/sense/meminfo.h"

static const char meminfo[] = "MemTotal:       24567890 kB\n"
			      "MemFree:         1234567 kB\n"
			      "MemAvailable:   20000000 kB\n"
			      "Buffers:           12345 kB\n"
			      "SwapCached:            7 kB\n"
			      "SwapTotal:       8388604 kB\n"
			      "SwapFree:        8388600 kB\n"
			      "HugePages_Total:       0\n";

static void a_field_is_found_with_and_without_colon(void **state)
{
	static const struct {
		const char *text, *name;
		uint64_t value;
	} cases[] = {
		{ "a 1\nb 2\n", "a", 1 },
		{ "a 1\nb 2\n", "b", 2 },
		{ "a 1\nb 2", "b", 2 },
		{ "a: 1 kB\n", "a", 1 },
		{ "a:      1 kB\n", "a", 1 },
		{ "a 0\n", "a", 0 },
		{ "a 18446744073709551615\n", "a", UINT64_MAX },
		{ "ab 1\na 2\n", "a", 2 },
		{ "a_b 1\na 2\n", "a", 2 },
		{ "\n\na 3\n", "a", 3 },
		{ "a 1\na 2\n", "a", 1 }, /* the first counts */
		{ "inactive_file 8192\nfile 4096\n", "file", 4096 },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		uint64_t got = 4711;

		assert_int_equal(stat_field(cases[i].text, cases[i].name, &got), 0);
		assert_int_equal(got, cases[i].value);
	}
}

static void a_field_without_a_number_is_refused_and_touches_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"b 1\n",
		"a",
		"a\n",
		"a \n",
		"a:\n",
		"a 1x\n",
		"a -1\n",
		"a +1\n",
		"a x\n",
		"a\t1\n",
		"a=1\n",
		" a 1\n",
		"xa 1\n",
		"A 1\n",
		"a 0x1\n",
		"a 1.5\n",
		"a max\n",
		"a 18446744073709551616\n",
	};
	uint64_t got = 4711;

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		if (stat_field(bad[i], "a", &got) != -EINVAL)
			fail_msg("taken: '%s'", bad[i]);
		assert_int_equal(got, 4711);
	}
}

static void the_five_numbers_of_meminfo_are_read(void **state)
{
	struct meminfo m;

	(void)state;
	assert_int_equal(meminfo_parse(meminfo, &m), 0);
	assert_int_equal(m.total_kib, 24567890);
	assert_int_equal(m.free_kib, 1234567);
	assert_int_equal(m.available_kib, 20000000);
	assert_int_equal(m.swap_total_kib, 8388604);
	assert_int_equal(m.swap_free_kib, 8388600);
}

/* Half a world is worse than none: any of the five missing, or broken, refuses all. */
static void meminfo_without_one_of_them_is_refused(void **state)
{
	static const char *const needed[] = { "MemTotal", "MemFree", "MemAvailable", "SwapTotal",
					      "SwapFree" };
	struct meminfo m = { 1, 2, 3, 4, 5, 6 }, before = m;
	char text[sizeof(meminfo)];

	(void)state;
	for (size_t i = 0; i < countof(needed); i++) {
		strcpy(text, meminfo);
		*strstr(text, needed[i]) = '#';
		assert_int_equal(meminfo_parse(text, &m), -EINVAL);
		strcpy(text, meminfo);
		strchr(strstr(text, needed[i]), ' ')[3] = 'x';
		assert_int_equal(meminfo_parse(text, &m), -EINVAL);
		assert_memory_equal(&m, &before, sizeof(m));
	}
	assert_int_equal(meminfo_parse("", &m), -EINVAL);
}

static void a_machine_without_memory_is_not_believed(void **state)
{
	struct meminfo m;

	(void)state;
	assert_int_equal(meminfo_parse("MemTotal: 0 kB\nMemFree: 0 kB\nMemAvailable: 0 kB\n"
				       "SwapTotal: 0 kB\nSwapFree: 0 kB\n",
				       &m),
			 -EINVAL);
}

static void reclaim_of_all_three_ways_is_summed(void **state)
{
	struct vmstat v;

	(void)state;
	assert_int_equal(vmstat_parse("nr_free_pages 99\npgscan_kswapd 1000\npgscan_direct 200\n"
				      "pgscan_khugepaged 30\npgscan_direct_throttle 7777\n"
				      "pgsteal_kswapd 500\npgsteal_direct 60\n"
				      "pgsteal_khugepaged 7\npgscan_anon 8888\n",
				      &v),
			 0);
	assert_int_equal(v.scanned_pages, 1230);
	assert_int_equal(v.reclaimed_pages, 567);
}

static void an_older_kernel_without_khugepaged_is_fine(void **state)
{
	struct vmstat v;

	(void)state;
	assert_int_equal(vmstat_parse("pgscan_kswapd 10\npgscan_direct 2\npgsteal_kswapd 5\n"
				      "pgsteal_direct 1\n",
				      &v),
			 0);
	assert_int_equal(v.scanned_pages, 12);
	assert_int_equal(v.reclaimed_pages, 6);
}

static void vmstat_without_any_scan_counter_is_refused(void **state)
{
	struct vmstat v = { 1, 2, 3, 4 };

	(void)state;
	assert_int_equal(vmstat_parse("", &v), -EINVAL);
	assert_int_equal(vmstat_parse("nr_free_pages 99\npgsteal_kswapd 5\n", &v), -EINVAL);
	assert_int_equal(vmstat_parse("pgscan_kswapd many\n", &v), -EINVAL);
	assert_int_equal(v.scanned_pages, 1);
	assert_int_equal(v.reclaimed_pages, 2);
	assert_int_equal(v.refaulted_pages, 3);
	assert_int_equal(v.oom_kills, 4);
}

static void files_are_read_through_their_descriptors(void **state)
{
	struct meminfo m;
	struct vmstat v;
	int fd = open(put_file("meminfo", meminfo), O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(meminfo_read(fd, &m), 0);
	assert_int_equal(m.total_kib, 24567890);
	assert_int_equal(vmstat_read(fd, &v), -EINVAL);
	put_file("meminfo", "pgscan_direct 4\n");
	assert_int_equal(vmstat_read(fd, &v), 0);
	assert_int_equal(v.scanned_pages, 4);
	assert_int_equal(meminfo_read(fd, &m), -EINVAL);
	close(fd);
	assert_int_equal(meminfo_read(fd, &m), -EBADF);
	assert_int_equal(vmstat_read(fd, &v), -EBADF);
}

static void files_larger_than_they_can_be_are_refused(void **state)
{
	static char text[20000];
	struct meminfo m;
	struct vmstat v;
	int fd;

	(void)state;
	memset(text, '\n', sizeof(text) - 1);
	memcpy(text, meminfo, sizeof(meminfo) - 1);
	fd = open(put_file("meminfo", text), O_RDONLY | O_CLOEXEC);
	assert_int_equal(meminfo_read(fd, &m), -EFBIG);
	assert_int_equal(vmstat_read(fd, &v), -EFBIG);
	close(fd);
}

/* What this machine has must fit and parse. */
static void the_files_of_this_kernel_are_read(void **state)
{
	int meminfo_fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	int vmstat_fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	struct meminfo m;
	struct vmstat v;

	(void)state;
	assert_int_equal(meminfo_read(meminfo_fd, &m), 0);
	assert_in_range(m.available_kib, 1, m.total_kib);
	assert_in_range(m.swap_free_kib, 0, m.swap_total_kib);
	assert_int_equal(vmstat_read(vmstat_fd, &v), 0);
	close(meminfo_fd);
	close(vmstat_fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_found_with_and_without_colon),
		cmocka_unit_test(a_field_without_a_number_is_refused_and_touches_nothing),
		cmocka_unit_test(the_five_numbers_of_meminfo_are_read),
		cmocka_unit_test(meminfo_without_one_of_them_is_refused),
		cmocka_unit_test(a_machine_without_memory_is_not_believed),
		cmocka_unit_test(reclaim_of_all_three_ways_is_summed),
		cmocka_unit_test(an_older_kernel_without_khugepaged_is_fine),
		cmocka_unit_test(vmstat_without_any_scan_counter_is_refused),
		SCRATCH_TEST(files_are_read_through_their_descriptors),
		SCRATCH_TEST(files_larger_than_they_can_be_are_refused),
		cmocka_unit_test(the_files_of_this_kernel_are_read),
	};

	return RUN("sense/meminfo", tests);
}
