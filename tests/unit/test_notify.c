// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_notify.c - act/notify: readiness as systemd has it, and nothing where nobody asked.
 */
#include "test.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../agent/act/notify.h"
#include "../../agent/base/clock.h"

static int begin(void **state)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return scratch_make(state);
}

/* A datagram socket under this name; '@' is abstract. */
static int listen_on(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	strcpy(addr.sun_path, name);
	if (name[0] == '@')
		addr.sun_path[0] = 0;
	assert_int_equal(bind(fd, (struct sockaddr *)&addr,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
			 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void check_sent(const char *name)
{
	int fd = listen_on(name);
	char got[64] = "";

	assert_int_equal(notify_send("READY=1"), 0);
	assert_int_equal(recv(fd, got, sizeof(got) - 1, 0), 7);
	assert_string_equal(got, "READY=1");
	assert_int_equal(recv(fd, got, sizeof(got) - 1, 0), -1);
	close(fd);
}

/* systemd takes a reload that began before it asked for one for an older one. */
static void a_reload_says_when_it_began(void **state)
{
	int fd = listen_on(in_scratch("notify"));
	unsigned long long before = clock_now_ns() / 1000, said = 0;
	char got[128] = "";

	(void)state;
	assert_int_equal(notify_reloading(), 0);
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_int_equal(sscanf(got, "RELOADING=1\nMONOTONIC_USEC=%llu", &said), 1);
	assert_true(said >= before && said <= clock_now_ns() / 1000);
	close(fd);
}

static void without_a_socket_nothing_is_done(void **state)
{
	(void)state;
	assert_int_equal(notify_send("READY=1"), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	assert_int_equal(notify_send("READY=1"), 0);
}

static void one_datagram_reaches_a_socket_with_a_path(void **state)
{
	(void)state;
	check_sent(in_scratch("notify"));
}

static void one_datagram_reaches_an_abstract_socket(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@reapd-unit-%d", getpid());
	check_sent(name);
}

static void who_listens_no_more_is_an_error_and_no_wait(void **state)
{
	int fd = listen_on(in_scratch("notify"));
	int err = 0;

	(void)state;
	for (int i = 0; !err && i < 100000; i++)
		err = notify_send("WATCHDOG=1"); /* nobody reads */
	assert_int_equal(err, -EAGAIN);
	close(fd);
	assert_int_equal(notify_send("READY=1"), -ECONNREFUSED);
	unlink(in_scratch("notify"));
	assert_int_equal(notify_send("READY=1"), -ENOENT);
}

static void a_path_longer_than_a_socket_can_have_is_an_error(void **state)
{
	char name[109];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = 0;
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(notify_send("READY=1"), -ENAMETOOLONG);
	name[107] = 0;
	setenv("NOTIFY_SOCKET", name, 1);
	assert_int_equal(notify_send("READY=1"), -ENOENT);
}

static void the_watchdog_is_fed_twice_in_its_time(void **state)
{
	(void)state;
	assert_int_equal(notify_watchdog_ns(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	assert_int_equal(notify_watchdog_ns(), 15000000000);
}

static void a_watchdog_of_another_process_is_not_ours(void **state)
{
	char pid[16];

	(void)state;
	setenv("WATCHDOG_USEC", "2", 1);
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_watchdog_ns(), 1000);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(notify_watchdog_ns(), 0);
	setenv("WATCHDOG_PID", "", 1);
	assert_int_equal(notify_watchdog_ns(), 0);
}

static void a_watchdog_time_that_is_none_is_no_watchdog(void **state)
{
	static const char *const bad[] = {
		"", "0", "-1", "1s", " 1", "18446744073709551616", "18446744073709552"
	};

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		setenv("WATCHDOG_USEC", bad[i], 1);
		assert_int_equal(notify_watchdog_ns(), 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, scratch_remove)
	static const struct CMUnitTest tests[] = {
		TEST(a_reload_says_when_it_began),
		TEST(without_a_socket_nothing_is_done),
		TEST(one_datagram_reaches_a_socket_with_a_path),
		TEST(one_datagram_reaches_an_abstract_socket),
		TEST(who_listens_no_more_is_an_error_and_no_wait),
		TEST(a_path_longer_than_a_socket_can_have_is_an_error),
		TEST(the_watchdog_is_fed_twice_in_its_time),
		TEST(a_watchdog_of_another_process_is_not_ours),
		TEST(a_watchdog_time_that_is_none_is_no_watchdog),
	};

	return RUN("act/notify", tests);
}
