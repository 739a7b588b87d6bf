// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_strategy.c - decide/strategy: when the built-in rules fire, how near they are to it, and that
 * one whole decision is pure.
 */
#include "strategy.h"

static __u32 nearness(void)
{
	return strategy_host.nearness(&places);
}

static void strategies_are_found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(strategy_find("host"), &strategy_host);
	assert_null(strategy_find("Host"));
	assert_null(strategy_find(""));
}

static void the_host_has_four_rules_built_in(void **state)
{
	(void)state;
	assert_string_equal(policy.strategy, "host");
	assert_int_equal(policy.rules, 4);
	assert_string_equal(policy.rule[0].name, "exhausted");
	assert_string_equal(policy.rule[1].name, "swap-full");
	assert_string_equal(policy.rule[2].name, "starving");
	assert_string_equal(policy.rule[3].name, "thrashing");
	assert_int_equal(policy.choose.order, ORDER_BADNESS);
}

static void in_peace_nothing_fires(void **state)
{
	(void)state;
	go_on(5 * S, 0, 0);
	assert_string_equal(fires(), "none");
	assert_in_range(nearness(), 0, 999);
}

/* A machine of which nothing is known has no memory left, taken literally. */
static void before_the_first_facts_nothing_fires(void **state)
{
	(void)state;
	assert_string_equal(fires(), "none");
}

/* psi.full 60 % over 2 s and mem.available below 10 %. */
static void thrashing_fires_at_its_limit_and_not_below(void **state)
{
	now.mem_available_kib = 99999;
	go_on(5 * S, 600, 0);
	assert_string_equal(fires(), "thrashing");
	assert_int_equal(v.term[0].value, 600);
	assert_int_equal(v.term[1].value, 99);
	begin(state);
	now.mem_available_kib = 99999;
	go_on(5 * S, 599, 0);
	assert_string_equal(fires(), "none");
	begin(state);
	now.mem_available_kib = 100000;
	go_on(5 * S, 1000, 0);
	assert_string_equal(fires(), "none");
}

static void thrashing_needs_its_whole_window(void **state)
{
	(void)state;
	now.mem_available_kib = 90000;
	go_on(3 * S, 0, 0);
	go_on(1190 * MS, 1000, 0);
	assert_string_equal(fires(), "none");
	go_on(10 * MS, 1000, 0);
	assert_string_equal(fires(), "thrashing");
}

/* mem.available below 10 %, no swap left, psi.full 50 % over 500 ms. */
static void starving_fires_at_its_limit_and_not_below(void **state)
{
	now.mem_available_kib = 99999;
	now.swap_free_kib = 0;
	go_on(2 * S, 0, 0);
	go_on(490 * MS, 500, 0);
	assert_string_equal(fires(), "none");
	go_on(10 * MS, 500, 0);
	assert_string_equal(fires(), "starving");
	begin(state);
	now.mem_available_kib = 99999;
	now.swap_free_kib = 0;
	go_on(5 * S, 499, 0);
	assert_string_equal(fires(), "none");
	begin(state);
	now.mem_available_kib = 100000;
	now.swap_free_kib = 0;
	go_on(5 * S, 1000, 0);
	assert_string_equal(fires(), "none");
}

/* What is idle can make way there: that passes by itself. */
static void nobody_starves_while_there_is_swap(void **state)
{
	(void)state;
	now.mem_available_kib = 50000;
	now.swap_free_kib = 1000;
	go_on(5 * S, 599, 0);
	assert_string_equal(fires(), "none");
	now.swap_total_kib = now.swap_free_kib = 0;
	go_on(10 * MS, 599, 0);
	assert_string_equal(fires(), "starving");
	assert_int_equal(v.term[1].flags, TERM_NA);
}

/* mem.available below 10 %, swap.free below 10 %, the end within 500 ms at the rate of 250 ms. */
static void exhausted_fires_when_the_end_is_near_and_not_before(void **state)
{
	(void)state;
	now.mem_available_kib = 65000;
	now.swap_free_kib = 99999;
	go_on(S, 0, 0);
	go_on(250 * MS, 0, 17500); /* 47,500 left at 70,000 a second: 678 ms */
	assert_string_equal(fires(), "none");
	go_on(250 * MS, 0, 17500); /* 30,000 left: 428 ms */
	assert_string_equal(fires(), "exhausted");
	assert_int_equal(v.term[0].value, 30);
	assert_int_equal(v.term[2].value, 428);
}

static void exhausted_waits_while_there_is_swap_or_memory(void **state)
{
	now.mem_available_kib = 70000;
	now.swap_free_kib = 100000;
	go_on(S, 0, 0);
	go_on(250 * MS, 0, 50000);
	assert_string_equal(fires(), "none");
	now.swap_free_kib = 99999;
	go_on(10 * MS, 0, 0);
	assert_string_equal(fires(), "exhausted");
	begin(state);
	now.mem_available_kib = 150000;
	now.swap_free_kib = 0;
	go_on(S, 0, 0);
	go_on(250 * MS, 0, 50000); /* exactly 10 % left */
	assert_string_equal(fires(), "none");
	go_on(10 * MS, 0, 4000);
	assert_string_equal(fires(), "exhausted");
}

static void memory_that_is_low_and_stays_so_is_no_exhaustion(void **state)
{
	(void)state;
	now.mem_available_kib = 1000;
	now.swap_free_kib = 0;
	go_on(10 * S, 0, 0);
	assert_string_equal(fires(), "none");
}

static void without_swap_its_comparison_is_taken_to_hold(void **state)
{
	(void)state;
	now.swap_total_kib = now.swap_free_kib = 0;
	now.mem_available_kib = 70000;
	go_on(S, 0, 0);
	go_on(250 * MS, 0, 50000);
	assert_string_equal(fires(), "exhausted");
	assert_int_equal(v.term[1].flags, TERM_NA);
	assert_int_equal(v.term[1].signal, SIGNAL_SWAP_FREE);
	assert_int_equal(v.term[0].flags, 0);
}

static void the_first_rule_that_holds_is_given(void **state)
{
	struct rule first;

	(void)state;
	now.mem_available_kib = 70000;
	now.swap_free_kib = 0;
	go_on(5 * S, 1000, 0);
	go_on(250 * MS, 1000, 50000);
	assert_string_equal(fires(), "exhausted");
	first = policy.rule[0];
	policy.rule[0] = policy.rule[3];
	policy.rule[3] = first;
	assert_string_equal(fires(), "thrashing");
	policy.rules = 0;
	go_on(10 * MS, 1000, 0);
	assert_string_equal(fires(), "none");
	assert_int_equal(nearness(), 0);
}

static void after_memory_came_back_the_same_window_does_not_fire_again(void **state)
{
	(void)state;
	now.mem_available_kib = 50000;
	go_on(5 * S, 1000, 0);
	assert_string_equal(fires(), "thrashing");
	place_rebase(&places.place[0], now.time_ns);
	assert_string_equal(fires(), "none");
	go_on(S, 1000, 0);
	assert_string_equal(fires(), "none");
	go_on(S, 1000, 0);
	assert_string_equal(fires(), "thrashing");
}

/* Each step is worse than the one before, so each must be at least as near. */
static void nearness_grows_with_the_trouble_until_it_fires(void **state)
{
	__u32 last = 0;
	bool fired = false;

	(void)state;
	now.mem_available_kib = 900000;
	for (int step = 0; step < 100 && !fired; step++) {
		go_on(3 * S, 10 * (__u64)step, 9000);
		assert_in_range(nearness(), last, 1000);
		last = nearness();
		fired = strcmp(fires(), "none");
	}
	assert_true(fired);
	assert_int_equal(nearness(), 1000);
}

static void nearness_is_that_of_the_farthest_comparison(void **state)
{
	struct record_term term[3] = {
		{ .signal = SIGNAL_PSI_FULL, .op = TERM_GE, .limit = 600, .value = 300 },
		{ .signal = SIGNAL_MEM_AVAILABLE, .limit = 100, .value = 400 },
		{ .signal = SIGNAL_SWAP_FREE, .limit = 100, .flags = TERM_NA },
	};

	(void)state;
	assert_int_equal(terms_nearness(term, 3), 250);
	assert_int_equal(terms_nearness(term, 1), 500);
	term[0].value = 599;
	assert_int_equal(terms_nearness(term, 1), 998);
	term[0].value = 0;
	assert_int_equal(terms_nearness(term, 3), 0);
	term[0].value = -5;
	assert_int_equal(terms_nearness(term, 3), 0);
	assert_int_equal(terms_nearness(term + 2, 1), 1000);
}

/* strategy.h: 1000 fires; so less does not, and neither does what exactly meets a "<". */
static void nearness_is_1000_where_a_comparison_holds_and_only_there(void **state)
{
	static const __s64 numbers[] = { 0, 1, 99, 100, 101, 1000, SIGNAL_NEVER_MS };

	(void)state;
	for (size_t i = 0; i < countof(numbers) * countof(numbers) * TERM_OPS; i++) {
		struct record_term t = { .op = i % TERM_OPS,
					 .value = numbers[i / TERM_OPS % countof(numbers)],
					 .limit = numbers[i / TERM_OPS / countof(numbers)] };
		bool holds[TERM_OPS] = {
			[TERM_LT] = t.value<t.limit, [TERM_LE] = t.value <= t.limit,
					    [TERM_GE] = t.value >= t.limit, [TERM_GT] = t.value>
					    t.limit
		};

		assert_int_equal(term_compare(&t), holds[t.op]);
		if ((terms_nearness(&t, 1) == 1000) != holds[t.op])
			fail_msg("%lld, op %u, %lld: %u", (long long)t.value, t.op,
				 (long long)t.limit, terms_nearness(&t, 1));
	}
}

static void a_decision_is_to_do_nothing_or_to_choose(void **state)
{
	struct proc procs[2] = { { .tgid = 10, .mm_id = 1, .anon_kib = 9000 },
				 { .tgid = 11, .mm_id = 2, .anon_kib = 8000 } };
	struct view view = { .facts = &places.place[0].assess.now, .procs = procs, .nprocs = 2 };

	(void)state;
	now.mem_available_kib = 90000;
	go_on(3 * S, 0, 0);
	v.victim = 4711;
	assert_false(decide(&strategy_host, &policy, &places, &view, NULL, &v));
	assert_int_equal(v.rule, NO_RULE);
	assert_int_equal(v.victim, NO_VICTIM);
	go_on(3 * S, 1000, 0);
	assert_true(decide(&strategy_host, &policy, &places, &view, NULL, &v));
	assert_int_equal(v.rule, 3);
	assert_int_equal(v.victim, 0);
	procs[0].flags = procs[1].flags = PROC_SELF;
	assert_true(decide(&strategy_host, &policy, &places, &view, NULL, &v));
	assert_int_equal(v.victim, NO_VICTIM);
}

/* Random worlds; the same facts once more, in other places of memory, give the same bytes. */
static void the_same_facts_give_the_same_verdict_bit_for_bit(void **state)
{
	static struct places twin;
	static struct proc procs[2][50];
	struct verdict w;
	uint64_t seed = 42;
	int decided = 0;

	(void)state;
	places_init(&twin, storage[1]);
	twin.place[0].rules = places.place[0].rules;
	for (int round = 0; round < 2000; round++) {
		now.time_ns += next_random(&seed) % (200 * MS);
		now.some_ns += next_random(&seed) % (200 * MS);
		now.full_ns += next_random(&seed) % (200 * MS);
		now.mem_available_kib = next_random(&seed) % 100000;
		now.swap_free_kib = next_random(&seed) % 200000;
		place_push(&places, 0, &policy, &now);
		place_push(&twin, 0, &policy, &now);
		for (size_t i = 0; i < sizeof(procs[0]); i++)
			((unsigned char *)procs[0])[i] = (unsigned char)next_random(&seed);
		for (size_t i = 0; i < countof(procs[0]); i++) {
			procs[0][i].flags &= next_random(&seed) & next_random(&seed);
			procs[0][i].mm_id %= 40;
		}
		memcpy(procs[1], procs[0], sizeof(procs[0]));
		struct view one = { .facts = &places.place[0].assess.now,
				    .procs = procs[0],
				    .nprocs = 50 };
		struct view two = { .facts = &twin.place[0].assess.now,
				    .procs = procs[1],
				    .nprocs = 50 };

		memset(&v, 0, sizeof(v));
		memset(&w, 0, sizeof(w));
		assert_int_equal(decide(&strategy_host, &policy, &places, &one, NULL, &v),
				 decide(&strategy_host, &policy, &twin, &two, NULL, &w));
		assert_memory_equal(&v, &w, sizeof(v));
		assert_memory_equal(procs[0], procs[1], sizeof(procs[0]));
		decided += v.rule != NO_RULE && v.victim != NO_VICTIM;
	}
	assert_in_range(decided, 100, 1999);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(strategies_are_found_by_name),
		TEST(the_host_has_four_rules_built_in),
		TEST(in_peace_nothing_fires),
		TEST(before_the_first_facts_nothing_fires),
		TEST(thrashing_fires_at_its_limit_and_not_below),
		TEST(thrashing_needs_its_whole_window),
		TEST(starving_fires_at_its_limit_and_not_below),
		TEST(nobody_starves_while_there_is_swap),
		TEST(exhausted_fires_when_the_end_is_near_and_not_before),
		TEST(exhausted_waits_while_there_is_swap_or_memory),
		TEST(memory_that_is_low_and_stays_so_is_no_exhaustion),
		TEST(without_swap_its_comparison_is_taken_to_hold),
		TEST(the_first_rule_that_holds_is_given),
		TEST(after_memory_came_back_the_same_window_does_not_fire_again),
		TEST(nearness_grows_with_the_trouble_until_it_fires),
		TEST(nearness_is_that_of_the_farthest_comparison),
		TEST(nearness_is_1000_where_a_comparison_holds_and_only_there),
		TEST(a_decision_is_to_do_nothing_or_to_choose),
		TEST(the_same_facts_give_the_same_verdict_bit_for_bit),
	};

	return RUN("decide/strategy", tests);
}
