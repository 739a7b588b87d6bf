// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_killlog_crash.c - base/killlog after a crash, a full disk, a bad sector: every record that
 * was written whole stays readable, and the next one is too.
 */
#include "test.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../agent/base/killlog.h"

#define SIZE ((off_t)sizeof(struct kill_record))

static struct killlog kills;

/* 0 or the error; also called where assertions must not be: in children. */
static int append(void)
{
	struct kill_record r = { .kind = RECORD_KILL, .tgid = 42 };

	return killlog_append(&kills, &r);
}

static int reopen(void)
{
	killlog_close(&kills);
	return killlog_open(&kills, scratch);
}

/* A log with so many records, closed. */
static void make_log(int n)
{
	assert_int_equal(killlog_open(&kills, scratch), 0);
	for (int i = 0; i < n; i++)
		assert_int_equal(append(), 0);
	killlog_close(&kills);
}

static off_t file_size(void)
{
	struct stat st;

	return stat(in_scratch("kills"), &st) ? -1 : st.st_size;
}

/* The numbers of all whole records, one decimal digit each. */
static const char *seqs(void)
{
	static char text[16];
	int fd = open(in_scratch("kills"), O_RDONLY | O_CLOEXEC), n = 0;
	struct kill_record r;
	__u64 offset = 0;

	while (killlog_read(fd, &offset, &r) > 0 && n < 15)
		text[n++] = (char)('0' + r.seq % 10);
	text[n] = 0;
	close(fd);
	return text;
}

static void a_torn_tail_of_any_length_is_cut_off(void **state)
{
	struct kill_record last;
	int fd;

	(void)state;
	make_log(3);
	fd = open(in_scratch("kills"), O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &last, SIZE, 2 * SIZE), SIZE);
	for (off_t torn = 0; torn < SIZE; torn++) {
		assert_int_equal(ftruncate(fd, 2 * SIZE), 0);
		assert_int_equal(pwrite(fd, &last, (size_t)torn, 2 * SIZE), torn);
		assert_string_equal(seqs(), "12");
		assert_int_equal(killlog_open(&kills, scratch), 0);
		assert_int_equal(file_size(), 2 * SIZE);
		assert_int_equal(append(), 0);
		killlog_close(&kills);
		assert_string_equal(seqs(), "123");
	}
	close(fd);
}

static void a_log_that_is_all_garbage_begins_anew(void **state)
{
	static char garbage[3 * sizeof(struct kill_record) + 77];

	(void)state;
	memset(garbage, 0xa5, sizeof(garbage));
	put_bytes(in_scratch("kills"), garbage, sizeof(garbage));
	assert_string_equal(seqs(), "");
	assert_int_equal(killlog_open(&kills, scratch), 0);
	assert_int_equal(file_size(), 0);
	assert_int_equal(append(), 0);
	killlog_close(&kills);
	assert_string_equal(seqs(), "1");
}

static void a_record_damaged_in_the_middle_is_stepped_over(void **state)
{
	int fd;

	(void)state;
	make_log(5);
	fd = open(in_scratch("kills"), O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "damage", 6, SIZE + 1000), 6);
	assert_int_equal(pwrite(fd, "damage", 6, 3 * SIZE), 6);
	close(fd);
	assert_string_equal(seqs(), "135");
	assert_int_equal(killlog_open(&kills, scratch), 0);
	assert_int_equal(file_size(), 5 * SIZE);
	assert_int_equal(append(), 0);
	killlog_close(&kills);
	assert_string_equal(seqs(), "1356");
}

/* A record of another version is not ours to read, nor to cut off when whole ones follow. */
static void a_record_of_another_version_is_stepped_over(void **state)
{
	__u16 version = RECORD_VERSION + 1;
	int fd;

	(void)state;
	make_log(2);
	fd = open(in_scratch("kills"), O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, &version, 2, offsetof(struct kill_record, version)), 2);
	close(fd);
	assert_string_equal(seqs(), "2");
}

/* record.h: strings end in NUL. A writer that was broken is no reason to read on without end. */
static void a_record_whose_strings_do_not_end_is_stepped_over(void **state)
{
	static struct kill_record r;
	static const struct {
		size_t at, size;
	} strings[] = {
#define STRING(member) { offsetof(struct kill_record, member), sizeof(r.member) }
		STRING(strategy),
		STRING(rule),
		STRING(comm),
		STRING(name),
		STRING(cgroup),
		STRING(candidate[7].name),
		STRING(candidate[0].rule),
	};

	(void)state;
	assert_int_equal(killlog_open(&kills, scratch), 0);
	for (size_t i = 0; i < countof(strings); i++) {
		memset(&r, 0, sizeof(r));
		memset((char *)&r + strings[i].at, 'x', strings[i].size);
		assert_int_equal(killlog_append(&kills, &r), 0); /* with a good checksum */
	}
	assert_int_equal(append(), 0);
	killlog_close(&kills);
	assert_string_equal(seqs(), "8");
}

/* Runs in a child: records, then a part of one, then the end that cannot be caught. */
static void write_and_die(size_t part)
{
	struct kill_record r = { .kind = RECORD_KILL };

	if (killlog_open(&kills, scratch) || append() || append())
		_exit(1);
	if (write(kills.fd, &r, part) != (ssize_t)part)
		_exit(1);
	kill(getpid(), SIGKILL);
}

static void an_agent_killed_while_it_writes_loses_only_that_record(void **state)
{
	static const size_t parts[] = { 0, 1, 12, 512, 2047 };
	char expected[16] = "";
	int status;
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < countof(parts); i++) {
		pid = fork();
		if (!pid) {
			crash_for_real();
			write_and_die(parts[i]);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		snprintf(expected + 2 * i, 3, "%zu%zu", (2 * i + 1) % 10, (2 * i + 2) % 10);
		assert_string_equal(seqs(), expected);
	}
}

/* RLIMIT_FSIZE lets a part of the write through and refuses the rest, as a full disk does. */
static int append_limited(rlim_t bytes)
{
	struct rlimit old, limit;
	int err;

	getrlimit(RLIMIT_FSIZE, &old);
	limit = (struct rlimit){ .rlim_cur = bytes, .rlim_max = old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	err = append();
	setrlimit(RLIMIT_FSIZE, &old);
	return err;
}

static void a_write_cut_short_does_not_shift_those_that_follow(void **state)
{
	(void)state;
	make_log(2);
	assert_int_equal(killlog_open(&kills, scratch), 0);
	for (rlim_t room = 0; room < 2048; room += 89) {
		assert_int_equal(append_limited(2 * SIZE + room), -EFBIG);
		assert_int_equal(file_size(), 2 * SIZE);
	}
	assert_string_equal(seqs(), "12");
	assert_int_equal(append(), 0);
	assert_int_equal(strlen(seqs()), 3);
	assert_int_equal(reopen(), 0);
	assert_int_equal(kills.records, 3);
	killlog_close(&kills);
}

/* In a mount namespace of its own. The code tells which step failed; 77: not possible here. */
static int on_a_full_disk(void)
{
	int err = 0, fd, n = 0;

	if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
	    mount("reapd-unit", scratch, "tmpfs", 0, "size=64k"))
		return 77;
	fd = open(in_scratch("filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (killlog_open(&kills, scratch))
		return 1;
	/* Until the file fills its pages: what comes next needs one more. */
	do {
		if (append())
			return 1;
		n++;
	} while (file_size() % getpagesize());
	while (!err)
		err = write(fd, scratch, sizeof(scratch)) < 0 ? -errno : 0;
	if (err != -ENOSPC || append() != -ENOSPC)
		return 2;
	if (file_size() != n * SIZE || ftruncate(fd, 0))
		return 3;
	if (append() || reopen() || kills.records != (__u32)n + 1)
		return 4;
	return strlen(seqs()) == (size_t)n + 1 ? 0 : 5;
}

static void a_full_disk_loses_only_what_came_while_it_was_full(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		crash_for_real();
		_exit(on_a_full_disk());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_torn_tail_of_any_length_is_cut_off),
		SCRATCH_TEST(a_log_that_is_all_garbage_begins_anew),
		SCRATCH_TEST(a_record_damaged_in_the_middle_is_stepped_over),
		SCRATCH_TEST(a_record_of_another_version_is_stepped_over),
		SCRATCH_TEST(a_record_whose_strings_do_not_end_is_stepped_over),
		SCRATCH_TEST(an_agent_killed_while_it_writes_loses_only_that_record),
		SCRATCH_TEST(a_write_cut_short_does_not_shift_those_that_follow),
		SCRATCH_TEST(a_full_disk_loses_only_what_came_while_it_was_full),
	};

	return RUN("base/killlog: crashes", tests);
}
