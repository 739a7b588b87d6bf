// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_replay.c - reapctl replay: recordings come out as they were decided. Damaged ones are in
 * test_replay_damage.c.
 */
#include "recording.h"

static void a_recording_comes_out_as_it_was_decided(void **state)
{
	struct verdict v = put_crisis();

	(void)state;
	assert_int_equal(v.victim, 2);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "thrashing: psi.full 75% >= 60% over 2s"));
	assert_non_null(strstr(output, "pid 102 of 3 processes\n"));
	assert_non_null(strstr(output, "2 facts, 1 decisions, 0 different"));
}

static void memory_that_came_back_is_part_of_the_recording(void **state)
{
	struct verdict v = put_crisis();

	(void)state;
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	place_rebase(&places.place[0], now.time_ns);
	put_place(0);
	put_facts(2 * S, 1900 * MS, 70000);
	put(CONTROL_PROCS, 0, procs, sizeof(procs));
	v = decide_now();
	assert_int_equal(v.term[0].value, 950);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "3 facts, 2 decisions, 0 different"));
}

/* All have died meanwhile: then there is no frame of processes. */
static void a_decision_among_nobody_comes_out_as_it_was(void **state)
{
	struct verdict v = put_crisis();
	struct view nobody = { .facts = &places.place[0].assess.now };

	(void)state;
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	put_facts(2 * S, 1900 * MS, 70000);
	memset(&v, 0, sizeof(v));
	assert_true(decide(&strategy_host, &policy, &places, &nobody, NULL, &v));
	assert_int_equal(v.considered, 0);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "3 facts, 2 decisions, 0 different"));
}

static void a_verdict_of_any_other_byte_is_different(void **state)
{
	struct verdict v = put_crisis();

	(void)state;
	((char *)&v)[sizeof(v) - 1] ^= 1;
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 1);
	assert_non_null(strstr(output, "DIFFERENT"));
	assert_non_null(strstr(output, "1 decisions, 1 different"));
}

/* A verdict full of nonsense is shown, not believed. */
static void a_verdict_of_impossible_numbers_does_no_harm(void **state)
{
	struct verdict v = put_crisis();

	(void)state;
	memset(&v, 0xff, sizeof(v));
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 1);
	assert_non_null(strstr(output, "1 decisions, 1 different"));
}

static void a_name_without_its_end_is_not_read_beyond(void **state)
{
	struct verdict v;
	const char *name;

	(void)state;
	memset(policy.rule[3].name, 'n', sizeof(policy.rule[3].name));
	v = put_crisis();
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	name = strstr(output, "nnn");
	assert_non_null(name);
	assert_int_equal(name[strspn(name, "n")], ':');
}

/* Time that went back, with memory that came back then: nothing to divide by. */
static void time_that_goes_back_does_no_harm(void **state)
{
	struct verdict v;

	(void)state;
	memset(&v, 0, sizeof(v));
	put_state();
	put_facts(0, 0, 1);
	put_facts(S, 0, 1);
	put_facts((__u64)-S, 0, 1);
	place_rebase(&places.place[0], now.time_ns);
	put_place(0);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_in_range(replay(), 0, 1);
}

/* Recording begins in the middle of an episode: with what the windows held then. */
static void a_recording_begun_in_the_middle_comes_out_the_same(void **state)
{
	struct verdict v;

	(void)state;
	for (int i = 0; i < 10; i++) {
		now.time_ns += 150 * MS;
		now.full_ns += 140 * MS;
		now.mem_available_kib = 90000;
		place_push(&places, 0, &policy, &now);
	}
	put_state();
	put_facts(500 * MS, 400 * MS, 80000);
	put(CONTROL_PROCS, 0, procs, sizeof(procs));
	v = decide_now();
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "1 facts, 1 decisions, 0 different"));
}

static void buffers_shared_with_devices_are_in_the_recording(void **state)
{
	struct verdict v;

	(void)state;
	procs[0].dmabuf_kib = 800000;
	v = put_crisis();
	assert_int_equal(v.victim, 0);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "1 decisions, 0 different"));
}

/* Its rows of processes end before dmabuf_kib. */
static void an_older_recording_comes_out_as_it_was_decided(void **state)
{
	enum {
		ROW = 80
	};
	char rows[countof(procs)][ROW];
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < countof(procs); i++)
		memcpy(rows[i], &procs[i], ROW);
	put_state();
	put_facts(0, 0, 90000);
	put_facts(2 * S, 1500 * MS, 80000);
	put(CONTROL_OLD_PROCS, 0, rows, 2 * ROW);
	put(CONTROL_OLD_PROCS, 2, rows[2], ROW);
	v = decide_now();
	assert_int_equal(v.victim, 2);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "1 decisions, 0 different"));
}

static void a_rule_over_cgroups_comes_out_as_it_was_decided(void **state)
{
	struct verdict v;
	__u32 place;

	(void)state;
	add_cgroup_rule(0);
	place = add_place(72, 1);
	put_state();
	put_facts(0, 0, 500000);
	put_cgroup_facts(place, 900);
	v = put_cgroup_verdict();
	assert_int_equal(v.what, CHOOSE_CGROUP);
	assert_int_equal(v.cgroup, 2);
	assert_int_equal(v.place, place);
	assert_int_equal(v.members, 3);
	/* The next decision is one without cgroups. */
	place_rest(&places.place[place], 0, now.time_ns + 60 * S);
	put_place(place);
	put_facts(2750 * MS, 2100 * MS, 90000);
	put(CONTROL_PROCS, 0, procs, sizeof(procs));
	v = decide_now();
	assert_int_equal(v.rule, 4);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "cgroups: memory.current 90% >= 90%"));
	assert_non_null(strstr(output, "3 facts, 2 decisions, 0 different"));
}

/* What a comparison has held before the recording began is in it. */
static void a_duration_goes_on_in_the_recording(void **state)
{
	__u32 place;

	(void)state;
	add_cgroup_rule(1000);
	place = add_place(72, 1);
	places.place[0].assess.now = now;
	for (int i = 0; i < 2; i++) {
		struct facts f = now;

		place_push(&places, 0, &policy, &now);
		f.flags = FACT_CGROUP;
		f.usage_kib = 950000;
		place_push(&places, place, &policy, &f);
		now.time_ns += 500 * MS;
	}
	put_state();
	put_facts(0, 0, 500000);
	put_cgroup_facts(place, 950);
	assert_int_equal(put_cgroup_verdict().term[0].held_ms, 1000);
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "2 facts, 1 decisions, 0 different"));
}

/* A cgroup that is made while the recording runs, one that is removed, and one in its place. */
static void places_come_and_go_in_a_recording(void **state)
{
	__u32 place;

	(void)state;
	add_cgroup_rule(0);
	put_state();
	put_facts(0, 0, 500000);
	place = add_place(71, 1);
	put_place(place);
	put_cgroup_facts(place, 950);
	memset(&places.place[place], 0, sizeof(places.place[place]));
	put_place(place);
	put_facts(50 * MS, 0, 500000);
	places.n--;
	assert_int_equal(add_place(72, 1), place);
	put_place(place);
	put_cgroup_facts(place, 960);
	assert_int_equal(put_cgroup_verdict().term[0].value, 960);
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "4 facts, 1 decisions, 0 different"));
}

static void a_pressure_table_tells_when_a_rule_fired(void **state)
{
	(void)state;
	fputs("Time | MemAvail SwapFree | some avg10 full avg10\n"
	      "1.0 | 4000 0 | 0 0 0 0\n1.1 | 500 0 | 0 0 0 0\n1.2 | 100 0 | 0 0 0 0\n",
	      file);
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "0.20 s  exhausted: mem.available 2.5% < 10%"));
	assert_non_null(strstr(output, "3 facts, 1 times a rule fired"));
}

static void what_is_neither_is_said_with_its_line(void **state)
{
	fputs("hello\n", file);
	assert_int_equal(replay(), 1);
	assert_non_null(strstr(output, "neither a recording nor a pressure trace"));
	scratch_remove(state);
	begin(state);
	fputs("hello\nworld\n1 | x | y\n", file);
	assert_int_equal(replay(), 1);
	assert_non_null(strstr(output, "recording:3: not a row of a pressure trace"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_recording_comes_out_as_it_was_decided),
		TEST(memory_that_came_back_is_part_of_the_recording),
		TEST(a_decision_among_nobody_comes_out_as_it_was),
		TEST(a_verdict_of_any_other_byte_is_different),
		TEST(a_verdict_of_impossible_numbers_does_no_harm),
		TEST(a_name_without_its_end_is_not_read_beyond),
		TEST(time_that_goes_back_does_no_harm),
		TEST(a_recording_begun_in_the_middle_comes_out_the_same),
		TEST(buffers_shared_with_devices_are_in_the_recording),
		TEST(an_older_recording_comes_out_as_it_was_decided),
		TEST(a_rule_over_cgroups_comes_out_as_it_was_decided),
		TEST(a_duration_goes_on_in_the_recording),
		TEST(places_come_and_go_in_a_recording),
		TEST(a_pressure_table_tells_when_a_rule_fired),
		TEST(what_is_neither_is_said_with_its_line),
	};

	return RUN("reapctl/replay", tests);
}
