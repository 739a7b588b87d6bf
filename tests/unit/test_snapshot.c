// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_snapshot.c - sense/snapshot: a pass of the iterator into the table, however its reads are
 * cut. One that is not whole must not pass for whole: the sweep would remove whom it did not name.
 */
#include "test.h"

#include <errno.h>
#include <sys/socket.h>

#include "../../agent/sense/snapshot.h"
#include "../../agent/sense/table.h"
#include "events.h"

#define MANY 700 /* times 248 bytes is more than any buffer that a reader would have */

static struct table t;
static char bytes[MANY * sizeof(struct event_task)];
static size_t len;

static int begin(void **state)
{
	(void)state;
	len = 0;
	return table_init(&t, 1024);
}

static int end(void **state)
{
	(void)state;
	table_done(&t);
	return 0;
}

static void put(const void *record, size_t size)
{
	memcpy(bytes + len, record, size);
	len += size;
}

static void put_task(__u32 tgid)
{
	struct event_task e = task_event(TASK_SNAPSHOT, tgid, 1);

	put(&e, sizeof(e));
}

static int read_file(void)
{
	int fd = memfd_create("snapshot", MFD_CLOEXEC);

	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return snapshot_read(fd, &t);
}

/* The same in reads of at most so many bytes: a packet is a read. */
static int read_packets(size_t size)
{
	size_t at, n;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	for (at = 0; at < len; at += n) {
		n = len - at < size ? len - at : size;
		assert_int_equal(send(fds[0], bytes + at, n, MSG_DONTWAIT), n);
	}
	close(fds[0]);
	return snapshot_read(fds[1], &t);
}

static void a_whole_pass_is_taken_in_and_its_fd_closed(void **state)
{
	int fd = memfd_create("snapshot", MFD_CLOEXEC);

	(void)state;
	for (__u32 tgid = 1; tgid <= MANY; tgid++)
		put_task(tgid);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(snapshot_read(fd, &t), 0);
	assert_int_equal(t.n, MANY);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void an_empty_pass_is_a_pass(void **state)
{
	(void)state;
	assert_int_equal(read_file(), 0);
	assert_int_equal(t.n, 0);
}

static void a_read_may_end_anywhere_in_a_record(void **state)
{
	struct event_rss rss = rss_event(2, 1, 2000, 77);

	/* Not less than 5: a socket holds some 200 packets. */
	for (size_t size = 5; size < 600; size += size < 20 ? 1 : 61) {
		end(state);
		begin(state);
		put_task(1);
		put_task(2);
		put(&rss, sizeof(rss));
		put_task(3);
		assert_int_equal(read_packets(size), 0);
		assert_int_equal(t.n, 3);
		assert_int_equal(t.procs[table_find(&t, 2, 1)].anon_kib, 77);
	}
}

static void an_iterator_that_did_not_open_is_the_answer(void **state)
{
	(void)state;
	assert_int_equal(snapshot_read(-EPERM, &t), -EPERM);
}

static void a_read_that_fails_is_an_error(void **state)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(snapshot_read(fd, &t), -EISDIR);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void a_pass_that_is_cut_off_is_an_error(void **state)
{
	(void)state;
	put_task(1);
	put_task(2);
	len--;
	assert_true(read_file() < 0);
}

/* A kernel side of another build: what comes behind cannot be found. */
static void a_record_that_is_not_believed_is_an_error(void **state)
{
	struct event strange = { .type = EV_TYPES, .size = 16 };
	struct event_task shorter = task_event(TASK_SNAPSHOT, 3, 1);

	put_task(1);
	put(&strange, sizeof(strange));
	put_task(2);
	assert_true(read_file() < 0);
	end(state);
	begin(state);
	put_task(1);
	shorter.hdr.size -= 8;
	put(&shorter, sizeof(shorter));
	put_task(2);
	assert_true(read_file() < 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_whole_pass_is_taken_in_and_its_fd_closed),
		TEST(an_empty_pass_is_a_pass),
		TEST(a_read_may_end_anywhere_in_a_record),
		TEST(an_iterator_that_did_not_open_is_the_answer),
		TEST(a_read_that_fails_is_an_error),
		TEST(a_pass_that_is_cut_off_is_an_error),
		TEST(a_record_that_is_not_believed_is_an_error),
	};

	return RUN("sense/snapshot", tests);
}
