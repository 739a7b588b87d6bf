// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_psi.c - sense/psi: totals out of a pressure file, whatever its averages look like.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/sense/psi.h"

#define SOME "some avg10=1.23 avg60=0.45 avg300=0.06 total=123456789\n"
#define FULL "full avg10=0.00 avg60=0.00 avg300=0.00 total=98765\n"

static void totals_are_read_in_ns(void **state)
{
	struct psi psi;

	(void)state;
	assert_int_equal(psi_parse(SOME FULL, &psi), 0);
	assert_int_equal(psi.some_ns, 123456789000ULL);
	assert_int_equal(psi.full_ns, 98765000ULL);
}

static void what_is_well_formed_enough_is_read(void **state)
{
	static const char *const good[] = {
		"some total=1\nfull total=2\n",
		"some avg10=0.00 total=1\nfull avg10=0.00 total=2", /* no newline at the end */
		"full total=2\nsome total=1\n",			    /* another order */
		"some avg10=nan avg60=- total=1\nfull x total=2\n",
		"\nnew total=9\nsome avg10=1 avg60=2 avg300=3 avg900=4 total=1\nfull total=2\n",
		"something total=7\nsome total=1\nfuller total=8\nfull total=2\n",
	};
	struct psi psi;

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		assert_int_equal(psi_parse(good[i], &psi), 0);
		assert_int_equal(psi.some_ns, 1000);
		assert_int_equal(psi.full_ns, 2000);
	}
}

static void the_largest_total_in_ns_is_read_and_a_larger_one_refused(void **state)
{
	struct psi psi;

	(void)state;
	assert_int_equal(psi_parse("some total=18446744073709551\nfull total=0\n", &psi), 0);
	assert_int_equal(psi.some_ns, 18446744073709551000ULL);
	assert_int_equal(psi_parse("some total=18446744073709552\nfull total=0\n", &psi), -EINVAL);
}

static void what_is_malformed_is_refused_and_touches_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"\n\n",
		SOME,
		FULL,
		"some avg10=0.00\nfull total=2\n",
		"some avg10=0.00\n total=1\nfull total=2\n",
		"some total=1\nfull avg10=0.00\n",
		"some total=\nfull total=2\n",
		"some total= 1\nfull total=2\n",
		"some total=-1\nfull total=2\n",
		"some total=+1\nfull total=2\n",
		"some total=1x\nfull total=2\n",
		"some total=1 2\nfull total=2\n",
		"some total=0x1\nfull total=2\n",
		"some total=1.5\nfull total=2\n",
		"some total=99999999999999999999999\nfull total=2\n",
		"sometotal=1\nfull total=2\n",
		"some\nfull total=2\n",
		"xsome total=1\nfull total=2\n",
		"Some total=1\nfull total=2\n",
	};
	struct psi psi;

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		psi = (struct psi){ 4711, 4712 };
		if (psi_parse(bad[i], &psi) != -EINVAL)
			fail_msg("taken: '%s'", bad[i]);
		assert_int_equal(psi.some_ns, 4711);
		assert_int_equal(psi.full_ns, 4712);
	}
}

static void a_file_is_read_anew_each_time(void **state)
{
	const char *path = put_file("memory.pressure", SOME FULL);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct psi psi;

	(void)state;
	assert_int_equal(psi_read(fd, &psi), 0);
	assert_int_equal(psi.full_ns, 98765000ULL);
	put_file("memory.pressure", "some total=5\nfull total=4\n");
	assert_int_equal(psi_read(fd, &psi), 0);
	assert_int_equal(psi.some_ns, 5000);
	put_file("memory.pressure", "");
	assert_int_equal(psi_read(fd, &psi), -EINVAL);
	close(fd);
	assert_int_equal(psi_read(fd, &psi), -EBADF);
}

static void a_file_longer_than_any_pressure_file_is_refused(void **state)
{
	char text[600] = "some total=1\nfull total=2\n";
	struct psi psi;
	int fd;

	(void)state;
	memset(text + strlen(text), ' ', sizeof(text) - 1 - strlen(text));
	fd = open(put_file("memory.pressure", text), O_RDONLY | O_CLOEXEC);
	assert_int_equal(psi_read(fd, &psi), -EFBIG);
	close(fd);
}

static void a_trigger_is_written_with_its_nul_in_microseconds(void **state)
{
	static const char expected[] = "some 70000 1000000";
	const char *path = put_file("memory.pressure", "");
	char text[64] = "";
	int fd;

	(void)state;
	fd = psi_trigger_open(path, "some", 70 * NS_PER_MS, NS_PER_S);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, text, sizeof(text), 0), sizeof(expected));
	assert_memory_equal(text, expected, sizeof(expected));
	close(fd);
	assert_int_equal(psi_trigger_open(in_scratch("none"), "full", 1, 1), -ENOENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_are_read_in_ns),
		cmocka_unit_test(what_is_well_formed_enough_is_read),
		cmocka_unit_test(the_largest_total_in_ns_is_read_and_a_larger_one_refused),
		cmocka_unit_test(what_is_malformed_is_refused_and_touches_nothing),
		SCRATCH_TEST(a_file_is_read_anew_each_time),
		SCRATCH_TEST(a_file_longer_than_any_pressure_file_is_refused),
		SCRATCH_TEST(a_trigger_is_written_with_its_nul_in_microseconds),
	};

	return RUN("sense/psi", tests);
}
