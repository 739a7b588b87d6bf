// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_pulse.c - agent/pulse: when a handler of the loop is stuck, and when it only looks so.
 */
#include "test.h"

#include <sys/eventfd.h>

#include "../../agent/pulse.h"

#define STEP_NS (PULSE_STEP_MS * UINT64_C(1000000))

/* How many looks in a row at this beat it takes; 0: more than 100. */
static int looks_until_stuck(struct pulse_count *c, unsigned int beat, uint64_t step_ns)
{
	for (int i = 1; i <= 100; i++) {
		if (pulse_is_stuck(c, beat, step_ns))
			return i;
	}
	return 0;
}

static void a_handler_is_stuck_after_two_seconds_and_again_after_two_more(void **state)
{
	struct pulse_count c = { .beat = 7 };

	(void)state;
	assert_int_equal(looks_until_stuck(&c, 7, STEP_NS), 4);
	assert_int_equal(looks_until_stuck(&c, 7, STEP_NS), 4);
	assert_int_equal(PULSE_STEPS * PULSE_STEP_MS, 2000);
}

static void a_loop_that_waits_is_not_stuck(void **state)
{
	struct pulse_count c = { .beat = 8 };

	(void)state;
	assert_int_equal(looks_until_stuck(&c, 8, STEP_NS), 0);
}

static void one_handler_after_the_other_is_not_stuck(void **state)
{
	struct pulse_count c = { .beat = 1 };

	(void)state;
	for (unsigned int beat = 1; beat < 100; beat += 2) {
		for (int i = 0; i < 3; i++)
			assert_false(pulse_is_stuck(&c, beat, STEP_NS));
	}
}

/* A suspended machine, a stopped agent: the thread that watches was not there either. */
static void a_time_that_nobody_saw_does_not_count(void **state)
{
	struct pulse_count c = { .beat = 7 };

	(void)state;
	assert_int_equal(looks_until_stuck(&c, 7, 3600 * UINT64_C(1000000000)), 0);
	for (int i = 0; i < 3; i++)
		assert_false(pulse_is_stuck(&c, 7, STEP_NS));
	assert_false(pulse_is_stuck(&c, 7, PULSE_LATE_NS));
	assert_int_equal(looks_until_stuck(&c, 7, STEP_NS), 4);
}

static void who_sleeps_is_woken_by_the_next_handler_once(void **state)
{
	struct pulse p = { .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	uint64_t n;

	(void)state;
	assert_true(p.wake_fd >= 0);
	pulse_begin(&p);
	assert_int_equal(p.beat, 1);
	assert_true(read(p.wake_fd, &n, sizeof(n)) < 0);
	pulse_end(&p);
	assert_int_equal(p.beat, 2);
	p.asleep = true;
	pulse_begin(&p);
	pulse_end(&p);
	pulse_begin(&p);
	assert_int_equal(read(p.wake_fd, &n, sizeof(n)), sizeof(n));
	assert_int_equal(n, 1);
	assert_int_equal(p.beat, 5);
	pulse_begin(NULL);
	pulse_end(NULL);
	close(p.wake_fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handler_is_stuck_after_two_seconds_and_again_after_two_more),
		cmocka_unit_test(a_loop_that_waits_is_not_stuck),
		cmocka_unit_test(one_handler_after_the_other_is_not_stuck),
		cmocka_unit_test(a_time_that_nobody_saw_does_not_count),
		cmocka_unit_test(who_sleeps_is_woken_by_the_next_handler_once),
	};

	return RUN("agent/pulse", tests);
}
