// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_control.c - serve/control: requests in, frames out, over a real socket in a scratch run_dir.
 * Whatever a client does, it cannot keep the others from being served.
 */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "../../agent/serve/control.h"

static struct control_server *server;
static struct control last; /* the request that was handed to us */
static int requests;

/* STATUS: one frame and the end. TOP: until the client is full. RECORD: subscribe. */
static void on_request(void *ctx, struct control_client *client, const struct control *request)
{
	static const char big[16384];

	assert_ptr_equal(ctx, &requests);
	last = *request;
	requests++;
	if (request->type == CONTROL_RECORD) {
		control_subscribe(client);
		return;
	}
	for (int i = 0; request->type == CONTROL_TOP && i < 10000; i++)
		control_send(client, CONTROL_PROC, i, big, sizeof(big));
	control_send(client, CONTROL_STATUS_IS, 5, "status", 6);
	control_send(client, CONTROL_END, 0, NULL, 0);
}

static int fds_before;

static int begin(void **state)
{
	requests = 0;
	fds_before = open_fds();
	return scratch_make(state) || control_open(&server, scratch, on_request, &requests);
}

static int end(void **state)
{
	server = control_close(server);
	return scratch_remove(state) || open_fds() != fds_before;
}

/* Let the server do all that it has to do. */
static void serve(void)
{
	struct pollfd p = { .fd = control_fd(server), .events = POLLIN };

	while (poll(&p, 1, 0) > 0)
		control_dispatch(server);
}

static int client(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/control", scratch);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	serve();
	return fd;
}

static struct control good(__u16 type)
{
	return (struct control){
		.magic = CONTROL_MAGIC, .version = CONTROL_VERSION, .type = type, .arg = 77
	};
}

static void ask(int fd, __u16 type)
{
	struct control c = good(type);

	assert_int_equal(send(fd, &c, sizeof(c), MSG_NOSIGNAL), sizeof(c));
	serve();
}

/* The next frame must be of this type; its arg. */
static int expect(int fd, __u16 type, __u32 size)
{
	char frame[CONTROL_FRAME_MAX];
	struct control c;
	ssize_t len = recv(fd, frame, sizeof(frame), 0);

	assert_int_equal(len, sizeof(c) + size);
	memcpy(&c, frame, sizeof(c));
	assert_int_equal(c.magic, CONTROL_MAGIC);
	assert_int_equal(c.version, CONTROL_VERSION);
	assert_int_equal(c.type, type);
	assert_int_equal(c.size, size);
	return c.arg;
}

static void expect_hung_up(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

static void expect_status(int fd)
{
	ask(fd, CONTROL_STATUS);
	assert_int_equal(expect(fd, CONTROL_STATUS_IS, 6), 5);
	assert_int_equal(expect(fd, CONTROL_END, 0), 0);
}

static void the_socket_is_for_its_owner_alone(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(in_scratch("control"), &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void the_socket_is_gone_when_it_is_closed(void **state)
{
	(void)state;
	server = control_close(server);
	assert_int_equal(access(in_scratch("control"), F_OK), -1);
	assert_null(control_close(NULL));
}

static void a_socket_left_behind_is_replaced(void **state)
{
	int fd;

	(void)state;
	server = control_close(server);
	put_file("control", "left");
	assert_int_equal(control_open(&server, scratch, on_request, &requests), 0);
	fd = client();
	expect_status(fd);
	close(fd);
}

static void a_run_dir_that_cannot_hold_it_is_an_error(void **state)
{
	struct control_server *none = NULL;
	char longest[128];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[100] = 0;
	assert_int_equal(control_open(&none, longest, on_request, NULL), -ENAMETOOLONG);
	assert_int_equal(control_open(&none, in_scratch("none"), on_request, NULL), -ENOENT);
	assert_null(none);
}

static void a_request_is_answered_as_often_as_it_comes(void **state)
{
	int fd = client();

	(void)state;
	for (int i = 1; i <= 20; i++) {
		expect_status(fd);
		assert_int_equal(requests, i);
	}
	assert_int_equal(last.type, CONTROL_STATUS);
	assert_int_equal(last.arg, 77);
	close(fd);
}

/* Each with one thing wrong; the answer is EPROTO and the end of the connection. */
static void what_is_not_a_request_ends_its_connection_and_no_other(void **state)
{
	struct control wrong[8];
	int bystander = client();

	(void)state;
	for (size_t i = 0; i < countof(wrong); i++)
		wrong[i] = good(CONTROL_STATUS);
	wrong[0].magic++;
	wrong[1].version++;
	wrong[2].type = 0;
	wrong[3].type = CONTROL_REQUESTS;
	wrong[4].type = CONTROL_END;
	wrong[5].type = 0xffff;
	wrong[6].size = 1;
	memset(&wrong[7], 0, sizeof(wrong[7]));
	for (size_t i = 0; i < countof(wrong); i++) {
		int fd = client();

		assert_int_equal(send(fd, &wrong[i], sizeof(wrong[i]), 0), sizeof(wrong[i]));
		serve();
		assert_int_equal(expect(fd, CONTROL_END, 0), -EPROTO);
		expect_hung_up(fd);
		expect_status(bystander);
	}
	assert_int_equal(requests, countof(wrong));
	close(bystander);
}

static void a_packet_of_another_size_is_not_a_request(void **state)
{
	static const size_t sizes[] = { 1, 15, 17, 32, 4096, 60000 };
	static char packet[60000];
	struct control c = good(CONTROL_STATUS);

	(void)state;
	memcpy(packet, &c, sizeof(c));
	for (size_t i = 0; i < countof(sizes); i++) {
		int fd = client();

		assert_int_equal(send(fd, packet, sizes[i], 0), sizes[i]);
		serve();
		assert_int_equal(expect(fd, CONTROL_END, 0), -EPROTO);
		expect_hung_up(fd);
	}
	assert_int_equal(requests, 0);
}

static void a_client_that_goes_makes_room(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * CONTROL_CLIENTS_MAX; i++) {
		int fd = client();

		expect_status(fd);
		close(fd);
		serve();
	}
}

static void one_client_too_many_is_turned_away(void **state)
{
	int fd[CONTROL_CLIENTS_MAX], ninth;

	(void)state;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fd[i] = client();
	ninth = client();
	assert_int_equal(expect(ninth, CONTROL_END, 0), -EBUSY);
	expect_hung_up(ninth);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		expect_status(fd[i]);
	close(fd[3]);
	serve();
	fd[3] = client();
	expect_status(fd[3]);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		close(fd[i]);
}

/* Both in its answer and in what is published. */
static void a_client_that_does_not_read_is_dropped_and_the_others_are_served(void **state)
{
	static const char big[16384];
	int deaf = client(), deaf_too = client(), other = client();

	(void)state;
	ask(other, CONTROL_RECORD);
	ask(deaf, CONTROL_TOP);
	ask(deaf_too, CONTROL_RECORD);
	assert_int_equal(requests, 3);
	for (int i = 0; i < 1000; i++) {
		control_publish(server, CONTROL_FACTS, i, big, sizeof(big));
		assert_int_equal(expect(other, CONTROL_FACTS, sizeof(big)), i);
	}
	/* Only what fitted is there, then the end. */
	for (int i = 0; i < 2; i++) {
		int fd = i ? deaf : deaf_too, frames = 0;
		char frame[CONTROL_FRAME_MAX];

		while (recv(fd, frame, sizeof(frame), 0) > 0)
			frames++;
		assert_in_range(frames, 1, 999);
		expect_hung_up(fd);
	}
	assert_true(control_subscribed(server));
	close(other);
	serve();
	assert_false(control_subscribed(server));
}

static void what_is_published_reaches_subscribers_and_nobody_else(void **state)
{
	int one = client(), two = client(), other = client();

	(void)state;
	assert_false(control_subscribed(server));
	control_publish(server, CONTROL_FACTS, 0, "x", 1);
	ask(one, CONTROL_RECORD);
	ask(two, CONTROL_RECORD);
	assert_true(control_subscribed(server));
	control_publish(server, CONTROL_FACTS, 1, "facts", 5);
	control_publish(server, CONTROL_PLACE, 2, NULL, 0);
	assert_int_equal(expect(one, CONTROL_FACTS, 5), 1);
	assert_int_equal(expect(one, CONTROL_PLACE, 0), 2);
	assert_int_equal(expect(two, CONTROL_FACTS, 5), 1);
	assert_int_equal(expect(two, CONTROL_PLACE, 0), 2);
	expect_status(other); /* the first thing that it gets */
	close(one);
	close(two);
	close(other);
}

/* A flood of requests is taken in turns; dispatch returns each time. */
static void a_client_that_never_stops_asking_does_not_hold_the_others(void **state)
{
	int greedy = client(), other = client();
	struct control c = good(CONTROL_STATUS);

	(void)state;
	for (int i = 0; i < 100; i++) {
		if (send(greedy, &c, sizeof(c), MSG_NOSIGNAL) < 0)
			break;
	}
	assert_int_equal(send(other, &c, sizeof(c), MSG_NOSIGNAL), sizeof(c));
	control_dispatch(server);
	assert_in_range(requests, 1, CONTROL_CLIENTS_MAX);
	control_dispatch(server);
	assert_int_equal(expect(other, CONTROL_STATUS_IS, 6), 5);
	close(greedy);
	close(other);
}

static void an_adopted_socket_is_a_client_too(void **state)
{
	struct control_client *adopted;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	adopted = control_adopt(fds[0]);
	assert_non_null(adopted);
	control_send(adopted, CONTROL_STATUS_IS, 3, "abc", 3);
	assert_int_equal(expect(fds[1], CONTROL_STATUS_IS, 3), 3);
	close(fds[1]);
	control_send(adopted, CONTROL_END, 0, NULL, 0); /* nobody there: no signal, no harm */
	free(adopted);
	close(fds[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(the_socket_is_for_its_owner_alone),
		TEST(the_socket_is_gone_when_it_is_closed),
		TEST(a_socket_left_behind_is_replaced),
		TEST(a_run_dir_that_cannot_hold_it_is_an_error),
		TEST(a_request_is_answered_as_often_as_it_comes),
		TEST(what_is_not_a_request_ends_its_connection_and_no_other),
		TEST(a_packet_of_another_size_is_not_a_request),
		TEST(a_client_that_goes_makes_room),
		TEST(one_client_too_many_is_turned_away),
		TEST(a_client_that_does_not_read_is_dropped_and_the_others_are_served),
		TEST(what_is_published_reaches_subscribers_and_nobody_else),
		TEST(a_client_that_never_stops_asking_does_not_hold_the_others),
		TEST(an_adopted_socket_is_a_client_too),
	};

	return RUN("serve/control", tests);
}
