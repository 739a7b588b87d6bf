// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_outbox.c - serve/outbox: events reach whoever subscribed, in order; who does not read is shut
 * out and holds up nobody; of metrics the last are what the file says.
 */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../agent/base/file.h"
#include "../../agent/serve/control.h"
#include "../../agent/serve/outbox.h"

#define WAIT_MS 20000

static struct outbox *outbox;
static int fds_before;

static int begin(void **state)
{
	fds_before = open_fds();
	return scratch_make(state) || outbox_start(&outbox, "");
}

static int end(void **state)
{
	outbox = outbox_stop(outbox);
	return scratch_remove(state) || open_fds() != fds_before;
}

/* The outbox as it would be with a metrics file. */
static void with_file(const char *path)
{
	outbox = outbox_stop(outbox);
	assert_int_equal(outbox_start(&outbox, path), 0);
}

/* What the agent has of a client, and what the client has. */
struct pair {
	int agent, client;
};

static struct pair subscribe(int level)
{
	struct pair p;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	p = (struct pair){ .agent = fds[0], .client = fds[1] };
	assert_int_equal(outbox_subscribe(outbox, p.agent, level), 0);
	return p;
}

static void unsubscribe(struct pair p)
{
	close(p.client);
	close(p.agent);
}

/* The next frame, waited for; its arg. */
static int expect(struct pair p, __u16 type, void *payload, size_t size)
{
	char frame[CONTROL_FRAME_MAX];
	struct pollfd poll_fd = { .fd = p.client, .events = POLLIN };
	struct control c;

	assert_int_equal(poll(&poll_fd, 1, WAIT_MS), 1);
	assert_int_equal(recv(p.client, frame, sizeof(frame), 0), sizeof(c) + size);
	memcpy(&c, frame, sizeof(c));
	assert_int_equal(c.magic, CONTROL_MAGIC);
	assert_int_equal(c.version, CONTROL_VERSION);
	assert_int_equal(c.type, type);
	assert_int_equal(c.size, size);
	if (size)
		memcpy(payload, frame + sizeof(c), size);
	return c.arg;
}

static void a_subscriber_is_told_the_level_and_then_what_comes(void **state)
{
	struct kill_record sent = { .kill_id = 7, .name = "hog" }, got;
	struct pair p = subscribe(LEVEL_LOW);

	(void)state;
	assert_int_equal(expect(p, CONTROL_LEVEL, NULL, 0), LEVEL_LOW);
	outbox_event(outbox, CONTROL_LEVEL, LEVEL_CRITICAL, NULL, 0);
	outbox_event(outbox, CONTROL_KILL, 0, &sent, sizeof(sent));
	outbox_event(outbox, CONTROL_LEVEL, LEVEL_CALM, NULL, 0);
	assert_int_equal(expect(p, CONTROL_LEVEL, NULL, 0), LEVEL_CRITICAL);
	expect(p, CONTROL_KILL, &got, sizeof(got));
	assert_memory_equal(&sent, &got, sizeof(got));
	assert_int_equal(expect(p, CONTROL_LEVEL, NULL, 0), LEVEL_CALM);
	unsubscribe(p);
}

static void what_was_before_a_subscription_is_not_told(void **state)
{
	struct pair one = subscribe(1), two;

	(void)state;
	expect(one, CONTROL_LEVEL, NULL, 0);
	outbox_event(outbox, CONTROL_LEVEL, 2, NULL, 0);
	two = subscribe(2);
	outbox_event(outbox, CONTROL_LEVEL, 3, NULL, 0);
	assert_int_equal(expect(one, CONTROL_LEVEL, NULL, 0), 2);
	assert_int_equal(expect(one, CONTROL_LEVEL, NULL, 0), 3);
	assert_int_equal(expect(two, CONTROL_LEVEL, NULL, 0), 2);
	assert_int_equal(expect(two, CONTROL_LEVEL, NULL, 0), 3);
	unsubscribe(one);
	unsubscribe(two);
}

/* The agent's copy must see the end, or its place would never be free. */
static void who_does_not_read_is_shut_out_and_the_others_are_told(void **state)
{
	struct kill_record r = {};
	struct pair deaf = subscribe(0), other = subscribe(0);
	struct pollfd gone = { .fd = deaf.agent };

	(void)state;
	expect(other, CONTROL_LEVEL, NULL, 0);
	for (r.kill_id = 1; !poll(&gone, 1, 0); r.kill_id++) {
		struct kill_record got;

		assert_true(r.kill_id < 100000);
		outbox_event(outbox, CONTROL_KILL, 0, &r, sizeof(r));
		expect(other, CONTROL_KILL, &got, sizeof(got));
		assert_int_equal(got.kill_id, r.kill_id);
	}
	assert_true(gone.revents & POLLHUP);
	outbox_event(outbox, CONTROL_LEVEL, 1, NULL, 0);
	assert_int_equal(expect(other, CONTROL_LEVEL, NULL, 0), 1);
	unsubscribe(deaf);
	unsubscribe(other);
}

static void who_went_makes_room_and_one_too_many_is_turned_away(void **state)
{
	struct pair p[CONTROL_CLIENTS_MAX], ninth;

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
			p[i] = subscribe(i);
			assert_int_equal(expect(p[i], CONTROL_LEVEL, NULL, 0), i);
		}
		ninth = subscribe(0);
		assert_int_equal(expect(ninth, CONTROL_END, NULL, 0), -EBUSY);
		unsubscribe(ninth);
		for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
			unsubscribe(p[i]);
	}
}

static void what_is_no_socket_or_too_large_harms_nobody(void **state)
{
	static const char big[sizeof(struct kill_record) + 1];
	struct pair p = subscribe(0);

	(void)state;
	expect(p, CONTROL_LEVEL, NULL, 0);
	assert_int_equal(outbox_subscribe(outbox, -1, 0), -EBADF);
	outbox_event(outbox, CONTROL_KILL, 0, big, sizeof(big));
	outbox_event(outbox, CONTROL_LEVEL, 2, NULL, 0);
	assert_int_equal(expect(p, CONTROL_LEVEL, NULL, 0), 2);
	unsubscribe(p);
}

static void without_a_file_there_are_no_metrics(void **state)
{
	(void)state;
	assert_null(outbox_metrics(outbox));
}

static void write_kills(__u64 kernel_ooms)
{
	struct metrics *m = outbox_metrics(outbox);

	assert_non_null(m);
	memset(m, 0, sizeof(*m));
	m->status.kernel_ooms = kernel_ooms;
	outbox_write(outbox);
}

/* All that was given before a subscriber's answer has been written. */
static void settle(void)
{
	struct pair p = subscribe(0);

	expect(p, CONTROL_LEVEL, NULL, 0);
	outbox_event(outbox, CONTROL_LEVEL, 1, NULL, 0);
	expect(p, CONTROL_LEVEL, NULL, 0);
	unsubscribe(p);
}

static bool file_says(const char *path, const char *line)
{
	static char text[METRICS_TEXT_MAX];

	return file_read_at(AT_FDCWD, path, text, sizeof(text)) > 0 && strstr(text, line) &&
	       strstr(text, "\n# EOF\n");
}

static void the_file_has_the_last_of_what_was_given(void **state)
{
	char path[128], line[64];

	(void)state;
	strcpy(path, in_scratch("reapd.prom"));
	with_file(path);
	for (__u64 i = 1; i <= 1000; i++)
		write_kills(i);
	snprintf(line, sizeof(line), "\nreapd_kernel_oom_kills_total 1000\n");
	while (!file_says(path, line))
		settle();
	write_kills(5);
	while (!file_says(path, "\nreapd_kernel_oom_kills_total 5\n"))
		settle();
	assert_int_equal(access(in_scratch("reapd.prom.tmp"), F_OK), -1);
	outbox = outbox_stop(outbox);
	assert_int_equal(access(path, F_OK), -1);
}

static void a_file_that_cannot_be_written_is_said_once(void **state)
{
	const char *said;
	char path[128];

	(void)state;
	strcpy(path, in_scratch("none/reapd.prom"));
	catch_begin(STDERR_FILENO);
	with_file(path);
	for (int i = 0; i < 20; i++) {
		write_kills(1);
		settle();
	}
	outbox = outbox_stop(outbox);
	said = catch_end();
	said = strstr(said, "metrics_file ");
	assert_non_null(said);
	assert_non_null(strstr(said, "/none/reapd.prom: No such file or directory\n"));
	assert_null(strstr(said + 1, "metrics_file "));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_subscriber_is_told_the_level_and_then_what_comes),
		TEST(what_was_before_a_subscription_is_not_told),
		TEST(who_does_not_read_is_shut_out_and_the_others_are_told),
		TEST(who_went_makes_room_and_one_too_many_is_turned_away),
		TEST(what_is_no_socket_or_too_large_harms_nobody),
		TEST(without_a_file_there_are_no_metrics),
		TEST(the_file_has_the_last_of_what_was_given),
		TEST(a_file_that_cannot_be_written_is_said_once),
	};

	return RUN("serve/outbox", tests);
}
