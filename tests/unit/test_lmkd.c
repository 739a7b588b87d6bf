// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_lmkd.c - serve/lmkd: clients come, go and misbehave; what they ask for reaches the handlers under
 * their PID, kills reach whoever subscribed, and nobody is waited for.
 */
#include "test.h"

#include "lmkd.h"

static void what_is_asked_for_reaches_the_handlers_under_the_pid_of_its_sender(void **state)
{
	int fd = client();

	(void)state;
	ask(fd, 4, LMKD_PROCPRIO, 7, 0, 900);
	ask(fd, 2, LMKD_PROCREMOVE, 8, 0, 0);
	ask(fd, 1, LMKD_PROCPURGE, 0, 0, 0);
	check_said("prio 1 7\nremove 1 8\npurge 1 0\n");
	close(fd);
	check_said("gone 1 0\n");
}

static void a_client_is_gone_when_its_last_connection_is(void **state)
{
	int one = client(), two = client();

	(void)state;
	ask(one, 1, LMKD_PROCPURGE, 0, 0, 0);
	check_said("purge 1 0\n");
	ask(two, 1, LMKD_PROCPURGE, 0, 0, 0);
	check_said("purge 1 0\n");
	close(one);
	barrier(two);
	ask(two, 2, LMKD_PROCREMOVE, 9, 0, 0);
	check_said("remove 1 9\n");
	close(two);
	check_said("gone 1 0\n");
}

static void a_fourth_client_is_refused_and_the_three_stay(void **state)
{
	int fd[LMKD_CLIENTS_MAX], fourth;
	struct lmkd_status s;

	(void)state;
	for (size_t i = 0; i < countof(fd); i++) {
		fd[i] = client();
		barrier(fd[i]);
	}
	fourth = client();
	assert_true(closed(fourth));
	close(fourth);
	for (size_t i = 0; i < countof(fd); i++)
		barrier(fd[i]);
	lmkd_status(server, &s);
	assert_int_equal(s.clients, 3);
	close(fd[1]);
	do {
		fourth = client();
		ask(fourth, 3, LMKD_GETKILLCNT, 0, 0, 0);
	} while (closed(fourth) && !close(fourth)); /* until the place is free */
	close(fourth);
	close(fd[0]);
	close(fd[2]);
}

static void packets_that_are_none_are_counted_and_said_once(void **state)
{
	char large[1000] = {};
	struct lmkd_status s;
	const char *text;
	int fd = client();

	(void)state;
	catch_begin(STDERR_FILENO);
	send(fd, "", 0, 0); /* not the end, though it reads like it */
	send(fd, "\0\0\0", 3, 0);
	send(fd, large, sizeof(large), 0);
	for (__u32 i = 0; i < 100; i++)
		ask(fd, 1, 99, 0, 0, 0);
	ask(fd, 1, LMKD_PROCKILL, 0, 0, 0);
	ask(fd, 2, LMKD_SUBSCRIBE, 40, 0, 0);
	barrier(fd);
	text = catch_end();
	lmkd_status(server, &s);
	assert_int_equal(s.malformed, 105);
	text = strstr(text, "packet dropped");
	assert_non_null(text);
	assert_null(strstr(text + 1, "packet dropped"));
	close(fd);
}

static void a_handlers_refusal_is_said_and_no_more(void **state)
{
	int fd = client();
	const char *text;

	(void)state;
	catch_begin(STDERR_FILENO);
	ask(fd, 4, LMKD_PROCPRIO, 666, 0, 900);
	barrier(fd);
	text = catch_end();
	assert_non_null(strstr(text, "process 666 not taken: another client registered it"));
	close(fd);
}

/* Shut for writing: what was sent is read, then it is gone; no endless row of empty packets. */
static void a_client_that_only_listens_any_more_is_gone(void **state)
{
	int fd = client();
	struct lmkd_status s;

	(void)state;
	ask(fd, 1, LMKD_PROCPURGE, 0, 0, 0);
	shutdown(fd, SHUT_WR);
	check_said("purge 1 0\ngone 1 0\n");
	assert_true(closed(fd));
	lmkd_status(server, &s);
	assert_int_equal(s.malformed, 0);
	close(fd);
}

static void subscribers_are_told_statistics_and_then_the_kill(void **state)
{
	static const struct lmkd_kill kill = { .pid = 7, .uid = 8, .rss_kib = 9, .name = "a" };
	unsigned char buf[222], expected[222];
	int both = client(), one = client(), none = client();

	(void)state;
	ask(both, 2, LMKD_SUBSCRIBE, LMKD_EVENT_KILL, 0, 0);
	ask(both, 2, LMKD_SUBSCRIBE, LMKD_EVENT_STAT, 0, 0);
	ask(one, 2, LMKD_SUBSCRIBE, LMKD_EVENT_KILL, 0, 0);
	barrier(both);
	barrier(one);
	barrier(none);
	told(&kill);
	assert_int_equal(receive(both, buf), lmkd_put_stat(expected, &kill));
	assert_memory_equal(buf, expected, 88);
	assert_int_equal(receive(both, buf), lmkd_put_kill(expected, &kill));
	assert_memory_equal(buf, expected, 16);
	assert_int_equal(receive(one, buf), 16);
	assert_int_equal(count(none, 0, 0), 1);
	close(both);
	close(one);
	close(none);
}

static void without_statistics_there_are_none(void **state)
{
	static const struct lmkd_kill kill = { .pid = 7, .no_stat = true };
	unsigned char buf[222];
	int fd = client();

	(void)state;
	ask(fd, 2, LMKD_SUBSCRIBE, LMKD_EVENT_STAT, 0, 0);
	ask(fd, 2, LMKD_SUBSCRIBE, LMKD_EVENT_KILL, 0, 0);
	barrier(fd);
	told(&kill);
	assert_int_equal(receive(fd, buf), 16);
	close(fd);
}

/* It subscribes and reads nothing: what it has no room for is lost for it alone. */
static void who_does_not_read_loses_and_holds_up_nobody(void **state)
{
	static const struct lmkd_kill kill = { .pid = 7 };
	int deaf = client(), other = client();
	struct lmkd_status s = {};
	unsigned char buf[222];

	(void)state;
	ask(deaf, 2, LMKD_SUBSCRIBE, LMKD_EVENT_KILL, 0, 0);
	ask(other, 2, LMKD_SUBSCRIBE, LMKD_EVENT_KILL, 0, 0);
	barrier(deaf);
	barrier(other);
	for (int i = 0; i < 5000 && !s.lost; i++) {
		told(&kill);
		assert_int_equal(receive(other, buf), 16);
		lmkd_status(server, &s);
	}
	assert_true(s.lost > 0);
	close(deaf);
	close(other);
}

static void levels_are_taken_once_a_second(void **state)
{
	struct lmkd_level level[LMKD_TARGETS];
	struct pollfd p = { .fd = lmkd_fd(server), .events = POLLIN };
	int fd = client();

	(void)state;
	assert_int_equal(lmkd_levels(server, level), 0);
	ask(fd, 3, LMKD_TARGET, 4096, 900, 0);
	ask(fd, 3, LMKD_TARGET, 1, 1, 0);
	barrier(fd);
	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_false(lmkd_asked(server));
	assert_int_equal(lmkd_levels(server, level), 1);
	assert_int_equal(level[0].pages, 4096);
	assert_int_equal(level[0].adj, 900);
	close(fd);
}

static void who_asks_for_the_configuration_waits_and_is_answered(void **state)
{
	struct pollfd p = { .fd = lmkd_fd(server), .events = POLLIN };
	int one = client(), two = client();

	(void)state;
	for (int err = 0; err >= -1; err--) {
		ask(one, 1, LMKD_UPDATE_PROPS, 0, 0, 0);
		ask(one, 3, LMKD_GETKILLCNT, 0, 0, 0);
		barrier(two); /* another one is served meanwhile */
		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		assert_true(lmkd_asked(server));
		lmkd_reloaded(server, err ? -EINVAL : 0);
		assert_int_equal(answer(one, LMKD_UPDATE_PROPS), err);
		assert_int_equal(answer(one, LMKD_GETKILLCNT), 0);
	}
	assert_false(lmkd_asked(server));
	close(one);
	close(two);
}

static void boot_is_completed_once_and_monitoring_asked_for(void **state)
{
	int fd = client();

	(void)state;
	assert_false(lmkd_may_monitor(server));
	assert_false(lmkd_booted(server));
	ask(fd, 1, LMKD_START_MONITORING, 0, 0, 0);
	ask(fd, 1, LMKD_BOOT_COMPLETED, 0, 0, 0);
	assert_int_equal(answer(fd, LMKD_BOOT_COMPLETED), 0);
	ask(fd, 1, LMKD_BOOT_COMPLETED, 0, 0, 0);
	assert_int_equal(answer(fd, LMKD_BOOT_COMPLETED), 1);
	assert_true(lmkd_may_monitor(server));
	assert_true(lmkd_booted(server));
	close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(what_is_asked_for_reaches_the_handlers_under_the_pid_of_its_sender),
		TEST(a_client_is_gone_when_its_last_connection_is),
		TEST(a_fourth_client_is_refused_and_the_three_stay),
		TEST(packets_that_are_none_are_counted_and_said_once),
		TEST(a_handlers_refusal_is_said_and_no_more),
		TEST(a_client_that_only_listens_any_more_is_gone),
		TEST(subscribers_are_told_statistics_and_then_the_kill),
		TEST(without_statistics_there_are_none),
		TEST(who_does_not_read_loses_and_holds_up_nobody),
		TEST(levels_are_taken_once_a_second),
		TEST(who_asks_for_the_configuration_waits_and_is_answered),
		TEST(boot_is_completed_once_and_monitoring_asked_for),
	};

	return RUN("serve/lmkd", tests);
}
