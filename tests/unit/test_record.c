// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_record.c - act/record: what a record takes over from a decision, and the histograms.
 */
#include "test.h"

#include "../../agent/act/record.h"
#include "../../agent/base/clock.h"
#include "../../agent/base/log.h"

static void a_record_begins_with_the_decision(void **state)
{
	static const struct facts facts = { .time_ns = 9,
					    .mem_total_kib = 1,
					    .mem_available_kib = 2,
					    .swap_total_kib = 3,
					    .swap_free_kib = 4 };
	struct verdict v = { .rule = 3, .terms = 2, .considered = 5, .vetoed = 3 };
	struct kill_record r;
	struct policy policy;

	(void)state;
	strategy_host.defaults(&policy);
	v.term[0] = policy.rule[3].term[0];
	v.term[0].value = 999;
	memset(&r, 0xff, sizeof(r));
	record_begin(&r, &policy, 4711, &facts, &v);
	assert_int_equal(r.kind, RECORD_KILL);
	assert_int_equal(r.outcome, OUTCOME_PENDING);
	assert_int_equal(r.policy, 4711);
	assert_in_range(r.wall_ns, 1, clock_wall_ns());
	assert_int_equal(r.mem_total_kib, 1);
	assert_int_equal(r.mem_available_kib, 2);
	assert_int_equal(r.swap_total_kib, 3);
	assert_int_equal(r.swap_free_kib, 4);
	assert_string_equal(r.strategy, "host");
	assert_string_equal(r.rule, "thrashing");
	assert_int_equal(r.terms, 2);
	assert_int_equal(r.term[0].value, 999);
	assert_int_equal(r.considered, 5);
	assert_int_equal(r.vetoed, 3);
	assert_int_equal(r.tgid, 0);
	for (size_t i = 0; i < countof(r.reserved); i++)
		assert_int_equal(r.reserved[i], 0);
}

static void a_decision_without_a_rule_names_none(void **state)
{
	struct verdict v = { .rule = NO_RULE };
	struct facts facts = {};
	struct policy policy;
	struct kill_record r;

	(void)state;
	strategy_host.defaults(&policy);
	record_begin(&r, &policy, 0, &facts, &v);
	assert_string_equal(r.rule, "");
	v.rule = policy.rules;
	record_begin(&r, &policy, 0, &facts, &v);
	assert_string_equal(r.rule, "");
}

static void the_victims_side_is_what_it_was_measured_to_be(void **state)
{
	static const struct proc p = { .tgid = 42,
				       .uid = 1000,
				       .start_ns = 5,
				       .oom_score_adj = -7,
				       .anon_kib = 1,
				       .file_kib = 20,
				       .shmem_kib = 300,
				       .swap_kib = 4000,
				       .pgtables_kib = 50000,
				       .dmabuf_kib = 600000 };
	struct kill_record r = {};

	(void)state;
	record_victim(&r, &p);
	assert_int_equal(r.tgid, 42);
	assert_int_equal(r.uid, 1000);
	assert_int_equal(r.start_ns, 5);
	assert_int_equal(r.oom_score_adj, -7);
	assert_int_equal(r.anon_kib, 1);
	assert_int_equal(r.file_kib, 20);
	assert_int_equal(r.shmem_kib, 300);
	assert_int_equal(r.swap_kib, 4000);
	assert_int_equal(r.dmabuf_kib, 600000);
	assert_int_equal(r.expected_kib, 54001); /* files, shared memory and buffers may stay */
}

/* The slot of one latency of so many ns; -1 when it was counted elsewhere or not once. */
static int slot_of(__u64 ns)
{
	struct latency steps[LATENCY_STEPS] = {};
	const struct latency *l = &steps[LATENCY_EDGE_WAKE];
	struct kill_record r = { .stage_ns = { [STAGE_EDGE] = 1, [STAGE_WAKE] = 1 + ns } };
	int slot = -1;

	record_latencies(steps, &r);
	assert_int_equal(l->count, 1);
	assert_int_equal(l->sum_ns, ns);
	assert_int_equal(l->max_ns, ns);
	for (int i = 0; i < LATENCY_SLOTS; i++) {
		if (l->slots[i])
			slot = slot < 0 && l->slots[i] == 1 ? i : -2;
	}
	return slot;
}

/* record.h: [0] is below 1 us, [i] is from 2^(i-1) to 2^i us, the last is that and more. */
static void a_latency_falls_into_the_slot_of_its_power_of_two(void **state)
{
	(void)state;
	assert_int_equal(slot_of(0), 0);
	assert_int_equal(slot_of(999), 0);
	for (int i = 1; i < LATENCY_SLOTS; i++) {
		assert_int_equal(slot_of((1ULL << (i - 1)) * NS_PER_US), i);
		assert_int_equal(slot_of((1ULL << i) * NS_PER_US - 1), i);
	}
	assert_int_equal(slot_of((1ULL << (LATENCY_SLOTS - 1)) * NS_PER_US), LATENCY_SLOTS - 1);
	assert_int_equal(slot_of(UINT64_MAX - 1), LATENCY_SLOTS - 1);
}

static void each_step_is_between_its_two_stages(void **state)
{
	static const __u64 spans[LATENCY_STEPS] = { 1, 20, 300, 4000, 50000, 654000, 654321 };
	struct kill_record r = { .stage_ns = { [STAGE_EDGE] = 1000000,
					       [STAGE_WAKE] = 1000001,
					       [STAGE_DECIDED] = 1000021,
					       [STAGE_SIGNALLED] = 1000321,
					       [STAGE_RELEASED] = 1004321,
					       [STAGE_EXITED] = 1050321,
					       [STAGE_FREED] = 1654321 } };
	struct latency steps[LATENCY_STEPS] = {};

	(void)state;
	record_latencies(steps, &r);
	for (int i = 0; i < LATENCY_STEPS; i++) {
		assert_int_equal(steps[i].count, 1);
		assert_int_equal(steps[i].sum_ns, spans[i]);
	}
}

static void a_stage_that_did_not_happen_is_left_out(void **state)
{
	struct kill_record r = { .stage_ns = { [STAGE_DECIDED] = 100, [STAGE_SIGNALLED] = 200 } };
	struct latency steps[LATENCY_STEPS] = {};

	(void)state;
	record_latencies(steps, &r);
	for (int i = 0; i < LATENCY_STEPS; i++)
		assert_int_equal(steps[i].count, i == LATENCY_DECIDED_SIGNALLED);
	r.stage_ns[STAGE_SIGNALLED] = 50; /* clocks that disagree */
	record_latencies(steps, &r);
	assert_int_equal(steps[LATENCY_DECIDED_SIGNALLED].count, 1);
}

static void sums_grow_and_the_largest_is_kept(void **state)
{
	struct kill_record r = { .stage_ns = { [STAGE_EDGE] = 100 } };
	struct latency steps[LATENCY_STEPS] = {};
	static const __u64 spans[] = { 5000, 90000, 700 };

	(void)state;
	for (size_t i = 0; i < countof(spans); i++) {
		r.stage_ns[STAGE_WAKE] = 100 + spans[i];
		record_latencies(steps, &r);
	}
	assert_int_equal(steps[LATENCY_EDGE_WAKE].count, 3);
	assert_int_equal(steps[LATENCY_EDGE_WAKE].sum_ns, 95700);
	assert_int_equal(steps[LATENCY_EDGE_WAKE].max_ns, 90000);
}

static void a_kill_is_one_line_in_the_log(void **state)
{
	struct kill_record r = { .kind = RECORD_KILL, .tgid = 42, .name = "hog", .rule = "manual" };
	const char *said;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_set_level(LOG_LEVEL_INFO);
	catch_begin(STDERR_FILENO);
	record_log(&r);
	said = catch_end();
	assert_ptr_equal(strstr(said, "reapd: killed hog (pid 42"), said);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_begins_with_the_decision),
		cmocka_unit_test(a_decision_without_a_rule_names_none),
		cmocka_unit_test(the_victims_side_is_what_it_was_measured_to_be),
		cmocka_unit_test(a_latency_falls_into_the_slot_of_its_power_of_two),
		cmocka_unit_test(each_step_is_between_its_two_stages),
		cmocka_unit_test(a_stage_that_did_not_happen_is_left_out),
		cmocka_unit_test(sums_grow_and_the_largest_is_kept),
		cmocka_unit_test(a_kill_is_one_line_in_the_log),
	};

	return RUN("act/record", tests);
}
