// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_report.c - agent/report: levels rise at once, fall late and do not flutter; a kill is told.
 */
#include "test.h"

#include <poll.h>
#include <sys/socket.h>

#include "../../agent/report.h"

static struct agent agent;
static struct control_client *client;
static int told; /* the client's end */

static int begin(void **state)
{
	int fds[2];

	(void)state;
	memset(&agent, 0, sizeof(agent));
	agent.facts.time_ns = 1000 * NS_PER_S;
	if (report_start(&agent) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -1;
	client = control_adopt(fds[0]);
	told = fds[1];
	return report_subscribe(&agent, client);
}

static int end(void **state)
{
	(void)state;
	report_stop(&agent);
	close(control_client_fd(client));
	free(client);
	close(told);
	return 0;
}

static struct {
	struct control hdr;
	struct kill_record record;
} frame;

static void expect(enum control_type type, int arg)
{
	struct pollfd p = { .fd = told, .events = POLLIN };

	assert_int_equal(poll(&p, 1, 20000), 1);
	assert_true(recv(told, &frame, sizeof(frame), 0) >= (ssize_t)sizeof(frame.hdr));
	assert_int_equal(frame.hdr.type, type);
	assert_int_equal(frame.hdr.arg, arg);
}

/* A look so many ms after the last one. */
static void look(__u64 ms, __u32 nearness)
{
	agent.facts.time_ns += ms * NS_PER_MS;
	report_look(&agent, nearness);
}

static void a_level_rises_at_once(void **state)
{
	(void)state;
	expect(CONTROL_LEVEL, LEVEL_CALM);
	look(3, 499);
	look(3, 500);
	expect(CONTROL_LEVEL, LEVEL_LOW);
	look(3, 799);
	look(3, 800);
	expect(CONTROL_LEVEL, LEVEL_MEDIUM);
	look(3, 999);
	look(3, 1000);
	expect(CONTROL_LEVEL, LEVEL_CRITICAL);
	report_calm(&agent);
	expect(CONTROL_LEVEL, LEVEL_CALM);
	look(3, 5000);
	expect(CONTROL_LEVEL, LEVEL_CRITICAL);
}

/* Around a limit, at each tick on the other side of it: one warning, not hundreds. */
static void a_level_that_is_met_again_and_again_is_told_once(void **state)
{
	(void)state;
	expect(CONTROL_LEVEL, LEVEL_CALM);
	for (int i = 0; i < 20000; i++)
		look(3, i % 2 ? 790 : 810);
	expect(CONTROL_LEVEL, LEVEL_MEDIUM);
	look(9999, 0);
	report_calm(&agent);
	expect(CONTROL_LEVEL, LEVEL_CALM);
}

static void a_level_falls_when_it_was_not_met_for_a_while(void **state)
{
	(void)state;
	expect(CONTROL_LEVEL, LEVEL_CALM);
	look(3, 1000);
	expect(CONTROL_LEVEL, LEVEL_CRITICAL);
	look(9999, 600);
	look(1, 600);
	expect(CONTROL_LEVEL, LEVEL_LOW);
	look(9999, 0);
	look(1, 0);
	expect(CONTROL_LEVEL, LEVEL_CALM);
	look(1, 900);
	expect(CONTROL_LEVEL, LEVEL_MEDIUM);
}

static void a_kill_is_told_and_is_critical(void **state)
{
	struct kill_record r = { .kind = RECORD_KERNEL_OOM, .kill_id = 9 };

	(void)state;
	expect(CONTROL_LEVEL, LEVEL_CALM);
	report_record(&agent, &r);
	expect(CONTROL_LEVEL, LEVEL_CRITICAL);
	expect(CONTROL_KILL, 0);
	assert_int_equal(frame.hdr.size, sizeof(r));
	assert_memory_equal(&frame.record, &r, sizeof(r));
	r.kind = RECORD_KILL;
	r.outcome = OUTCOME_FREED;
	r.kill_id = 10;
	report_record(&agent, &r);
	expect(CONTROL_KILL, 0);
	assert_int_equal(frame.record.kill_id, 10);
}

static void who_subscribes_later_is_told_the_level_first(void **state)
{
	(void)state;
	expect(CONTROL_LEVEL, LEVEL_CALM);
	look(3, 900);
	expect(CONTROL_LEVEL, LEVEL_MEDIUM);
	assert_int_equal(report_subscribe(&agent, client), 0);
	expect(CONTROL_LEVEL, LEVEL_MEDIUM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_level_rises_at_once),
		TEST(a_level_that_is_met_again_and_again_is_told_once),
		TEST(a_level_falls_when_it_was_not_met_for_a_while),
		TEST(a_kill_is_told_and_is_critical),
		TEST(who_subscribes_later_is_told_the_level_first),
	};

	return RUN("agent/report", tests);
}
