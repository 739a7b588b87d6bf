// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_replay_damage.c - reapctl replay: a damaged recording is said to be damaged, whatever is in it.
 */
#include "recording.h"

#include <limits.h>

static void a_recording_that_is_cut_off_is_said_to_be(void **state)
{
	struct verdict v = put_crisis();

	(void)state;
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	fflush(file);
	assert_int_equal(ftruncate(fileno(file), ftello(file) - 1), 0);
	check_damaged();
	assert_non_null(strstr(output, "(2 facts were read)"));
}

static void a_frame_that_belongs_into_no_recording_is_damage(void **state)
{
	(void)state;
	put_crisis();
	put(CONTROL_STATUS_IS, 0, &now, sizeof(now));
	check_damaged();
}

static void a_frame_of_the_wrong_size_is_damage(void **state)
{
	static const __u16 types[] = { CONTROL_POLICY,	 CONTROL_FACTS,	  CONTROL_VERDICT,
				       CONTROL_PLACE,	 CONTROL_SAMPLES, CONTROL_PROCS,
				       CONTROL_CGROUPS,	 CONTROL_ANDROID, CONTROL_ANDROID_FACTS,
				       CONTROL_OLD_PROCS };

	for (size_t i = 0; i < countof(types); i++) {
		put_crisis();
		put(types[i], 0, &policy, 7);
		check_damaged();
		end(state);
		begin(state);
	}
}

static void processes_out_of_order_are_damage(void **state)
{
	(void)state;
	put_crisis();
	put(CONTROL_PROCS, 77, procs, sizeof(procs[0]));
	check_damaged();
}

static void a_strategy_that_there_is_not_is_damage(void **state)
{
	(void)state;
	memset(policy.strategy, 'x', sizeof(policy.strategy));
	put_policy();
	check_damaged();
}

static void more_rules_than_a_policy_holds_are_damage(void **state)
{
	(void)state;
	policy.rules = RULES_MAX + 1;
	put_policy();
	check_damaged();
}

/* They would be evaluated into an array of RECORD_TERMS. */
static void more_terms_than_a_rule_holds_are_damage(void **state)
{
	struct verdict v;

	(void)state;
	memset(&v, 0, sizeof(v));
	policy.rule[0].terms = RECORD_TERMS + 1;
	policy.rule[1].terms = 4000;
	put_state();
	put(CONTROL_FACTS, 0, &now, sizeof(now));
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	check_damaged();
}

/* They would be indices and divisors. */
static void what_strategy_android_cannot_have_come_to_is_damage(void **state)
{
	for (int kind = 0; kind < 9; kind++) {
		struct android a = {};

		strategy_android.defaults(&policy);
		policy.android.minfrees += kind == 1 ? LMK_MINFREES + 1 : 0;
		policy.android.swap_compression_ratio_div -= kind == 2;
		policy.android.swap_compression_ratio += kind == 3 ? 1000 : 0;
		policy.android.window_ms += kind == 4 ? 10000 : 0;
		policy.rules += kind == 5;
		a.row = kind == 6 ? policy.rules + 1 : 0;
		a.level = kind == 7 ? 3 : 0;
		a.base_file_pages = kind == 8 ? ~0ULL : 0;
		put_state();
		put(CONTROL_ANDROID, 0, &a, sizeof(a));
		if (kind)
			check_damaged();
		else
			assert_int_equal(replay(), 0);
		end(state);
		begin(state);
	}
}

static void a_verdict_before_anything_else_is_damage(void **state)
{
	struct verdict v;

	(void)state;
	memset(&v, 0, sizeof(v));
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	check_damaged();
}

/* A history whose indices are out of bounds, or whose times do not grow. */
static void a_state_that_cannot_be_is_damage(void **state)
{
	struct verdict v = {};

	for (int kind = 0; kind < 5; kind++) {
		struct assess *a = &places.place[0].assess;

		now.mem_available_kib = 90000;
		place_push(&places, 0, &policy, &now);
		samples[0] = samples[1];
		a->history[0].newest = kind == 0 ? a->history[0].size : a->history[0].newest;
		a->history[2].count = kind == 1 ? a->history[2].size + 1 : 1;
		a->history[0].count = kind == 2 ? 2 : 1; /* two of the same time */
		put_policy();
		put_place(0);
		put_samples(0);
		if (kind == 3)
			put(CONTROL_SAMPLES, SYSTEM_SAMPLES, samples, sizeof(samples[0]));
		if (kind == 4)
			put(CONTROL_SAMPLES, -1, samples, sizeof(samples[0]));
		put(CONTROL_VERDICT, 0, &v, sizeof(v));
		check_damaged();
		end(state);
		begin(state);
	}
}

/* They would be walked beyond their end. */
static void more_steps_than_a_rule_holds_are_damage(void **state)
{
	(void)state;
	policy.rule[1].steps = RULE_STEPS + 1;
	put_policy();
	check_damaged();
}

static void a_place_beyond_the_next_one_is_damage(void **state)
{
	static const int places_of[] = { 2, PLACES_MAX, PLACES_MAX + 1, -1, INT_MIN };

	for (size_t i = 0; i < countof(places_of); i++) {
		put_crisis();
		put(CONTROL_PLACE, places_of[i], &places.place[1], sizeof(places.place[1]));
		check_damaged();
		end(state);
		begin(state);
	}
}

/* One by one until there is room for no more. */
static void more_places_than_there_are_is_damage(void **state)
{
	(void)state;
	put_state();
	add_place(70, 1);
	for (int i = 1; i <= PLACES_MAX; i++)
		put(CONTROL_PLACE, i, &places.place[1], sizeof(places.place[1]));
	check_damaged();
}

static void facts_of_no_place_are_damage(void **state)
{
	static const int places_of[] = { 1, PLACES_MAX, -1 };

	for (size_t i = 0; i < countof(places_of); i++) {
		put_crisis();
		put(CONTROL_FACTS, places_of[i], &now, sizeof(now));
		check_damaged();
		end(state);
		begin(state);
	}
}

/* The windows would look at samples that never came: of one look, or of many. */
static void a_place_without_its_samples_is_damage(void **state)
{
	for (int looks = 1; looks < 20; looks += 18) {
		for (int i = 0; i < looks; i++) {
			now.time_ns += 100 * MS;
			place_push(&places, 0, &policy, &now);
		}
		put_policy();
		put_place(0);
		put_facts(100 * MS, 0, 90000);
		check_damaged();
		end(state);
		begin(state);
	}
}

/* A cgroup has less room for them than the whole. */
static void samples_beyond_the_place_are_damage(void **state)
{
	static const int first[] = { CGROUP_SAMPLES, CGROUP_SAMPLES - 1, CGROUP_SAMPLES + 1, -1 };

	for (size_t i = 0; i < countof(first); i++) {
		add_place(70, 1);
		put_state();
		put(CONTROL_SAMPLES, first[i], samples, 2 * sizeof(samples[0]));
		check_damaged();
		end(state);
		begin(state);
	}
}

/* A parent comes before its children, or walks would not end. */
static void a_cgroup_that_is_its_own_ancestor_is_damage(void **state)
{
	for (int kind = 0; kind < 3; kind++) {
		add_cgroup_rule(0);
		put_crisis();
		cgroups[0].parent = kind == 0 ? 0 : kind == 1 ? 1 : CGROUP_NONE;
		cgroups[3].parent = kind == 2 ? 3 : 1;
		put(CONTROL_CGROUPS, 0, cgroups, 2 * sizeof(cgroups[0]));
		put(CONTROL_CGROUPS, 2, cgroups + 2, 2 * sizeof(cgroups[0]));
		check_damaged();
		end(state);
		begin(state);
	}
}

static void cgroups_out_of_order_are_damage(void **state)
{
	(void)state;
	add_cgroup_rule(0);
	put_crisis();
	put(CONTROL_CGROUPS, 0, cgroups, sizeof(cgroups[0]));
	put(CONTROL_CGROUPS, 2, cgroups + 2, sizeof(cgroups[0]));
	check_damaged();
}

/* Homes and groups of processes that point nowhere harm nobody. */
static void a_home_that_there_is_not_is_nowhere(void **state)
{
	static const __u32 homes[] = { 4, 4711, CGROUP_NONE };
	struct verdict v;
	__u32 place;

	(void)state;
	add_cgroup_rule(0);
	place = add_place(72, 1);
	for (size_t i = 0; i < countof(homes); i++)
		procs[i].home = homes[i];
	put_state();
	put_facts(0, 0, 500000);
	put_cgroup_facts(place, 900);
	v = put_cgroup_verdict();
	assert_int_equal(v.victim, NO_VICTIM);
	assert_int_equal(replay(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_recording_that_is_cut_off_is_said_to_be),
		TEST(a_frame_that_belongs_into_no_recording_is_damage),
		TEST(a_frame_of_the_wrong_size_is_damage),
		TEST(processes_out_of_order_are_damage),
		TEST(a_strategy_that_there_is_not_is_damage),
		TEST(more_rules_than_a_policy_holds_are_damage),
		TEST(more_terms_than_a_rule_holds_are_damage),
		TEST(what_strategy_android_cannot_have_come_to_is_damage),
		TEST(a_verdict_before_anything_else_is_damage),
		TEST(a_state_that_cannot_be_is_damage),
		TEST(more_steps_than_a_rule_holds_are_damage),
		TEST(a_place_beyond_the_next_one_is_damage),
		TEST(more_places_than_there_are_is_damage),
		TEST(facts_of_no_place_are_damage),
		TEST(a_place_without_its_samples_is_damage),
		TEST(samples_beyond_the_place_are_damage),
		TEST(a_cgroup_that_is_its_own_ancestor_is_damage),
		TEST(cgroups_out_of_order_are_damage),
		TEST(a_home_that_there_is_not_is_nowhere),
	};

	return RUN("reapctl/replay: damage", tests);
}
