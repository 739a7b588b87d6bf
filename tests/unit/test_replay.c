// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_replay.c - reapctl replay: recordings come out as they were decided, and a damaged one is
 * said to be damaged, whatever is in it. Each run is a process of its own, as in life.
 */
#include "test.h"

#include <sys/wait.h>

#include "../../agent/decide/strategy.h"
#include <reapd/control.h>

#define MS 1000000ULL
#define S  (1000 * MS)

static FILE *file;
static struct policy policy;
static struct assess assess;
static struct proc procs[3];
static struct facts now;
static char output[8192];

static void put(__u16 type, int arg, const void *payload, size_t size)
{
	struct control c = { .magic = CONTROL_MAGIC,
			     .version = CONTROL_VERSION,
			     .type = type,
			     .size = (__u32)size,
			     .arg = arg };

	fwrite(&c, sizeof(c), 1, file);
	fwrite(payload, size, 1, file);
}

/* Facts as they come: into the recording and into our own state. */
static void put_facts(__u64 ns, __u64 full_ns, __u64 available_kib)
{
	now.time_ns += ns;
	now.full_ns += full_ns;
	now.mem_available_kib = available_kib;
	assess_push(&assess, &now);
	put(CONTROL_FACTS, 0, &now, sizeof(now));
}

static struct verdict decide_now(void)
{
	struct view view = { &assess.now, procs, countof(procs) };
	struct verdict v;

	memset(&v, 0, sizeof(v));
	assert_true(decide(&strategy_host, &policy, &assess, &view, &v));
	return v;
}

static int begin(void **state)
{
	if (scratch_make(state))
		return -1;
	file = fopen(in_scratch("recording"), "wbe");
	strategy_host.defaults(&policy);
	assess_init(&assess);
	now = (struct facts){ .time_ns = 100 * S, .mem_total_kib = 1000000 };
	for (__u32 i = 0; i < countof(procs); i++)
		procs[i] = (struct proc){ .tgid = 100 + i,
					  .mm_id = i + 1,
					  .anon_kib = 9000 * (i + 1) };
	return file ? 0 : -1;
}

/* Everything up to a decision. */
static struct verdict put_crisis(void)
{
	put(CONTROL_POLICY, 0, &policy, sizeof(policy));
	put_facts(0, 0, 90000);
	put_facts(2 * S, 1500 * MS, 80000);
	put(CONTROL_PROCS, 0, procs, 2 * sizeof(procs[0]));
	put(CONTROL_PROCS, 2, procs + 2, sizeof(procs[0]));
	return decide_now();
}

/* Run reapctl replay in a child; its exit code, or minus the signal. What it said: `output`. */
static int replay(void)
{
	char *argv[] = { (char *)"replay", (char *)in_scratch("recording"), NULL };
	const struct tool tool = { .json = false };
	int mem = memfd_create("output", MFD_CLOEXEC), status;
	pid_t pid;
	ssize_t n;

	if (file)
		fclose(file);
	file = NULL;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		crash_for_real();
		dup2(mem, STDOUT_FILENO);
		dup2(mem, STDERR_FILENO);
		status = verb_replay(&tool, 2, argv);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	n = pread(mem, output, sizeof(output) - 1, 0);
	output[n < 0 ? 0 : n] = 0;
	close(mem);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

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
	__u64 rebase_ns = now.time_ns;

	(void)state;
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	put(CONTROL_REBASE, 0, &rebase_ns, sizeof(rebase_ns));
	assess_rebase(&assess, rebase_ns);
	put_facts(2 * S, 1900 * MS, 70000);
	v = decide_now();
	assert_int_equal(v.term[0].value, 950);
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

static void check_damaged(void)
{
	int code = replay();

	if (code != 1 || !strstr(output, "damaged or cut off at byte"))
		fail_msg("exit %d: %s", code, output);
}

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
	static const __u16 types[] = { CONTROL_POLICY, CONTROL_FACTS, CONTROL_VERDICT,
				       CONTROL_REBASE, CONTROL_PROCS };

	for (size_t i = 0; i < countof(types); i++) {
		put_crisis();
		put(types[i], 0, &policy, 7);
		check_damaged();
		scratch_remove(state);
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
	put(CONTROL_POLICY, 0, &policy, sizeof(policy));
	check_damaged();
}

static void more_rules_than_a_policy_holds_are_damage(void **state)
{
	(void)state;
	policy.rules = RULES_MAX + 1;
	put(CONTROL_POLICY, 0, &policy, sizeof(policy));
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
	put(CONTROL_POLICY, 0, &policy, sizeof(policy));
	put_facts(S, 0, 90000);
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	check_damaged();
}

static void a_name_without_its_end_is_not_read_beyond(void **state)
{
	struct verdict v;
	const char *name;

	(void)state;
	memset(policy.rule[1].name, 'n', sizeof(policy.rule[1].name));
	v = put_crisis();
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	name = strstr(output, "nnn");
	assert_non_null(name);
	assert_int_equal(name[strspn(name, "n")], ':');
}

static void a_verdict_before_anything_else_is_damage(void **state)
{
	struct verdict v;

	(void)state;
	memset(&v, 0, sizeof(v));
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	check_damaged();
}

/* Time that went back, with memory that came back then: nothing to divide by. */
static void time_that_goes_back_does_no_harm(void **state)
{
	struct verdict v;
	__u64 rebase_ns;

	(void)state;
	memset(&v, 0, sizeof(v));
	put(CONTROL_POLICY, 0, &policy, sizeof(policy));
	put_facts(0, 0, 1);
	put_facts(S, 0, 1);
	put_facts((__u64)-S, 0, 1);
	rebase_ns = now.time_ns;
	put(CONTROL_REBASE, 0, &rebase_ns, sizeof(rebase_ns));
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_in_range(replay(), 0, 1);
}

/* Recording begins in the middle of an episode: with what the windows held then. */
static void put_assess(void)
{
	const char *bytes = (const char *)&assess;

	for (size_t at = 0, n; at < sizeof(assess); at += n) {
		n = sizeof(assess) - at < 16384 ? sizeof(assess) - at : 16384;
		put(CONTROL_ASSESS, (int)at, bytes + at, n);
	}
}

static void a_recording_begun_in_the_middle_comes_out_the_same(void **state)
{
	struct verdict v;

	(void)state;
	for (int i = 0; i < 10; i++) {
		now.time_ns += 150 * MS;
		now.full_ns += 140 * MS;
		now.mem_available_kib = 90000;
		assess_push(&assess, &now);
	}
	put(CONTROL_POLICY, 0, &policy, sizeof(policy));
	put_assess();
	put_facts(500 * MS, 400 * MS, 80000);
	put(CONTROL_PROCS, 0, procs, sizeof(procs));
	v = decide_now();
	put(CONTROL_VERDICT, 0, &v, sizeof(v));
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "1 facts, 1 decisions, 0 different"));
}

static void a_state_that_cannot_be_is_damage(void **state)
{
	struct verdict v = {};

	for (int kind = 0; kind < 4; kind++) {
		put(CONTROL_POLICY, 0, &policy, sizeof(policy));
		assess_init(&assess);
		put_facts(S, 0, 90000);
		assess.fine.newest = kind == 0 ? HISTORY_SAMPLES : assess.fine.newest;
		assess.coarse.count = kind == 1 ? HISTORY_SAMPLES + 1 : 1;
		assess.fine.count = kind == 2 ? 2 : 1; /* two of the same time */
		assess.fine.sample[0] = assess.fine.sample[1];
		if (kind == 3)
			put(CONTROL_ASSESS, 8, &assess, 100);
		else
			put_assess();
		put(CONTROL_VERDICT, 0, &v, sizeof(v));
		check_damaged();
		scratch_remove(state);
		begin(state);
	}
}

static void a_pressure_table_tells_when_a_rule_fired(void **state)
{
	(void)state;
	fputs("Time | MemAvail SwapFree | some avg10 full avg10\n"
	      "1.0 | 4000 0 | 0 0 0 0\n1.1 | 300 0 | 0 0 0 0\n1.2 | 100 0 | 0 0 0 0\n",
	      file);
	assert_int_equal(replay(), 0);
	assert_non_null(strstr(output, "0.20 s  exhausted: mem.available 2.5% < 5%"));
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

static int end(void **state)
{
	if (file)
		fclose(file);
	file = NULL;
	return scratch_remove(state);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_recording_comes_out_as_it_was_decided),
		TEST(memory_that_came_back_is_part_of_the_recording),
		TEST(a_verdict_of_any_other_byte_is_different),
		TEST(a_verdict_of_impossible_numbers_does_no_harm),
		TEST(a_recording_that_is_cut_off_is_said_to_be),
		TEST(a_frame_that_belongs_into_no_recording_is_damage),
		TEST(a_frame_of_the_wrong_size_is_damage),
		TEST(processes_out_of_order_are_damage),
		TEST(a_strategy_that_there_is_not_is_damage),
		TEST(more_rules_than_a_policy_holds_are_damage),
		TEST(more_terms_than_a_rule_holds_are_damage),
		TEST(a_name_without_its_end_is_not_read_beyond),
		TEST(a_verdict_before_anything_else_is_damage),
		TEST(time_that_goes_back_does_no_harm),
		TEST(a_recording_begun_in_the_middle_comes_out_the_same),
		TEST(a_state_that_cannot_be_is_damage),
		TEST(a_pressure_table_tells_when_a_rule_fired),
		TEST(what_is_neither_is_said_with_its_line),
	};

	return RUN("reapctl/replay", tests);
}
