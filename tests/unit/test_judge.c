// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_judge.c - decide/strategy_host, decide/place: which rule of several acts, and where; who rests,
 * what shadow rules do, and what a new policy keeps.
 */
#include "rules.h"

static void a_rule_is_evaluated_only_where_it_is_for(void **state)
{
	__u32 cgroup = add_place(7, 2);

	(void)state;
	add_rule("system", 0);
	add_rule("cgroup", 0);
	places.place[0].rules = 1;
	look(0, 50);
	assert_int_equal(places.place[0].firing, 1);
	look_at(cgroup, 10 * MS, 50);
	assert_int_equal(places.place[cgroup].firing, 2);
	assert_string_equal(judged(false), "system@0");
	/* A place that was given up is none, whatever it remembers. */
	places.place[0].rules = 0;
	places.place[cgroup].rules = 0;
	assert_string_equal(judged(false), "none");
}

static void rules_are_tried_in_their_order(void **state)
{
	__u32 cgroup = add_place(7, 5);

	(void)state;
	add_rule("first", 0);
	add_rule("second", 0);
	add_rule("third", 0);
	places.place[0].rules = 2;
	look(0, 50);
	look_at(cgroup, 0, 500);
	assert_string_equal(judged(false), "second@0");
	look_at(cgroup, 10 * MS, 50);
	assert_string_equal(judged(false),
			    "first@1"); /* before the second, though in a later place */
	place_rest(&places.place[cgroup], 0, now.time_ns + S);
	assert_string_equal(judged(false), "second@0");
	look(10 * MS, 500);
	assert_string_equal(judged(false), "third@1");
}

/* Each cgroup by itself, the first of those that fire. */
static void a_rule_over_cgroups_fires_for_each(void **state)
{
	__u32 a = add_place(7, 1), b = add_place(8, 1), c = add_place(9, 1);

	(void)state;
	add_rule("low", 0);
	places.place[0].rules = 0;
	look(0, 50);
	look_at(a, 0, 500);
	look_at(b, 0, 42);
	look_at(c, 0, 43);
	assert_string_equal(judged(false), "low@2");
	assert_int_equal(v.term[0].value, 42);
	/* It acted, and rests there: the next one is no worse off for it. */
	place_rest(&places.place[b], 0, now.time_ns + S);
	assert_string_equal(judged(false), "low@3");
	assert_int_equal(v.term[0].value, 43);
	place_rest(&places.place[c], 0, now.time_ns + S);
	assert_string_equal(judged(false), "none");
}

static void a_rest_is_of_one_rule_at_one_place_and_ends(void **state)
{
	__u32 cgroup = add_place(7, 3);

	(void)state;
	add_rule("one", 0);
	add_rule("two", 0);
	look(0, 50);
	look_at(cgroup, 0, 50);
	place_rest(&places.place[0], 0, now.time_ns + 100 * MS);
	assert_string_equal(judged(false), "one@1");
	look_at(cgroup, 0, 500);
	assert_string_equal(judged(false), "two@0");
	place_rest(&places.place[0], 1, now.time_ns + 50 * MS);
	assert_string_equal(judged(false), "none");
	look(50 * MS - 1, 50);
	assert_string_equal(judged(false), "none");
	look(1, 50);
	assert_string_equal(judged(false), "two@0");
	look(50 * MS, 50);
	assert_string_equal(judged(false), "one@0");
	/* A rule that rests is evaluated all the same. */
	place_rest(&places.place[0], 0, now.time_ns + S);
	look(1 * MS, 50);
	assert_true(fires(0, 0));
}

static void a_shadow_rule_never_acts_and_stops_nobody(void **state)
{
	(void)state;
	add_rule("shadow", 0)->flags = RULE_SHADOW;
	add_rule("real", 0);
	add_rule("other-shadow", 0)->flags = RULE_SHADOW;
	look(0, 500);
	assert_string_equal(judged(false), "none");
	assert_string_equal(judged(true), "none");
	look(10 * MS, 50);
	assert_string_equal(judged(false), "real@0");
	assert_string_equal(judged(true), "shadow@0");
	place_rest(&places.place[0], 0, now.time_ns + S);
	assert_string_equal(judged(true), "other-shadow@0");
	place_rest(&places.place[0], 1, now.time_ns + S);
	assert_string_equal(judged(false), "none");
}

static void the_last_rule_of_a_full_policy_fires_too(void **state)
{
	char name[16];

	(void)state;
	for (__u32 i = 0; i < RULES_MAX; i++) {
		snprintf(name, sizeof(name), "rule%u", i);
		add_rule(name, 0)->term[0].limit = i == RULES_MAX - 1 ? 100 : 0;
	}
	look(0, 50);
	assert_int_equal(places.place[0].firing, 1u << (RULES_MAX - 1));
	assert_string_equal(judged(false), "rule31@0");
}

static void nearness_is_of_the_nearest_rule_of_all_places(void **state)
{
	__u32 cgroup = add_place(7, 1);

	(void)state;
	add_rule("low", 0);
	add_rule("lower", 0)->term[0].limit = 50;
	assert_int_equal(strategy_host.nearness(&places), 0);
	look(0, 500);
	assert_int_equal(places.place[0].nearness, 200);
	look_at(cgroup, 0, 250);
	assert_int_equal(places.place[cgroup].nearness, 400);
	assert_int_equal(strategy_host.nearness(&places), 400);
	places.place[0].rules = 2;
	look(10 * MS, 500);
	assert_int_equal(places.place[0].nearness, 100);
}

/* A cgroup that is gone, and another one in its place: it has none of what was remembered. */
static void a_place_that_is_used_again_remembers_nothing(void **state)
{
	__u32 cgroup = add_place(7, 1);

	(void)state;
	add_rule("low", 1000);
	look(0, 50);
	look_at(cgroup, 0, 50);
	look_at(cgroup, S, 50);
	place_rest(&places.place[cgroup], 0, now.time_ns + 60 * S);
	places.n--;
	add_place(8, 1);
	assert_string_equal(judged(false), "none");
	look_at(cgroup, 10 * MS, 50);
	assert_false(fires(cgroup, 0));
	look_at(cgroup, S, 50);
	look(0, 500);
	assert_string_equal(judged(false), "low@1");
	assert_int_equal(places.place[cgroup].cgroup_id, 8);
}

/* A reload, with the unchanged rule in another position. */
static void what_is_remembered_of_a_rule_that_stayed_is_kept(void **state)
{
	struct policy old;

	(void)state;
	add_rule("gone", 1000);
	add_rule("stays", 1000);
	add_rule("changes", 1000);
	look(0, 50);
	place_rest(&places.place[0], 1, now.time_ns + 2 * S);
	place_rest(&places.place[0], 2, now.time_ns + 9 * S);
	look(1000 * MS, 50);
	assert_true(fires(0, 1));
	old = policy;
	policy.rule[0] = policy.rule[1];
	policy.rule[1] = policy.rule[2];
	policy.rule[1].term[0].limit++;
	policy.rules = 2;
	places_carry(&places, &old, &policy);
	places.place[0].rules = 3;
	assert_int_equal(places.place[0].firing, 0);
	assert_int_equal(places.place[0].rest_until_ns[1], 0);
	look(10 * MS, 50);
	assert_true(fires(0, 0));
	assert_false(fires(0, 1));
	assert_string_equal(judged(false), "none"); /* it still rests */
	look(1 * S, 50);
	assert_string_equal(judged(false), "stays@0");
	place_rest(&places.place[0], 0, now.time_ns + S);
	assert_string_equal(judged(false), "changes@0"); /* it has forgotten its rest */
}

static void every_place_keeps_what_it_remembers(void **state)
{
	__u32 cgroup = add_place(7, 2);
	struct policy old;

	(void)state;
	add_rule("system", 0);
	add_rule("cgroup", 1000);
	places.place[0].rules = 1;
	look(0, 500);
	look_at(cgroup, 0, 50);
	old = policy;
	policy.rule[0] = policy.rule[1];
	policy.rules = 1;
	places_carry(&places, &old, &policy);
	places.place[0].rules = 0;
	places.place[cgroup].rules = 1;
	look_at(cgroup, S, 50);
	assert_true(fires(cgroup, 0));
	/* And history: windows go on. */
	assert_int_equal(places.place[cgroup].assess.history->count, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(a_rule_is_evaluated_only_where_it_is_for),
		TEST(rules_are_tried_in_their_order),
		TEST(a_rule_over_cgroups_fires_for_each),
		TEST(a_rest_is_of_one_rule_at_one_place_and_ends),
		TEST(a_shadow_rule_never_acts_and_stops_nobody),
		TEST(the_last_rule_of_a_full_policy_fires_too),
		TEST(nearness_is_of_the_nearest_rule_of_all_places),
		TEST(a_place_that_is_used_again_remembers_nothing),
		TEST(what_is_remembered_of_a_rule_that_stayed_is_kept),
		TEST(every_place_keeps_what_it_remembers),
	};

	return RUN("decide/strategy: rules and places", tests);
}
