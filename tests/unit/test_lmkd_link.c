// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_lmkd_link.c - delay_monitors_until_boot: with it nothing is decided until a client says that it may
 * be, that Android has booted, or until no boot takes so long.
 */
#include "test.h"

#include <sys/syscall.h>

#include "../../agent/lmkd_link.h"
#include "lmkd.h"

static __u64 boottime_s = 5;
static struct agent agent;

/* In place of libc's, also for the agent: this machine may have booted long ago. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	if (id != CLOCK_BOOTTIME)
		return (int)syscall(SYS_clock_gettime, id, ts);
	*ts = (struct timespec){ .tv_sec = (time_t)boottime_s };
	return 0;
}

static int begin_late(void **state)
{
	int err = begin(state);

	memset(&agent, 0, sizeof(agent));
	agent.lmkd = server;
	agent.strategy = &strategy_android;
	agent.config.policy.android.flags = ANDROID_LATE;
	boottime_s = 5;
	return err;
}

static void waits_until(__u32 command)
{
	int fd = client();

	barrier(fd);
	assert_true(lmkd_link_waits(&agent));
	ask(fd, 1, command, 0, 0, 0);
	if (command == LMKD_BOOT_COMPLETED)
		assert_int_equal(answer(fd, command), 0);
	barrier(fd);
	assert_false(lmkd_link_waits(&agent));
	close(fd);
	check_said("gone 1 0\n");
	assert_false(lmkd_link_waits(&agent));
}

static void it_waits_until_a_client_says_start(void **state)
{
	(void)state;
	waits_until(LMKD_START_MONITORING);
}

static void it_waits_until_android_has_booted(void **state)
{
	(void)state;
	waits_until(LMKD_BOOT_COMPLETED);
}

static void it_does_not_wait_later_than_any_boot_takes(void **state)
{
	(void)state;
	boottime_s = 599;
	assert_true(lmkd_link_waits(&agent));
	boottime_s = 600;
	assert_false(lmkd_link_waits(&agent));
}

static void it_waits_for_nobody_without_the_key_a_socket_or_the_strategy(void **state)
{
	(void)state;
	agent.lmkd = NULL;
	assert_false(lmkd_link_waits(&agent));
	agent.lmkd = server;
	agent.strategy = &strategy_host;
	assert_false(lmkd_link_waits(&agent));
	agent.strategy = &strategy_android;
	agent.config.policy.android.flags = (__u32)~ANDROID_LATE;
	assert_false(lmkd_link_waits(&agent));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_late, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_waits_until_a_client_says_start),
		TEST(it_waits_until_android_has_booted),
		TEST(it_does_not_wait_later_than_any_boot_takes),
		TEST(it_waits_for_nobody_without_the_key_a_socket_or_the_strategy),
	};

	return RUN("lmkd_link", tests);
}
