// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_record_text.c - base/record_text: every number that can be in a record has a word, every
 * other number is "?", and the line of a kill says who, why and what came of it.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/base/record_text.h"
#include "record.h"

typedef const char *name_fn(__u32 n);

/* Names for first .. end-1, all different, and none beyond. */
static void check_names(name_fn *name, __u32 first, __u32 end)
{
	for (__u32 i = first; i < end; i++) {
		assert_non_null(name(i));
		assert_string_not_equal(name(i), "?");
		assert_string_not_equal(name(i), "");
		for (__u32 j = first; j < i; j++)
			assert_string_not_equal(name(i), name(j));
	}
	assert_string_equal(name(end), "?");
	assert_string_equal(name(end + 1), "?");
	assert_string_equal(name(UINT32_MAX), "?");
}

static void every_veto_has_words(void **state)
{
	(void)state;
	check_names(veto_text, 0, VETOES);
	assert_string_equal(veto_text(VETO_FILTER), "protected by a filter");
}

static void every_outcome_has_a_name(void **state)
{
	(void)state;
	check_names(outcome_name, 0, OUTCOMES);
	assert_string_equal(outcome_name(OUTCOME_FREED), "freed");
}

static void every_stage_has_a_name(void **state)
{
	(void)state;
	check_names(stage_name, 0, STAGES);
	assert_string_equal(stage_name(STAGE_SIGNALLED), "signalled");
}

static void every_latency_has_a_name(void **state)
{
	(void)state;
	check_names(latency_name, 0, LATENCY_STEPS);
	assert_string_equal(latency_name(LATENCY_DECIDED_SIGNALLED), "decided to signalled");
}

static void every_kind_step_and_what_has_a_name(void **state)
{
	(void)state;
	check_names(kind_name, 1, RECORD_SHADOW + 1);
	check_names(step_name, STEP_NOTIFY, STEP_KINDS);
	check_names(what_name, 0, CHOOSE_WHATS);
	assert_string_equal(kind_name(0), "?");
	assert_string_equal(step_name(0), "?");
	assert_string_equal(kind_name(RECORD_SHADOW), "shadow");
	assert_string_equal(step_name(STEP_RECLAIM), "reclaim");
	assert_string_equal(what_name(CHOOSE_GROUP), "group");
}

static const struct record_term available = { .signal = SIGNAL_MEM_AVAILABLE,
					      .value = 31,
					      .limit = 100 };

static void the_line_of_a_kill_says_who_why_and_what_came_of_it(void **state)
{
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	assert_string_equal(record_line(line, sizeof(line), &r),
			    "killed hog (pid 42, uid 1000, adj -100, 2.0 GiB): thrashing: "
			    "psi.full 71.2% >= 60% over 2s; freed after 7.9 ms");
	r.name[0] = 0;
	r.kind = RECORD_KERNEL_OOM;
	r.outcome = OUTCOME_STUCK;
	r.terms = 0;
	assert_string_equal(record_line(line, sizeof(line), &r),
			    "kernel OOM killed hog-comm (pid 42, uid 1000, adj -100, 2.0 GiB): "
			    "thrashing; stuck");
}

/* Which stage happened is not the outcome, and clocks may disagree. */
static void only_what_came_of_it_is_said(void **state)
{
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	r.outcome = OUTCOME_RELEASED;
	assert_non_null(strstr(record_line(line, sizeof(line), &r), "; released after 1.0 ms"));
	r.outcome = OUTCOME_EXITED;
	assert_string_equal(strrchr(record_line(line, sizeof(line), &r), ';'), "; exited");
	r.outcome = OUTCOME_FREED;
	r.stage_ns[STAGE_FREED] = 4999999;
	assert_string_equal(strrchr(record_line(line, sizeof(line), &r), ';'), "; freed");
}

static void a_dry_run_does_not_claim_a_death(void **state)
{
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	r.dry_run = 1;
	r.outcome = OUTCOME_DRY_RUN;
	record_line(line, sizeof(line), &r);
	assert_ptr_equal(strstr(line, "would have killed hog "), line);
	assert_null(strstr(line, "freed"));
}

/* The kernel's own killer does not care about our dry run. */
static void what_the_kernel_killed_is_dead_in_a_dry_run_too(void **state)
{
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	r.dry_run = 1;
	r.kind = RECORD_KERNEL_OOM;
	assert_null(strstr(record_line(line, sizeof(line), &r), "would have"));
}

static void nobody_to_kill_says_how_many_are_spared(void **state)
{
	struct kill_record r = { .kind = RECORD_NO_VICTIM,
				 .rule = "exhausted",
				 .terms = 1,
				 .term = { available },
				 .considered = 17 };
	char line[512];

	(void)state;
	assert_string_equal(record_line(line, sizeof(line), &r),
			    "killed nobody: exhausted: mem.available 3.1% < 10%; all 17 candidates "
			    "are spared");
}

static void nobody_above_the_floor_says_what_it_was(void **state)
{
	struct kill_record r = {
		.kind = RECORD_NO_VICTIM, .rule = "low_mem", .reason = 9, .min_score_adj = 701
	};
	char line[512];

	(void)state;
	assert_string_equal(record_line(line, sizeof(line), &r),
			    "killed nobody: low_mem; nobody has an oom_score_adj of 701 or more");
	r.considered = 2;
	assert_string_equal(record_line(line, sizeof(line), &r),
			    "killed nobody: low_mem; all 2 candidates are spared");
}

static void a_kind_that_is_none_is_a_question_mark(void **state)
{
	static const __u16 kinds[] = { 0, RECORD_SHADOW + 1, UINT16_MAX };
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	for (size_t i = 0; i < countof(kinds); i++) {
		r.kind = kinds[i];
		record_line(line, sizeof(line), &r);
		assert_ptr_equal(strstr(line, "? hog (pid 42"), line);
	}
}

static void the_line_says_whose_it_was(void **state)
{
	struct kill_record r = hog_killed();
	char line[RECORD_LINE];

	(void)state;
	strcpy(r.cgroup, "/user.slice/user-1000.slice/user@1000.service/app.slice/app-hog-1.scope");
	assert_non_null(strstr(record_line(line, sizeof(line), &r),
			       ", 2.0 GiB) in app-hog-1.scope of user 1000: thrashing: "));
	strcpy(r.cgroup, "/reapd-test");
	assert_non_null(strstr(record_line(line, sizeof(line), &r), ", 2.0 GiB): thrashing: "));
}

static void a_kernel_kill_says_whose_limit_it_was(void **state)
{
	static const struct {
		__u8 limit, level;
		const char *text;
	} cases[] = {
		{ OOM_LIMIT_UNKNOWN, 2, "" },
		{ OOM_LIMIT_MACHINE, 0, "the machine had no memory left" },
		{ OOM_LIMIT_CPUSET, 0, "the memory nodes of a cpuset were full" },
		{ OOM_LIMIT_MEMPOLICY, 0, "the memory nodes of a memory policy were full" },
		{ OOM_LIMIT_CGROUP, 0, "the limit of a cgroup was reached" },
		{ OOM_LIMIT_CGROUP, 1, "the limit of /a was reached" },
		{ OOM_LIMIT_CGROUP, 2, "the limit of /a/b was reached" },
		{ OOM_LIMIT_CGROUP, 3, "the limit of its cgroup was reached" },
		{ OOM_LIMIT_CGROUP, 4, "the limit of a cgroup was reached" },
		{ OOM_LIMIT_CGROUP, 255, "the limit of a cgroup was reached" },
		{ OOM_LIMITS, 0, "?" },
		{ 255, 255, "?" },
	};
	struct kill_record r = hog_killed();
	char line[RECORD_LINE], limit[300];

	(void)state;
	r.kind = RECORD_KERNEL_OOM;
	strcpy(r.rule, "kernel OOM");
	strcpy(r.cgroup, "/a/b/c.service");
	for (size_t i = 0; i < countof(cases); i++) {
		r.oom_limit = cases[i].limit;
		r.oom_level = cases[i].level;
		oom_limit_text(limit, sizeof(limit), &r);
		assert_string_equal(limit, cases[i].text);
	}
	r.oom_limit = OOM_LIMIT_CGROUP;
	r.oom_level = 2;
	assert_string_equal(record_line(line, sizeof(line), &r),
			    "kernel OOM killed hog (pid 42, uid 1000, adj -100, 2.0 GiB) in "
			    "c.service: kernel OOM: the limit of /a/b was reached; freed after "
			    "7.9 ms");
	r.oom_limit = OOM_LIMIT_UNKNOWN;
	assert_non_null(
		strstr(record_line(line, sizeof(line), &r), "c.service: kernel OOM; freed"));
}

/* The widest record there can be, into the buffer that the log has, and into every smaller one. */
static void check_longest(const struct kill_record *r, const char *why)
{
	char line[RECORD_LINE + 1];

	for (size_t size = 1; size < sizeof(line); size++) {
		memset(line, 'x', sizeof(line));
		record_line(line, size, r);
		assert_in_range(strlen(line), 0, size - 1);
		assert_int_equal(line[size], 'x');
	}
	assert_non_null(strstr(line, "; released after "));
	assert_non_null(strstr(line, why));
}

static void the_longest_line_fits_the_log_and_any_buffer_holds(void **state)
{
	struct kill_record r;

	(void)state;
	memset(&r, 0xff, sizeof(r));
	r.outcome = OUTCOME_RELEASED;
	memset(r.cgroup, 'c', sizeof(r.cgroup));
	memcpy(r.cgroup, "/u.service", 10);
	r.cgroup[sizeof(r.cgroup) - 1] = 0;
	r.oom_limit = OOM_LIMIT_CGROUP;
	r.oom_level = 1;
	memset(r.rule, 'r', sizeof(r.rule) - 1);
	r.rule[sizeof(r.rule) - 1] = 0;
	memset(r.name, 'n', sizeof(r.name) - 1);
	r.name[sizeof(r.name) - 1] = 0;
	memset(r.place, 'p', sizeof(r.place) - 1);
	r.place[sizeof(r.place) - 1] = 0;
	for (int i = 0; i < RECORD_TERMS; i++)
		r.term[i] = full;
	r.kind = RECORD_KERNEL_OOM;
	check_longest(&r, ": the limit of its cgroup was reached");
	r.kind = RECORD_KILL;
	check_longest(&r, ": psi.full 71.2% ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_veto_has_words),
		cmocka_unit_test(every_outcome_has_a_name),
		cmocka_unit_test(every_stage_has_a_name),
		cmocka_unit_test(every_latency_has_a_name),
		cmocka_unit_test(every_kind_step_and_what_has_a_name),
		cmocka_unit_test(the_line_of_a_kill_says_who_why_and_what_came_of_it),
		cmocka_unit_test(only_what_came_of_it_is_said),
		cmocka_unit_test(a_dry_run_does_not_claim_a_death),
		cmocka_unit_test(what_the_kernel_killed_is_dead_in_a_dry_run_too),
		cmocka_unit_test(nobody_to_kill_says_how_many_are_spared),
		cmocka_unit_test(nobody_above_the_floor_says_what_it_was),
		cmocka_unit_test(a_kind_that_is_none_is_a_question_mark),
		cmocka_unit_test(the_line_says_whose_it_was),
		cmocka_unit_test(a_kernel_kill_says_whose_limit_it_was),
		cmocka_unit_test(the_longest_line_fits_the_log_and_any_buffer_holds),
	};

	return RUN("base/record_text", tests);
}
