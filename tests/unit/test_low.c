// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_low.c - decide/rule: from which level of memory on the rules want to look, so that the kernel side
 * can have an edge there.
 */
#include "rules.h"

static __u32 low(void)
{
	return policy_low_permille(&policy, now.mem_total_kib);
}

static struct record_term *add_term(struct rule *r, enum signal signal, enum term_op op,
				    __s64 limit)
{
	struct record_term *t = &r->term[r->terms++];

	*t = (struct record_term){ .signal = signal, .op = op, .limit = limit };
	return t;
}

static void without_rules_there_is_none(void **state)
{
	(void)state;
	assert_int_equal(low(), 0);
}

static void the_highest_of_several_rules_counts(void **state)
{
	(void)state;
	add_rule("low", 0)->term[0].limit = 50;
	add_rule("high", 0)->term[0].limit = 120;
	add_rule("middle", 0);
	assert_int_equal(low(), 120);
}

static void all_of_a_rule_must_hold_so_its_lowest_counts(void **state)
{
	(void)state;
	add_term(add_rule("both", 0), SIGNAL_MEM_FREE, TERM_LE, 30);
	assert_int_equal(low(), 30);
}

static void kib_and_what_is_used_count_as_well(void **state)
{
	struct rule *r = add_rule("kib", 0);

	(void)state;
	r->term[0].flags = TERM_KIB;
	r->term[0].limit = 200000;
	assert_int_equal(low(), 200);
	r->term[0] = (struct record_term){ .signal = SIGNAL_MEM_USED, .op = TERM_GE, .limit = 700 };
	assert_int_equal(low(), 300);
}

static void a_stall_is_its_own_edge(void **state)
{
	(void)state;
	add_term(add_rule("stalls", 0), SIGNAL_PSI_FULL, TERM_GE, 100);
	assert_int_equal(low(), 0);
}

static void more_than_a_level_and_other_rules_do_not_matter(void **state)
{
	struct rule *r = add_rule("more", 0);

	(void)state;
	r->term[0].op = TERM_GT;
	assert_int_equal(low(), 0);
	r->term[0] = (struct record_term){ .signal = SIGNAL_SWAP_FREE, .limit = 100 };
	assert_int_equal(low(), 0);
	add_rule("of a cgroup", 0)->flags = RULE_CGROUPS;
	assert_int_equal(low(), 0);
}

static void limits_out_of_range_are_none(void **state)
{
	struct rule *r = add_rule("much", 0);

	(void)state;
	r->term[0].flags = TERM_KIB;
	r->term[0].limit = INT64_MAX / 2000;
	assert_int_equal(low(), 0);
	now.mem_total_kib = 0;
	assert_int_equal(low(), 0);
}

static void those_that_are_built_in_look_from_their_own_level_on(void **state)
{
	(void)state;
	strategy_host.defaults(&policy);
	assert_int_equal(low(), policy.rule[0].term[0].limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_rules_there_is_none, begin),
		cmocka_unit_test_setup(the_highest_of_several_rules_counts, begin),
		cmocka_unit_test_setup(all_of_a_rule_must_hold_so_its_lowest_counts, begin),
		cmocka_unit_test_setup(kib_and_what_is_used_count_as_well, begin),
		cmocka_unit_test_setup(a_stall_is_its_own_edge, begin),
		cmocka_unit_test_setup(more_than_a_level_and_other_rules_do_not_matter, begin),
		cmocka_unit_test_setup(limits_out_of_range_are_none, begin),
		cmocka_unit_test_setup(those_that_are_built_in_look_from_their_own_level_on, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
