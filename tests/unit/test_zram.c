// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_zram.c - sense/zram: what zram devices take, from their mm_stat. The devices are files here, put
 * in as if they had been found.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/sense/zram.h"

#define S 1000000000ULL

static struct zram zram;

static int begin(void **state)
{
	zram_init(&zram);
	zram.looked_ns = S;
	return scratch_make(state);
}

static int end(void **state)
{
	zram_close(&zram);
	return scratch_remove(state);
}

/* One device more that says this. */
static void device(int i, const char *name, const char *mm_stat)
{
	zram.fd[i] = open(put_file(name, mm_stat), O_RDONLY | O_CLOEXEC);
	assert_true(zram.fd[i] >= 0);
}

/* What they take together; -1: there is none. */
static long long taken(void)
{
	uint64_t kib = 4711;

	return zram_read(&zram, S, &kib) ? (long long)kib : kib ? -2 : -1;
}

static void the_third_number_is_what_it_takes(void **state)
{
	uint64_t kib = 0;

	(void)state;
	assert_int_equal(
		zram_parse(" 4194304  1048576  2097152   0  2097152   12   3   0   0\n", &kib), 0);
	assert_int_equal(kib, 2048);
	assert_int_equal(zram_parse("1 2 1023", &kib), 0);
	assert_int_equal(kib, 0);
	assert_int_equal(zram_parse("1 2 1024\n", &kib), 0);
	assert_int_equal(kib, 1);
	assert_int_equal(zram_parse("1 2 18446744073709551615 4", &kib), 0);
	assert_int_equal(kib, UINT64_MAX >> 10);
}

static void what_is_damaged_is_refused(void **state)
{
	static const char *const damaged[] = {
		"",	  "\n",	     "1",      "1 2",
		"1 2 ",	  "1 2 x",   "x 2 3",  "1 x 3",
		"1 2 -3", "-1 2 3",  "1,2,3",  "0x1 2 3",
		"1 2 3x", "1.5 2 3", "1 2 +3", "1 2 18446744073709551616"
	};
	uint64_t kib = 4711;

	(void)state;
	for (size_t i = 0; i < countof(damaged); i++) {
		if (zram_parse(damaged[i], &kib) != -EINVAL)
			fail_msg("'%s' is %llu KiB", damaged[i], (unsigned long long)kib);
		assert_int_equal(kib, 4711);
	}
}

static void devices_are_added_up(void **state)
{
	(void)state;
	assert_int_equal(taken(), -1);
	device(0, "zram0", "1 2 1048576 4");
	assert_int_equal(taken(), 1024);
	device(ZRAM_MAX - 1, "zram7", "1 2 2048 4");
	assert_int_equal(taken(), 1026);
	put_file("zram0", "1 2 0 4"); /* swapoff */
	assert_int_equal(taken(), 2);
}

static void one_that_cannot_be_understood_is_left_out(void **state)
{
	(void)state;
	device(0, "zram0", "what is this");
	assert_int_equal(taken(), -1);
	device(1, "zram1", "1 2 1024 4");
	assert_int_equal(taken(), 1);
}

static void one_that_was_removed_is_closed_and_the_others_go_on(void **state)
{
	int before = open_fds();

	(void)state;
	device(1, "zram1", "1 2 1024 4");
	/* Reading fails, as of a device that is no more. */
	zram.fd[0] = open(in_scratch("zram1"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(open_fds(), before + 2);
	assert_int_equal(taken(), 1);
	assert_int_equal(zram.fd[0], -1);
	assert_int_equal(open_fds(), before + 1);
	zram_close(&zram);
	assert_int_equal(open_fds(), before);
	zram.looked_ns = S;
	assert_int_equal(taken(), -1);
}

/* Devices come while the agent runs: it looks for them at the first read, and then each second. */
static void devices_are_looked_for_each_second(void **state)
{
	uint64_t kib;

	(void)state;
	zram_init(&zram);
	zram_read(&zram, 5 * S, &kib);
	assert_int_equal(zram.looked_ns, 5 * S);
	zram_read(&zram, 6 * S - 1, &kib);
	assert_int_equal(zram.looked_ns, 5 * S);
	zram_read(&zram, 6 * S, &kib);
	assert_int_equal(zram.looked_ns, 6 * S);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(the_third_number_is_what_it_takes),
		TEST(what_is_damaged_is_refused),
		TEST(devices_are_added_up),
		TEST(one_that_cannot_be_understood_is_left_out),
		TEST(one_that_was_removed_is_closed_and_the_others_go_on),
		TEST(devices_are_looked_for_each_second),
	};

	return RUN("sense/zram", tests);
}
