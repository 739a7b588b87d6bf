// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_killlog.c - base/killlog: append, read, go on where the last one ended, rotate. What happens
 * to it in a crash is in test_killlog_crash.c.
 */
#include "test.h"

#include <errno.h>
#include <sys/stat.h>

#include "../../agent/base/killlog.h"

#define SIZE ((off_t)sizeof(struct kill_record))

static struct killlog kills;

static void log_open(void)
{
	assert_int_equal(killlog_open(&kills, in_scratch("state")), 0);
}

static struct kill_record append(__u64 kill_id, __u32 tgid)
{
	struct kill_record r = { .kind = RECORD_KILL, .kill_id = kill_id, .tgid = tgid };

	assert_int_equal(killlog_append(&kills, &r), 0);
	return r;
}

static off_t size_of(const char *name)
{
	struct stat st;

	return stat(in_scratch(name), &st) ? -1 : st.st_size;
}

/* Read a file to its end; how many, the last one in *ret. */
static int read_all(const char *name, struct kill_record *ret)
{
	int fd = open(in_scratch(name), O_RDONLY | O_CLOEXEC), n = 0, got;
	struct kill_record r;
	__u64 offset = 0;

	assert_true(fd >= 0);
	while ((got = killlog_read(fd, &offset, &r)) > 0) {
		*ret = r;
		n++;
	}
	assert_int_equal(got, 0);
	close(fd);
	return n;
}

static void a_new_log_is_an_empty_file_and_begins_at_one(void **state)
{
	struct kill_record r;

	(void)state;
	log_open();
	assert_int_equal(size_of("state/kills"), 0);
	assert_int_equal(read_all("state/kills", &r), 0);
	assert_int_equal(append(0, 1).seq, 1);
	killlog_close(&kills);
}

static void an_appended_record_is_stamped_and_read_back_as_it_was(void **state)
{
	struct kill_record written, back;

	(void)state;
	log_open();
	written = append(0, 4242);
	assert_int_equal(written.magic, RECORD_MAGIC);
	assert_int_equal(written.version, RECORD_VERSION);
	assert_int_equal(written.size, SIZE);
	assert_true(killlog_valid(&written));
	assert_int_equal(read_all("state/kills", &back), 1);
	assert_memory_equal(&written, &back, sizeof(back));
	killlog_close(&kills);
}

static void a_kill_without_id_gets_its_number_and_one_with_id_keeps_it(void **state)
{
	struct kill_record r;

	(void)state;
	log_open();
	r = append(0, 1);
	assert_int_equal(r.kill_id, 1);
	r = append(1, 1);
	assert_int_equal(r.seq, 2);
	assert_int_equal(r.kill_id, 1);
	r = append(0, 2);
	assert_int_equal(r.kill_id, 3);
	killlog_close(&kills);
}

static void a_reopened_log_goes_on_counting_and_loses_nothing(void **state)
{
	struct kill_record last;

	(void)state;
	for (__u64 round = 0; round < 4; round++) {
		log_open();
		assert_int_equal(kills.records, round);
		assert_int_equal(append(0, 1).seq, round + 1);
		killlog_close(&kills);
	}
	assert_int_equal(read_all("state/kills", &last), 4);
	assert_int_equal(last.seq, 4);
}

static void a_reader_follows_while_records_come(void **state)
{
	struct kill_record r;
	__u64 offset = 0;
	int fd;

	(void)state;
	log_open();
	fd = open(in_scratch("state/kills"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(killlog_read(fd, &offset, &r), 0);
	for (__u64 i = 1; i <= 3; i++) {
		append(0, 1);
		assert_int_equal(killlog_read(fd, &offset, &r), 1);
		assert_int_equal(r.seq, i);
		assert_int_equal(killlog_read(fd, &offset, &r), 0);
	}
	close(fd);
	killlog_close(&kills);
}

/* The writer may be another program, and its checksum good. */
static void a_string_without_an_end_makes_a_record_invalid(void **state)
{
	static const struct {
		size_t at, size;
	} strings[] = {
#define STRING(field) \
	{ offsetof(struct kill_record, field), sizeof(((struct kill_record *)0)->field) }
		STRING(strategy),
		STRING(rule),
		STRING(comm),
		STRING(name),
		STRING(cgroup),
		STRING(place),
		STRING(candidate[0].name),
		STRING(candidate[RECORD_CANDIDATES - 1].rule),
	};
	struct kill_record r;

	(void)state;
	log_open();
	for (size_t i = 0; i < countof(strings); i++) {
		r = (struct kill_record){ .kill_id = 1 };
		memset((char *)&r + strings[i].at, 'x', strings[i].size);
		assert_int_equal(killlog_append(&kills, &r), 0);
		assert_false(killlog_valid(&r));
	}
	killlog_close(&kills);
}

static void any_changed_bit_makes_a_record_invalid(void **state)
{
	struct kill_record r;
	unsigned char *byte = (unsigned char *)&r;

	(void)state;
	log_open();
	r = append(0, 1);
	killlog_close(&kills);
	for (size_t i = 0; i < sizeof(r) * 8; i++) {
		byte[i / 8] ^= (unsigned char)(1 << i % 8);
		if (killlog_valid(&r))
			fail_msg("bit %zu may change unseen", i);
		byte[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	assert_true(killlog_valid(&r));
}

/* Claim that the present file is as good as full: its last whole record is the last that fits. */
static void fill_but_one(void)
{
	int fd = open(in_scratch("state/kills"), O_RDWR | O_CLOEXEC);
	struct kill_record r;

	assert_int_equal(pread(fd, &r, SIZE, 0), SIZE);
	assert_int_equal(pwrite(fd, &r, SIZE, (RECORDS_MAX - 2) * SIZE), SIZE);
	close(fd);
}

static void a_full_file_becomes_the_old_one_and_counting_goes_on(void **state)
{
	struct kill_record last;

	(void)state;
	log_open();
	append(0, 1);
	killlog_close(&kills);
	fill_but_one();
	log_open();
	assert_int_equal(append(0, 1).seq, 2);
	assert_int_equal(size_of("state/kills"), RECORDS_MAX * SIZE);
	assert_int_equal(size_of("state/kills.1"), -1);
	assert_int_equal(append(0, 1).seq, 3);
	assert_int_equal(size_of("state/kills.1"), RECORDS_MAX * SIZE);
	assert_int_equal(size_of("state/kills"), SIZE);
	killlog_close(&kills);
	log_open();
	assert_int_equal(append(0, 1).seq, 4);
	assert_int_equal(read_all("state/kills.1", &last), 3);
	assert_int_equal(last.seq, 2);
	killlog_close(&kills);
}

static void the_next_rotation_replaces_the_old_file(void **state)
{
	struct kill_record last;

	(void)state;
	for (int i = 0; i < 2; i++) {
		log_open();
		append(0, 1);
		killlog_close(&kills);
		fill_but_one();
		log_open();
		append(0, 1);
		append(0, 1);
		killlog_close(&kills);
	}
	assert_int_equal(size_of("state/kills"), SIZE);
	assert_int_equal(size_of("state/kills.2"), -1);
	read_all("state/kills.1", &last);
	assert_int_equal(last.seq, 5);
}

/* The agent died between the rename and its first record in the new file. */
static void numbers_go_on_when_only_the_old_file_is_there(void **state)
{
	(void)state;
	for (__u64 seq = 1; seq < 4; seq++) {
		log_open();
		assert_int_equal(append(0, 1).seq, seq);
		killlog_close(&kills);
		assert_int_equal(rename(in_scratch("state/kills"), in_scratch("state/kills.1")), 0);
	}
}

static void a_log_is_not_for_everybody_and_closes_what_it_opened(void **state)
{
	int before = open_fds();
	struct stat st;

	(void)state;
	log_open();
	assert_int_equal(stat(in_scratch("state/kills"), &st), 0);
	assert_int_equal(st.st_mode & 0137, 0);
	killlog_close(&kills);
	killlog_close(&kills);
	assert_int_equal(open_fds(), before);
}

static void a_place_that_cannot_hold_a_log_is_an_error(void **state)
{
	struct kill_record r = {};

	(void)state;
	put_file("file", "");
	assert_int_equal(killlog_open(&kills, in_scratch("file/state")), -ENOTDIR);
	assert_int_equal(kills.fd, -1);
	assert_int_equal(mkdir(in_scratch("dir"), 0700), 0);
	assert_int_equal(mkdir(in_scratch("dir/kills"), 0700), 0);
	assert_int_equal(killlog_open(&kills, in_scratch("dir")), -EISDIR);
	assert_int_equal(killlog_append(&kills, &r), -EBADF);
	killlog_close(&kills);
}

static void a_bad_descriptor_is_an_error_and_not_an_end(void **state)
{
	int dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kill_record r;
	__u64 offset = 0;

	(void)state;
	assert_int_equal(killlog_read(-1, &offset, &r), -EBADF);
	assert_int_equal(killlog_read(dir, &offset, &r), -EISDIR);
	assert_int_equal(offset, 0);
	close(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_new_log_is_an_empty_file_and_begins_at_one),
		SCRATCH_TEST(an_appended_record_is_stamped_and_read_back_as_it_was),
		SCRATCH_TEST(a_kill_without_id_gets_its_number_and_one_with_id_keeps_it),
		SCRATCH_TEST(a_reopened_log_goes_on_counting_and_loses_nothing),
		SCRATCH_TEST(a_reader_follows_while_records_come),
		SCRATCH_TEST(a_string_without_an_end_makes_a_record_invalid),
		SCRATCH_TEST(any_changed_bit_makes_a_record_invalid),
		SCRATCH_TEST(a_full_file_becomes_the_old_one_and_counting_goes_on),
		SCRATCH_TEST(the_next_rotation_replaces_the_old_file),
		SCRATCH_TEST(numbers_go_on_when_only_the_old_file_is_there),
		SCRATCH_TEST(a_log_is_not_for_everybody_and_closes_what_it_opened),
		SCRATCH_TEST(a_place_that_cannot_hold_a_log_is_an_error),
		SCRATCH_TEST(a_bad_descriptor_is_an_error_and_not_an_end),
	};

	return RUN("base/killlog", tests);
}
