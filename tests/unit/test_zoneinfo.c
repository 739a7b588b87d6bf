// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_zoneinfo.c - sense/zoneinfo, sense/android: watermarks of any number of nodes and zones, and the
 * other files of the android strategy: whole, missing, empty, garbage.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/base/clock.h"
#include "../../agent/sense/android.h"
#include "../../agent/sense/psi.h"
#include "../../agent/sense/zoneinfo.h"

/* A zone as the kernel prints it, with names in it that are near to those that count. */
#define ZONE(node, name, min, low, high, present, protection) \
	"Node " node ", zone " name "\n"                      \
	"  per-node stats\n"                                  \
	"      nr_inactive_file 77\n"                         \
	"  pages free     5000\n"                             \
	"        boost    0\n"                                \
	"        min      " min "\n"                          \
	"        low      " low "\n"                          \
	"        high     " high "\n"                         \
	"        spanned  4095\n"                             \
	"        present  " present "\n"                      \
	"        managed  3840\n"                             \
	"        protection: " protection "\n"                \
	"      nr_free_pages 5000\n"                          \
	"  pagesets\n"                                        \
	"    cpu: 0\n"                                        \
	"              count:    999\n"                       \
	"              high:     999\n"                       \
	"              high_min: 999\n"                       \
	"              batch:    999\n"                       \
	"  start_pfn:           1\n"

static const struct {
	const char *text;
	struct zoneinfo z;
} good[] = {
	{ ZONE("0", "Normal", "10", "20", "30", "9", "(0)"), { 10, 20, 30, 1, 1 } },
	{ ZONE("0", "   DMA", "10", "20", "30", "9", "(0, 5, 7, 6)"), { 17, 27, 37, 1, 1 } },
	{ ZONE("0", "DMA", "10", "20", "30", "9", "(0, 5, 7, 6)")
		  ZONE("0", "Normal", "100", "200", "300", "9", "(0, 0)"),
	  { 117, 227, 337, 2, 1 } },
	/* Without pages it does not count, whatever it says. */
	{ ZONE("0", "DMA", "10", "20", "30", "0", "(0, 5, 7, 6)")
		  ZONE("0", "Normal", "100", "200", "300", "9", "(0, 0)"),
	  { 100, 200, 300, 1, 1 } },
	{ "Node 0, zone Movable\n  pages free 0\n min 0\n low 0\n high 0\n present 0\n"
	  " protection: (0, 0)\n" ZONE("0", "Normal", "1", "2", "3", "9", "(0)"),
	  { 1, 2, 3, 1, 1 } },
};

static void watermarks_are_summed_with_the_highest_reserve_of_each_zone(void **state)
{
	struct zoneinfo z;

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		memset(&z, 0xee, sizeof(z));
		assert_int_equal(zoneinfo_parse(good[i].text, &z), 0);
		assert_memory_equal(&z, &good[i].z, sizeof(z));
	}
}

/* A machine of 9 nodes with 8 zones each; lmkd refuses more than 2 and writes past its 6. */
static const char *large_machine(void)
{
	static char text[9 * 8 * 1024];
	size_t len = 0;

	for (int node = 0; node < 9; node++) {
		for (int zone = 0; zone < 8; zone++)
			len += (size_t)snprintf(
				text + len, sizeof(text) - len, "Node %d, zone Z%d\n%s", node, zone,
				strchr(ZONE("0", "x", "1", "10", "100", "9", "(0, 3, 2)"), '\n') +
					1);
	}
	assert_true(len < sizeof(text));
	return text;
}

static void any_number_of_nodes_and_zones_is_taken(void **state)
{
	struct zoneinfo z;

	(void)state;
	assert_int_equal(zoneinfo_parse(large_machine(), &z), 0);
	assert_int_equal(z.nodes, 9);
	assert_int_equal(z.zones, 72);
	assert_int_equal(z.min_pages, 72 * 4);
	assert_int_equal(z.low_pages, 72 * 13);
	assert_int_equal(z.high_pages, 72 * 103);
}

static void a_file_larger_than_the_buffer_is_read_in_pieces(void **state)
{
	struct zoneinfo z, whole;
	int fd;

	(void)state;
	put_file("zoneinfo", large_machine());
	fd = open(in_scratch("zoneinfo"), O_RDONLY);
	assert_int_equal(zoneinfo_parse(large_machine(), &whole), 0);
	for (int i = 0; i < 2; i++) { /* from its start each time */
		memset(&z, 0, sizeof(z));
		assert_int_equal(zoneinfo_read(fd, &z), 0);
		assert_memory_equal(&z, &whole, sizeof(z));
	}
	close(fd);
	assert_int_equal(zoneinfo_read(fd, &z), -EBADF);
}

static void what_is_no_zoneinfo_is_refused_and_touches_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"garbage\n",
		"Node\n",
		"Node 0, zone Normal\n",
		ZONE("x", "Normal", "1", "2", "3", "9", "(0)"),
		ZONE("0", "Normal", "", "2", "3", "9", "(0)"),
		ZONE("0", "Normal", "1", "x", "3", "9", "(0)"),
		ZONE("0", "Normal", "1", "2", "-3", "9", "(0)"),
		ZONE("0", "Normal", "1", "2", "3 4", "9", "(0)"),
		ZONE("0", "Normal", "1", "2", "18446744073709551615", "9", "(0)"),
		ZONE("0", "Normal", "1", "2", "3", "0", "(0)"), /* no zone with pages */
		ZONE("0", "Normal", "1", "2", "3", "9", ""),
		ZONE("0", "Normal", "1", "2", "3", "9", "(0"),
		ZONE("0", "Normal", "1", "2", "3", "9", "(0,,1)"),
		ZONE("0", "Normal", "1", "2", "3", "9", "(x)"),
		"Node 0, zone Normal\n min 1\n low 2\n high 3\n", /* cut off */
		"Node 0, zone Normal\n min 1\n low 2\n high 3\n present 9",
	};
	struct zoneinfo z, was;

	(void)state;
	memset(&z, 0xee, sizeof(z));
	was = z;
	for (size_t i = 0; i < countof(bad); i++) {
		if (zoneinfo_parse(bad[i], &z) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
		assert_memory_equal(&z, &was, sizeof(z));
	}
}

static const char meminfo[] =
	"MemTotal:       24567890 kB\nMemFree: 1 kB\nBuffers: 2 kB\nCached: 3 kB\n"
	"SwapCached: 4 kB\nActive: 90 kB\nInactive: 91 kB\nActive(anon): 5 kB\n"
	"Inactive(anon): 6 kB\nActive(file): 7 kB\nInactive(file): 8 kB\n"
	"Unevictable: 9 kB\nSwapTotal: 10 kB\nSwapFree: 11 kB\nDirty: 12 kB\n"
	"Shmem: 13 kB\nSReclaimable: 14 kB\nSUnreclaim: 15 kB\nKernelStack: 16 kB\n"
	"PageTables: 17 kB\nION_heap: 18 kB\nION_heap_pool: 19 kB\nCmaFree: 20 kB\n";

static void every_field_of_meminfo_has_its_place(void **state)
{
	const struct android_facts want = {
		.mem_free_kib = 1,
		.buffers_kib = 2,
		.cached_kib = 3,
		.swap_cached_kib = 4,
		.active_anon_kib = 5,
		.inactive_anon_kib = 6,
		.active_file_kib = 7,
		.inactive_file_kib = 8,
		.unevictable_kib = 9,
		.swap_total_kib = 10,
		.swap_free_kib = 11,
		.dirty_kib = 12,
		.shmem_kib = 13,
		.sreclaimable_kib = 14,
		.sunreclaim_kib = 15,
		.kernel_stack_kib = 16,
		.page_tables_kib = 17,
		.ion_heap_kib = 18,
		.ion_heap_pool_kib = 19,
		.cma_free_kib = 20,
	};
	struct android_facts f = { .ion_heap_kib = 4711 };

	(void)state;
	assert_int_equal(android_meminfo_parse(meminfo, &f), 0);
	assert_memory_equal(&f, &want, sizeof(f));
	assert_int_equal(android_meminfo_parse("MemFree: 1 kB\n", &f), -EINVAL);
	assert_int_equal(android_meminfo_parse("", &f), -EINVAL);
	assert_memory_equal(&f, &want, sizeof(f));
}

static void refaults_are_found_by_the_old_name_and_the_new(void **state)
{
#define VMSTAT                                                                                      \
	"nr_free_pages 1\nnr_inactive_file 2\nnr_active_file 3\npgscan_kswapd 4\npgscan_direct 5\n" \
	"pgscan_direct_throttle 99\npgrefill 6\n"
	struct android_facts f = {}, was;

	(void)state;
	assert_int_equal(android_vmstat_parse(VMSTAT "workingset_refault_anon 98\n"
						     "workingset_refault_file 7\n",
					      &f),
			 0);
	assert_int_equal(f.free_pages, 1);
	assert_int_equal(f.inactive_file_pages, 2);
	assert_int_equal(f.active_file_pages, 3);
	assert_int_equal(f.pgscan_kswapd_pages, 4);
	assert_int_equal(f.pgscan_direct_pages, 5);
	assert_int_equal(f.pgrefill_pages, 6);
	assert_int_equal(f.refault_pages, 7);
	assert_int_equal(android_vmstat_parse(VMSTAT "workingset_refault 8\n", &f), 0);
	assert_int_equal(f.refault_pages, 8);
	was = f;
	assert_int_equal(android_vmstat_parse("", &f), -EINVAL);
	assert_int_equal(android_vmstat_parse("nr_free_pages 1\n", &f), -EINVAL);
	assert_memory_equal(&f, &was, sizeof(f));
}

static void averages_are_hundredths_of_a_percent(void **state)
{
	static const char text[] = "some avg10=12.34 avg60=1.00 avg300=0.00 total=1\n"
				   "full avg10=100.00 avg60=0.00 avg300=0.00 total=2\n";
	static const char *const bad[] = { "",
					   "some\n",
					   "some avg60=1.00\n",
					   "some avg10=1\n",
					   "some avg10=x.00\n",
					   "some avg10=1.5 avg60\n",
					   "some avg10=1.234\n",
					   "some avg10=-1.00\n",
					   "some avg10=101.00\n" };
	uint32_t bp = 4711;

	(void)state;
	assert_int_equal(psi_average(text, "some", &bp), 0);
	assert_int_equal(bp, 1234);
	assert_int_equal(psi_average(text, "full", &bp), 0);
	assert_int_equal(bp, 10000);
	for (size_t i = 0; i < countof(bad); i++)
		assert_int_equal(psi_average(bad[i], "some", &bp), -EINVAL);
	assert_int_equal(bp, 10000);
}

/* Of this machine, with a board on which two tasks reclaim and two nodes' kswapd is awake. */
static void the_longest_direct_reclaim_is_the_one_that_counts(void **state)
{
	static struct board b;
	struct android_sense s;
	struct android_facts f;

	(void)state;
	b.reclaims[3] = (struct board_slot){ .tid = 7, .kind = EDGE_DIRECT, .since_ns = 500 };
	b.reclaims[9] = (struct board_slot){ .tid = 8, .kind = EDGE_DIRECT, .since_ns = 300 };
	b.reclaims[200] = (struct board_slot){ .tid = 9, .kind = EDGE_MEMCG, .since_ns = 100 };
	b.kswapd_since_ns[1] = 50;
	b.kswapd_since_ns[5] = 40;
	assert_int_equal(android_open(&s), 0);
	assert_int_equal(android_gather(&s, &b, 1000, 4, &f), 0);
	assert_int_equal(f.time_ns, 1000);
	assert_int_equal(f.direct_since_ns, 300); /* not that of a cgroup's own limit */
	assert_int_equal(f.kswapd_since_ns, 40);
	assert_int_equal(f.watermark_ns, 1000);
	assert_true(f.min_kib && f.min_kib < f.low_kib && f.low_kib < f.high_kib);
	assert_true(f.mem_free_kib && f.free_pages);
	b.reclaims[9].tid = 0; /* one ends: the other is still in it */
	assert_int_equal(android_gather(&s, &b, 2000, 4, &f), 0);
	assert_int_equal(f.direct_since_ns, 500);
	assert_int_equal(f.watermark_ns, 1000); /* not read again ... */
	b.watermarks++;
	assert_int_equal(android_gather(&s, &b, 3000, 4, &f), 0);
	assert_int_equal(f.watermark_ns, 3000); /* ... until the kernel computed them anew, */
	assert_int_equal(android_gather(&s, &b, 3000 + 60 * NS_PER_S, 4, &f), 0);
	assert_int_equal(f.watermark_ns, 3000 + 60 * NS_PER_S); /* or a minute has passed */
	android_close(&s);
	android_close(&s);
	assert_true(android_gather(&s, &b, 4000, 4, &f) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watermarks_are_summed_with_the_highest_reserve_of_each_zone),
		cmocka_unit_test(any_number_of_nodes_and_zones_is_taken),
		SCRATCH_TEST(a_file_larger_than_the_buffer_is_read_in_pieces),
		cmocka_unit_test(what_is_no_zoneinfo_is_refused_and_touches_nothing),
		cmocka_unit_test(every_field_of_meminfo_has_its_place),
		cmocka_unit_test(refaults_are_found_by_the_old_name_and_the_new),
		cmocka_unit_test(averages_are_hundredths_of_a_percent),
		cmocka_unit_test(the_longest_direct_reclaim_is_the_one_that_counts),
	};

	return RUN("zoneinfo", tests);
}
