// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_lmkd_listen.c - serve/lmkd: whose socket it is, and what it counts.
 */
#include "test.h"

#include "../../agent/serve/lmkd_queue.h"
#include "lmkd.h"

static void kills_are_counted_by_their_priority(void **state)
{
	static struct lmkd_counts c;

	(void)state;
	lmkd_counts_add(&c, 900);
	lmkd_counts_add(&c, 900);
	lmkd_counts_add(&c, -1000);
	lmkd_counts_add(&c, 1000);
	assert_int_equal(lmkd_counts_sum(&c, 900, 900), 2);
	assert_int_equal(lmkd_counts_sum(&c, -1000, 1000), 4);
	assert_int_equal(lmkd_counts_sum(&c, 901, 1000), 1);
	assert_int_equal(lmkd_counts_sum(&c, 1001, 1001), 4);
	assert_int_equal(lmkd_counts_sum(&c, 5, 4), 0);
	assert_int_equal(lmkd_counts_sum(&c, 2000, 1001), 0);
	assert_int_equal(lmkd_counts_sum(&c, INT32_MIN, INT32_MAX), 4);
	assert_int_equal(lmkd_counts_sum(&c, INT32_MIN, -1001), 0);
	assert_int_equal(lmkd_counts_sum(&c, INT32_MIN, -1000), 1);
	assert_int_equal(lmkd_counts_sum(&c, INT32_MAX, INT32_MAX), 4);
}

static void a_queue_keeps_order_and_refuses_what_it_has_no_room_for(void **state)
{
	static struct lmkd_queue q;
	struct lmkd_kill kill = {};

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_false(lmkd_queue_take(&q, &kill));
		for (__u32 i = 0; i < LMKD_QUEUE_MAX; i++) {
			kill.pid = i;
			assert_true(lmkd_queue_put(&q, &kill));
		}
		assert_false(lmkd_queue_put(&q, &kill));
		for (__u32 i = 0; i < LMKD_QUEUE_MAX; i++) {
			assert_true(lmkd_queue_take(&q, &kill));
			assert_int_equal(kill.pid, i);
		}
	}
}

static void a_socket_is_not_taken_from_who_serves_it_and_a_stale_one_is(void **state)
{
	struct lmkd *second = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(stat(path(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(lmkd_start(&second, path(), &handlers), -EADDRINUSE);
	server = lmkd_stop(server);
	assert_int_not_equal(stat(path(), &st), 0);
	close(lmkd_listen_at(path())); /* nobody unlinks it */
	assert_int_equal(stat(path(), &st), 0);
	assert_int_equal(lmkd_start(&server, path(), &handlers), 0);
	assert_int_equal(lmkd_listen_at(put_file("file", "x")), -EADDRINUSE);
	assert_int_equal(stat(in_scratch("file"), &st), 0);
}

static void the_socket_that_init_left_is_served(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0), stream = socket(AF_UNIX, SOCK_STREAM, 0);
	char number[16];

	(void)state;
	server = lmkd_stop(server);
	strcpy(addr.sun_path, path());
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	snprintf(number, sizeof(number), "%d", stream);
	setenv("ANDROID_SOCKET_lmkd", number, 1);
	assert_int_equal(lmkd_start(&server, "", &handlers), -EPROTOTYPE);
	setenv("ANDROID_SOCKET_lmkd", "none", 1);
	assert_int_equal(lmkd_start(&server, "", &handlers), -EINVAL);
	snprintf(number, sizeof(number), "%d", fd);
	setenv("ANDROID_SOCKET_lmkd", number, 1);
	assert_int_equal(lmkd_start(&server, "", &handlers), 0);
	unsetenv("ANDROID_SOCKET_lmkd");
	close(stream);
	fd = client();
	ask(fd, 1, LMKD_PROCPURGE, 0, 0, 0);
	check_said("purge 1 0\n");
	close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(kills_are_counted_by_their_priority),
		TEST(a_queue_keeps_order_and_refuses_what_it_has_no_room_for),
		TEST(a_socket_is_not_taken_from_who_serves_it_and_a_stale_one_is),
		TEST(the_socket_that_init_left_is_served),
	};

	return RUN("serve/lmkd_listen", tests);
}
