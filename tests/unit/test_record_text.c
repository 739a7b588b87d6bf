// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_record_text.c - base/record_text: every number that can be in a record has a word, every
 * other number is "?", and the line of a kill says who, why and what came of it.
 */
#include "test.h"

#include "../../agent/base/record_text.h"

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

static void every_signal_has_a_name(void **state)
{
	(void)state;
	check_names(signal_name, 1, SIGNALS);
	assert_string_equal(signal_name(0), "?");
	assert_string_equal(signal_name(SIGNAL_PSI_FULL), "psi.full");
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

static void a_value_is_said_in_the_unit_of_its_signal(void **state)
{
	static const struct {
		__u32 signal;
		__s64 value;
		const char *text;
	} cases[] = {
		{ SIGNAL_PSI_SOME, 0, "0%" },
		{ SIGNAL_PSI_FULL, 712, "71.2%" },
		{ SIGNAL_PSI_FULL, 600, "60%" },
		{ SIGNAL_MEM_AVAILABLE, 1000, "100%" },
		{ SIGNAL_SWAP_FREE, 5, "0.5%" },
		{ SIGNAL_EFFICIENCY, 333, "33.3%" },
		{ SIGNAL_EXHAUSTION, 350, "350ms" },
		{ SIGNAL_EXHAUSTION, SIGNAL_NEVER_MS - 1, "3599999ms" },
		{ SIGNAL_EXHAUSTION, SIGNAL_NEVER_MS, "never" },
		{ SIGNAL_STUCK, SIGNAL_NEVER_MS, "3600000ms" },
		{ SIGNAL_GROWTH, -2048, "-2048KiB/s" },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_ptr_equal(
			signal_value_text(buf, sizeof(buf), cases[i].signal, cases[i].value), buf);
		assert_string_equal(buf, cases[i].text);
	}
}

static const struct record_term full = {
	.signal = SIGNAL_PSI_FULL, .over = 1, .window_ms = 2000, .value = 712, .limit = 600
};
static const struct record_term available = { .signal = SIGNAL_MEM_AVAILABLE,
					      .value = 31,
					      .limit = 100 };
static const struct record_term soon = {
	.signal = SIGNAL_EXHAUSTION, .window_ms = 250, .value = 0, .limit = 500
};
static const struct record_term no_swap = { .signal = SIGNAL_SWAP_FREE, .na = 1, .limit = 100 };

static void a_term_says_value_limit_and_window(void **state)
{
	char buf[128];

	(void)state;
	assert_string_equal(term_text(buf, sizeof(buf), &full), "psi.full 71.2% >= 60% over 2s");
	assert_string_equal(term_text(buf, sizeof(buf), &available), "mem.available 3.1% < 10%");
	assert_string_equal(term_text(buf, sizeof(buf), &soon),
			    "time.to.exhaustion 0ms < 500ms over 250ms");
	assert_string_equal(term_text(buf, sizeof(buf), &no_swap), "swap.free does not apply");
}

static void terms_are_joined_and_never_more_than_a_record_holds(void **state)
{
	struct record_term term[RECORD_TERMS] = { available, no_swap, available, no_swap };
	char buf[256];

	(void)state;
	assert_string_equal(terms_text(buf, sizeof(buf), term, 0), "");
	assert_string_equal(terms_text(buf, sizeof(buf), term, 1), "mem.available 3.1% < 10%");
	assert_string_equal(terms_text(buf, sizeof(buf), term, 2),
			    "mem.available 3.1% < 10% and swap.free does not apply");
	for (size_t size = 1; size < sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		terms_text(buf, size, term, RECORD_TERMS);
		assert_in_range(strlen(buf), 0, size - 1);
		assert_int_equal(buf[size], 'x');
	}
	terms_text(buf, sizeof(buf), term, UINT32_MAX);
	assert_string_equal(buf, "mem.available 3.1% < 10% and swap.free does not apply and "
				 "mem.available 3.1% < 10% and swap.free does not apply");
}

static struct kill_record hog_killed(void)
{
	return (struct kill_record){
		.kind = RECORD_KILL,
		.outcome = OUTCOME_FREED,
		.stage_ns = { [STAGE_SIGNALLED] = 5000000,
			      [STAGE_RELEASED] = 6000000,
			      [STAGE_FREED] = 12900000 },
		.tgid = 42,
		.uid = 1000,
		.oom_score_adj = -100,
		.anon_kib = 1 << 19,
		.file_kib = 1 << 19,
		.shmem_kib = 1 << 19,
		.swap_kib = 1 << 19,
		.rule = "thrashing",
		.terms = 1,
		.term = { full },
		.comm = "hog-comm",
		.name = "hog",
	};
}

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

static void a_kind_that_is_none_is_a_question_mark(void **state)
{
	static const __u16 kinds[] = { 0, RECORD_NO_VICTIM + 1, UINT16_MAX };
	struct kill_record r = hog_killed();
	char line[512];

	(void)state;
	for (size_t i = 0; i < countof(kinds); i++) {
		r.kind = kinds[i];
		record_line(line, sizeof(line), &r);
		assert_ptr_equal(strstr(line, "? hog (pid 42"), line);
	}
}

/* The widest record there can be, into the buffer that the log has, and into every smaller one. */
static void the_longest_line_fits_the_log_and_any_buffer_holds(void **state)
{
	struct kill_record r;
	char line[513];

	(void)state;
	memset(&r, 0xff, sizeof(r));
	r.kind = RECORD_KERNEL_OOM;
	r.outcome = OUTCOME_RELEASED;
	memset(r.rule, 'r', sizeof(r.rule) - 1);
	r.rule[sizeof(r.rule) - 1] = 0;
	memset(r.name, 'n', sizeof(r.name) - 1);
	r.name[sizeof(r.name) - 1] = 0;
	for (int i = 0; i < RECORD_TERMS; i++)
		r.term[i] = full;
	for (size_t size = 1; size < sizeof(line); size++) {
		memset(line, 'x', sizeof(line));
		record_line(line, size, &r);
		assert_in_range(strlen(line), 0, size - 1);
		assert_int_equal(line[size], 'x');
	}
	assert_non_null(strstr(line, "; released after "));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_signal_has_a_name),
		cmocka_unit_test(every_veto_has_words),
		cmocka_unit_test(every_outcome_has_a_name),
		cmocka_unit_test(every_stage_has_a_name),
		cmocka_unit_test(every_latency_has_a_name),
		cmocka_unit_test(a_value_is_said_in_the_unit_of_its_signal),
		cmocka_unit_test(a_term_says_value_limit_and_window),
		cmocka_unit_test(terms_are_joined_and_never_more_than_a_record_holds),
		cmocka_unit_test(the_line_of_a_kill_says_who_why_and_what_came_of_it),
		cmocka_unit_test(only_what_came_of_it_is_said),
		cmocka_unit_test(a_dry_run_does_not_claim_a_death),
		cmocka_unit_test(what_the_kernel_killed_is_dead_in_a_dry_run_too),
		cmocka_unit_test(nobody_to_kill_says_how_many_are_spared),
		cmocka_unit_test(a_kind_that_is_none_is_a_question_mark),
		cmocka_unit_test(the_longest_line_fits_the_log_and_any_buffer_holds),
	};

	return RUN("base/record_text", tests);
}
