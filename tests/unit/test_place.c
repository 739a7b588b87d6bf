// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_place.c - decide/place: how long comparisons must have held, what a gap and memory that came
 * back do to that, and of whom a value is. Which rule then acts is in test_judge.c.
 */
#include "rules.h"

/* Of what is not there, only that too little of it is free can be said. */
static void what_does_not_apply_holds_for_free_swap_alone(void **state)
{
	(void)state;
	for (__u16 signal = 1; signal < SIGNALS; signal++) {
		for (__u8 op = 0; op < TERM_OPS; op++) {
			struct record_term t = { .signal = signal, .op = op, .flags = TERM_NA };

			assert_int_equal(term_compare(&t), signal == SIGNAL_SWAP_FREE);
		}
	}
}

/* It is said with 0, whatever the policy has in its place. */
static void what_does_not_apply_has_no_value(void **state)
{
	struct rule *r = add_rule("no-swap", 0);

	(void)state;
	r->term[0] = (struct record_term){
		.signal = SIGNAL_SWAP_FREE, .limit = 1, .value = 4711, .held_ms = 4712
	};
	look(0, 500);
	assert_string_equal(judged(false), "no-swap@0");
	assert_int_equal(v.term[0].flags, TERM_NA);
	assert_int_equal(v.term[0].value, 0);
	assert_int_equal(v.term[0].held_ms, 0);
}

static void a_comparison_holds_when_it_has_long_enough(void **state)
{
	struct record_term t = { .op = TERM_GE, .value = 5, .limit = 5, .for_ms = 20 };

	(void)state;
	t.held_ms = 19;
	assert_true(term_compare(&t));
	assert_false(term_holds(&t));
	assert_int_equal(terms_nearness(&t, 1), 999);
	t.held_ms = 20;
	assert_true(term_holds(&t));
	assert_int_equal(terms_nearness(&t, 1), 1000);
	t.value = 4; /* it has held, and does no more */
	assert_false(term_holds(&t));
	assert_int_equal(terms_nearness(&t, 1), 800);
}

/* 10 % of 200 ms is 20 ms; so much of it has been lost, and the rest cannot be lost sooner. */
static void by_stall_alone_a_rule_cannot_fire_before_it_was_lost(void **state)
{
	struct record_term t[2] = {
		{ .signal = SIGNAL_PSI_SOME, .op = TERM_GE, .window_ms = 200, .limit = 100 },
		{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 100, .value = 50 },
	};

	(void)state;
	assert_int_equal(terms_soonest_ms(t, 2), 20);
	t[0].value = 60;
	assert_int_equal(terms_soonest_ms(t, 2), 8);
	t[1].value = 199; /* more than half way there */
	assert_int_equal(terms_soonest_ms(t, 2), 8);
	t[1].value = 201;
	assert_int_equal(terms_soonest_ms(t, 2), PLACE_NEVER_MS);
	t[1] = t[0];
	t[1].window_ms = 1000; /* 40 ms of it are missing */
	assert_int_equal(terms_soonest_ms(t, 2), 40);
	t[0].value = t[1].value = 100;
	assert_int_equal(terms_soonest_ms(t, 2), PLACE_NEVER_MS);
}

static void without_a_duration_a_rule_fires_at_once(void **state)
{
	(void)state;
	add_rule("low", 0);
	look(0, 100);
	assert_false(fires(0, 0));
	assert_int_equal(places.place[0].nearness, 999);
	look(10 * MS, 99);
	look(10 * MS, 99);
	assert_true(fires(0, 0));
	judged(false);
	assert_int_equal(v.term[0].held_ms, 0); /* which nobody asked for */
	assert_int_equal(places.place[0].nearness, 1000);
	look(10 * MS, 100);
	assert_false(fires(0, 0));
}

static void a_duration_begins_with_the_first_look_at_which_it_holds(void **state)
{
	struct record_term term[RECORD_TERMS];

	(void)state;
	add_rule("low", 1000);
	look(0, 500);
	look(500 * MS, 50);
	look(500 * MS, 50);
	look(499 * MS, 50);
	assert_false(fires(0, 0));
	assert_int_equal(places.place[0].nearness, 999);
	place_evaluate(&places, 0, &policy, 0, term);
	assert_int_equal(term[0].held_ms, 999);
	look(1 * MS, 50);
	assert_true(fires(0, 0));
	assert_string_equal(judged(false), "low@0");
	assert_int_equal(v.term[0].held_ms, 1000);
	assert_int_equal(v.term[0].for_ms, 1000);
	assert_int_equal(v.term[0].value, 50);
}

static void one_look_at_which_it_does_not_hold_begins_it_anew(void **state)
{
	(void)state;
	add_rule("low", 1000);
	look(0, 50);
	look(990 * MS, 50);
	look(5 * MS, 100);
	look(5 * MS, 50);
	assert_false(fires(0, 0));
	look(999 * MS, 50);
	assert_false(fires(0, 0));
	look(1 * MS, 50);
	assert_true(fires(0, 0));
}

static void each_comparison_has_its_own_duration(void **state)
{
	struct rule *r = add_rule("low", 1000);

	(void)state;
	r->terms = 2;
	r->term[1] = (struct record_term){
		.signal = SIGNAL_STUCK, .op = TERM_GE, .limit = 7, .for_ms = 100
	};
	look(0, 50);
	look(950 * MS, 50);
	now.stuck_ns = 7 * MS;
	look(10 * MS, 50); /* from here the second holds */
	look(90 * MS, 50);
	assert_false(fires(0, 0)); /* 1050 and 90 ms */
	look(10 * MS, 50);
	assert_true(fires(0, 0));
	now.stuck_ns = 6 * MS;
	look(10 * MS, 50);
	now.stuck_ns = 7 * MS;
	look(10 * MS, 50);
	assert_false(fires(0, 0)); /* the first went on, the second began anew */
	look(100 * MS, 50);
	assert_true(fires(0, 0));
}

static void memory_that_came_back_begins_all_durations_anew(void **state)
{
	(void)state;
	add_rule("low", 1000);
	add_rule("now", 0);
	look(0, 50);
	look(1 * S, 50);
	assert_true(fires(0, 0) && fires(0, 1));
	place_rebase(&places.place[0], now.time_ns);
	/* Nothing fires until somebody has looked again. */
	assert_false(fires(0, 0) || fires(0, 1));
	assert_string_equal(judged(false), "none");
	look(10 * MS, 50);
	assert_string_equal(judged(false), "now@0");
	look(999 * MS, 50);
	assert_false(fires(0, 0));
	look(1 * MS, 50);
	assert_true(fires(0, 0));
}

static void a_gap_breaks_what_held_before_it(void **state)
{
	(void)state;
	add_rule("low", 5000);
	for (int first = 0; first < 2; first++) {
		places_init(&places, samples);
		places.place[0].rules = 1;
		now.flags = 0;
		look(0, 50);
		look(PLACE_GAP_NS - 1, 50);
		look(PLACE_GAP_NS - 1, 50);
		assert_true(fires(0, 0)); /* not one gap */
		/* After calm too: nobody looked whether it went on holding. */
		now.flags = first ? FACT_FIRST : 0;
		look(PLACE_GAP_NS, 50);
		assert_false(fires(0, 0));
		now.flags = 0;
		look(2500 * MS, 50);
		look(2499 * MS, 50);
		assert_false(fires(0, 0));
		look(1 * MS, 50);
		assert_true(fires(0, 0));
	}
}

/* A machine that was stopped: its sums went on, and nobody knows when. */
static void a_gap_is_in_no_window_but_the_one_of_calm(void **state)
{
	struct rule *r = add_rule("stall", 0);

	(void)state;
	r->term[0] = (struct record_term){
		.signal = SIGNAL_PSI_FULL, .op = TERM_GE, .window_ms = 10000, .limit = 200
	};
	for (int kind = 0; kind < 3; kind++) {
		places_init(&places, samples);
		places.place[0].rules = 1;
		now.flags = 0;
		look(0, 50);
		now.full_ns += 2 * S;
		now.flags = kind == 1 ? FACT_FIRST : 0;
		look(PLACE_GAP_NS - (kind == 2), 50);
		assert_int_equal(fires(0, 0), kind != 0);
		/* What comes after it counts. */
		now.flags = 0;
		now.full_ns += 2 * S;
		look(2 * S, 50);
		assert_true(fires(0, 0));
	}
}

static void the_first_look_of_all_is_no_gap(void **state)
{
	(void)state;
	add_rule("low", 0);
	now.time_ns = 5000 * S;
	look(0, 50);
	assert_true(fires(0, 0));
	assert_int_equal(places.place[0].assess.base_ns, 0);
}

static void of_nothing_nothing_follows(void **state)
{
	__u32 cgroup = add_place(7, 1);

	(void)state;
	add_rule("low", 0);
	look_at(cgroup, 0, 50);
	assert_false(fires(cgroup, 0)); /* not even that the machine has none */
	look(10 * MS, 500);
	look_at(cgroup, 10 * MS, 50);
	assert_true(fires(cgroup, 0));
	policy.rule[0].terms = 0;
	look_at(cgroup, 10 * MS, 50);
	assert_false(fires(cgroup, 0));
}

/* `system.` in a rule about cgroups: one comparison of the cgroup, one of all that is watched. */
static void a_comparison_can_be_about_the_whole(void **state)
{
	struct rule *r = add_rule("both", 0);
	__u32 cgroup = add_place(7, 1);

	(void)state;
	r->terms = 2;
	r->term[1] = r->term[0];
	r->term[1].flags = TERM_SYSTEM;
	r->term[1].limit = 400;
	places.place[0].rules = 0;
	look(0, 400);
	look_at(cgroup, 10 * MS, 50);
	assert_false(fires(cgroup, 0));
	look(10 * MS, 399);
	look_at(cgroup, 10 * MS, 99);
	assert_true(fires(cgroup, 0));
	judged(false);
	assert_int_equal(v.term[0].value, 99);
	assert_int_equal(v.term[1].value, 399);
	assert_int_equal(v.term[1].flags, TERM_SYSTEM);
	look_at(cgroup, 10 * MS, 100);
	assert_false(fires(cgroup, 0));
}

/* How long it has held is noted at the looks at the cgroup. */
static void a_comparison_about_the_whole_can_have_a_duration(void **state)
{
	struct rule *r = add_rule("whole", 1000);
	__u32 cgroup = add_place(7, 1);

	(void)state;
	r->term[0].flags = TERM_SYSTEM;
	places.place[0].rules = 0;
	look(0, 50);
	look_at(cgroup, 0, 900);
	look(600 * MS, 50);
	look_at(cgroup, 400 * MS, 900);
	assert_true(fires(cgroup, 0));
	look(10 * MS, 500);
	look_at(cgroup, 10 * MS, 900);
	look(10 * MS, 50);
	look_at(cgroup, 10 * MS, 900);
	assert_false(fires(cgroup, 0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(what_does_not_apply_holds_for_free_swap_alone),
		TEST(what_does_not_apply_has_no_value),
		TEST(a_comparison_holds_when_it_has_long_enough),
		TEST(by_stall_alone_a_rule_cannot_fire_before_it_was_lost),
		TEST(without_a_duration_a_rule_fires_at_once),
		TEST(a_duration_begins_with_the_first_look_at_which_it_holds),
		TEST(one_look_at_which_it_does_not_hold_begins_it_anew),
		TEST(each_comparison_has_its_own_duration),
		TEST(memory_that_came_back_begins_all_durations_anew),
		TEST(a_gap_breaks_what_held_before_it),
		TEST(a_gap_is_in_no_window_but_the_one_of_calm),
		TEST(the_first_look_of_all_is_no_gap),
		TEST(of_nothing_nothing_follows),
		TEST(a_comparison_can_be_about_the_whole),
		TEST(a_comparison_about_the_whole_can_have_a_duration),
	};

	return RUN("decide/place", tests);
}
