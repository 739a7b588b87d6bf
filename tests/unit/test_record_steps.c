// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_record_steps.c - base/record_text: the line of a step, of a shadow rule, and of a victim that is
 * more than one process.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/base/record_text.h"
#include "record.h"

static struct kill_record step(__u16 kind, __u16 step)
{
	struct kill_record r = hog_killed();

	r.outcome = OUTCOME_NONE;
	r.kind = kind;
	r.step = step;
	strcpy(r.cgroup, "/a/b");
	return r;
}

static void a_step_says_what_was_done_to_what(void **state)
{
	static const struct {
		__u16 step;
		__u64 amount;
		const char *done, *would;
	} cases[] = {
		{ STEP_NOTIFY, 0, "warned: ", "warned: " },
		{ STEP_RECLAIM, 65536,
		  "reclaimed 64 MiB of cgroup /a: ", "reclaimed 64 MiB of cgroup /a: " },
		{ STEP_FREEZE, 0, "froze cgroup /a/b: ", "frozen cgroup /a/b: " },
		{ STEP_CLAMP, 0, "clamped cgroup /a/b: ", "clamped cgroup /a/b: " },
		{ STEP_WAIT, 5000, "waited 5.0 s: ", "waited 5.0 s: " },
		{ STEP_TERM, 10000, "asked to end: hog (pid 42, uid 1000, adj -100, 2.0 GiB): ",
		  "asked to end: hog (pid 42, uid 1000, adj -100, 2.0 GiB): " },
		{ STEP_RUN, 0, "ran a program: ", "run a program: " },
		{ STEP_KILL, 0, "killed hog (pid 42, uid 1000, adj -100, 2.0 GiB): ",
		  "killed hog (pid 42, uid 1000, adj -100, 2.0 GiB): " },
	};
	const char *why = "thrashing in /a: psi.full 71.2% >= 60% over 2s";
	char line[512], want[256];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct kill_record r = step(RECORD_STEP, cases[i].step);

		strcpy(r.place, "/a");
		r.step_amount = cases[i].amount;
		snprintf(want, sizeof(want), "%s%s", cases[i].done, why);
		assert_string_equal(record_line(line, sizeof(line), &r), want);
		r.dry_run = 1;
		snprintf(want, sizeof(want), "would have %s%s", cases[i].would, why);
		assert_string_equal(record_line(line, sizeof(line), &r), want);
		r.kind = RECORD_SHADOW;
		snprintf(want, sizeof(want), "shadow: would have %s%s", cases[i].would, why);
		assert_string_equal(record_line(line, sizeof(line), &r), want);
	}
}

static void a_step_that_failed_says_why(void **state)
{
	struct kill_record r = step(RECORD_STEP, STEP_FREEZE);
	char line[512];

	(void)state;
	r.error = -EACCES;
	record_line(line, sizeof(line), &r);
	assert_string_equal(strrchr(line, ';'), "; failed: Permission denied");
}

static void a_cgroup_and_a_group_are_said_with_how_many_died(void **state)
{
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	r.what = CHOOSE_CGROUP;
	r.processes = 3;
	r.member_kib = 2 << 20;
	strcpy(r.cgroup, "/x/y");
	assert_string_equal(record_line(line, sizeof(line), &r),
			    "killed cgroup /x/y (3 processes, 2.0 GiB): thrashing: psi.full 71.2% "
			    ">= 60% over 2s; freed after 7.9 ms");
	r.what = CHOOSE_GROUP;
	record_line(line, sizeof(line), &r);
	assert_ptr_equal(
		strstr(line, "killed process group of hog (pid 42, 3 processes, 2.0 GiB): "), line);
}

static void a_process_killed_in_place_of_all_says_so(void **state)
{
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	r.flags = RECORD_F_CAPPED;
	assert_non_null(
		strstr(record_line(line, sizeof(line), &r),
		       "2.0 GiB), alone: all of what it is in is more than the rule may kill: "));
	r.flags = RECORD_F_ALONE | RECORD_F_ASKED;
	assert_non_null(strstr(record_line(line, sizeof(line), &r),
			       "2.0 GiB), alone: a spared process is with it, SIGTERM did not end "
			       "it: thrashing"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_says_what_was_done_to_what),
		cmocka_unit_test(a_step_that_failed_says_why),
		cmocka_unit_test(a_cgroup_and_a_group_are_said_with_how_many_died),
		cmocka_unit_test(a_process_killed_in_place_of_all_says_so),
	};

	return RUN("base/record_text: steps", tests);
}
