// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_traced.c - tools/traced, ksymbols, latency_bars: what the tracer saw becomes stages, causes and
 * text.
 */
#include "test.h"

#include "../../tools/ksymbols.h"
#include "../../tools/latency.h"
#include "../../tools/traced.h"
#include <reapd/types.h>

#define MS 1000000ULL

static const char symbols_text[] = "0000000000001000 T schedule\n"
				   "0000000000002000 t rwsem_down_write_slowpath\n"
				   "0000000000003000 T exit_mmap\n"
				   "0000000000004000 t do_freezer_trap\n"
				   "0000000000005000 D not_code\n"
				   "no address at all\n"
				   "0000000000006000 T folio_wait_bit\t[module]\n";

static struct ksymbols *symbols;
static struct traced d;

static struct ksymbols *read_text(const char *text)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	struct ksymbols *k = ksymbols_read(f);

	fclose(f);
	return k;
}

static int begin(void **state)
{
	const struct trace_stage kill = {
		.type = TRACE_KILL,
		.tgid = 7,
		.time_ns = 1000 * MS,
		.mm_id = 0xabc,
		.kib = 2048,
		.threads = 2,
		.by = { .tgid = 9, .tid = 9, .comm = "sh" },
		.task.who = { .tgid = 7, .tid = 7, .comm = "hog" },
	};

	(void)state;
	symbols = read_text(symbols_text);
	traced_begin(&d, &kill);
	return !symbols;
}

static int done(void **state)
{
	(void)state;
	ksymbols_free(symbols);
	return 0;
}

static void stage(__u32 type, __u64 after_ms, __s32 value, __u32 by)
{
	struct trace_stage e = { .type = type,
				 .tgid = 7,
				 .mm_id = 0xabc,
				 .value = value,
				 .time_ns = (1000 + after_ms) * MS,
				 .by = { .tgid = by, .comm = "x" } };

	traced_stage(&d, &e);
}

static struct trace_task task(__u32 state, __u32 flags, __u64 inner, __u64 outer)
{
	struct trace_task t = { .state = state,
				.flags = flags,
				.frames = inner ? 3 : 0,
				.stack = { 0x1004, inner, outer } };

	return t;
}

/* One pass in which this one thing was seen. */
static void look(__u32 role, const struct trace_task *t, const char *file)
{
	struct trace_look l = { .victim = 7, .role = role, .task = *t };

	snprintf(l.file, sizeof(l.file), "%s", file);
	traced_look_begin(&d);
	traced_look(&d, &l, symbols);
	traced_look_end(&d);
}

static char text[8192];

static const char *printed(void)
{
	FILE *f = fmemopen(text, sizeof(text), "w");

	traced_print(f, &d, 0, 20 * MS);
	fclose(f);
	return text;
}

static void an_address_has_the_name_of_the_function_before_it(void **state)
{
	(void)state;
	assert_string_equal(ksymbols_name(symbols, 0x2fff), "rwsem_down_write_slowpath");
	assert_string_equal(ksymbols_name(symbols, 0x5800), "do_freezer_trap");
	assert_string_equal(ksymbols_name(symbols, 0x6001), "folio_wait_bit");
	assert_string_equal(ksymbols_name(symbols, 0xfff), "?");
	assert_string_equal(ksymbols_name(NULL, 0x2000), "?");
}

static void a_kernel_that_hides_its_addresses_has_no_names(void **state)
{
	(void)state;
	assert_null(read_text("0000000000000000 T schedule\n0000000000000000 T exit_mmap\n"));
	assert_null(read_text("rubbish\n"));
}

static void what_a_thread_waits_for_is_told_from_state_flags_and_stack(void **state)
{
	const struct {
		struct trace_task task;
		enum wait wait;
	} all[] = {
		{ task(0, TRACE_F_ON_CPU, 0, 0), WAIT_RUNS },
		{ task(0, 0, 0, 0), WAIT_CPU },
		{ task(0, TRACE_F_THROTTLED, 0, 0), WAIT_THROTTLED },
		{ task(1, TRACE_F_THROTTLED, 0, 0), WAIT_SLEEPS },
		{ task(1, 0, 0, 0), WAIT_SLEEPS },
		{ task(2, 0, 0x6004, 0x3004), WAIT_DEEP },
		{ task(2, 0, 0x2004, 0x3004), WAIT_LOCK },
		{ task(2, 0, 0x2004, 0x6004), WAIT_DEEP },
		{ task(0x402, 0, 0, 0), WAIT_SLEEPS },
		{ task(8, 0, 0, 0), WAIT_STOPPED },
		{ task(1, 0, 0x4004, 0x6004), WAIT_FROZEN },
		{ task(1, TRACE_F_FROZEN, 0, 0), WAIT_FROZEN },
		{ task(0, TRACE_F_FROZEN | TRACE_F_ON_CPU, 0, 0), WAIT_FROZEN },
	};

	(void)state;
	for (size_t i = 0; i < countof(all); i++)
		assert_int_equal(wait_of(&all[i].task, symbols), all[i].wait);
}

static void a_stack_of_more_frames_than_fit_is_not_read_beyond(void **state)
{
	struct trace_task t = task(2, 0, 0x6004, 0x3004);

	(void)state;
	t.frames = 1000;
	assert_int_equal(wait_of(&t, symbols), WAIT_DEEP);
}

static void it_is_over_when_threads_and_memory_are_gone_and_mrelease_is_back(void **state)
{
	(void)state;
	stage(TRACE_DELIVERED, 1, 0, 7);
	stage(TRACE_EXIT, 2, 1, 7);
	assert_false(traced_over(&d, true));
	stage(TRACE_CALLED, 2, 0, 9);
	stage(TRACE_EXIT, 3, 0, 7);
	assert_false(traced_over(&d, false));
	stage(TRACE_RETURNED, 4, -3, 9);
	assert_true(traced_over(&d, false));
	assert_false(traced_over(&d, true));
	assert_true(traced_pinned(&d));
	stage(TRACE_FREED, 5, 0, 7);
	assert_true(traced_over(&d, true));
	assert_false(d.freed_elsewhere);
	assert_int_equal(d.delivered_ns, 1001 * MS);
	assert_int_equal(d.first_exit_ns, 1002 * MS);
	assert_int_equal(d.last_exit_ns, 1003 * MS);
	assert_int_equal(d.answer, -3);
}

static void the_first_delivery_counts_and_the_last_exit(void **state)
{
	(void)state;
	stage(TRACE_DELIVERED, 1, 0, 7);
	stage(TRACE_DELIVERED, 9, 0, 7);
	assert_int_equal(d.delivered_ns, 1001 * MS);
}

static void a_long_wait_for_a_cpu_is_explained(void **state)
{
	struct trace_task waits = task(0, 0, 0, 0);

	(void)state;
	waits.policy = 5;
	for (int i = 0; i < 9; i++)
		look(TRACE_VICTIM, &waits, "");
	waits.flags = TRACE_F_ON_CPU;
	look(TRACE_VICTIM, &waits, "");
	stage(TRACE_DELIVERED, 100, 0, 7);
	stage(TRACE_EXIT, 101, 0, 7);
	stage(TRACE_FREED, 102, 0, 7);
	assert_non_null(strstr(printed(), "hog[7] 2.0 MiB, 2 threads: by sh[9]\n"));
	assert_non_null(strstr(text, "100.0 ms until it began to die:\n"
				     "     90 % runnable without a CPU (SCHED_IDLE)\n"
				     "     10 % on a CPU\n"));
	assert_null(strstr(text, "until its last thread"));
}

static void who_holds_the_memory_is_named_with_the_file(void **state)
{
	struct trace_task reader = task(1, 0, 0, 0);

	(void)state;
	snprintf(reader.who.comm, sizeof(reader.who.comm), "ps\x1b[");
	reader.who.tgid = 42;
	stage(TRACE_DELIVERED, 1, 0, 7);
	stage(TRACE_EXIT, 1, 0, 7);
	look(TRACE_READER, &reader, "smaps");
	assert_non_null(strstr(printed(), "from there until its memory was back: not yet\n"));
	assert_non_null(
		strstr(text, "100 % its mm is held by ps?[[42], in a call on /proc/7/smaps\n"));
	stage(TRACE_FREED, 900, 0, 42);
	assert_non_null(strstr(printed(), "the last to let go of its mm: x[42]\n"));
}

static void of_several_threads_the_one_that_is_held_back_most_is_told(void **state)
{
	struct trace_look l = { .victim = 7, .role = TRACE_VICTIM, .task = task(0, 0, 0, 0) };

	(void)state;
	traced_look_begin(&d);
	traced_look(&d, &l, symbols);
	l.task = task(2, 0, 0x2004, 0x3004);
	traced_look(&d, &l, symbols);
	l.task = task(0, TRACE_F_ON_CPU, 0, 0);
	traced_look(&d, &l, symbols);
	traced_look_end(&d);
	assert_int_equal(d.looks[PHASE_DELIVER][WAIT_LOCK], 1);
	assert_int_equal(d.looks[PHASE_DELIVER][WAIT_CPU], 0);
	assert_string_equal(d.where[PHASE_DELIVER], "exit_mmap");
}

static void no_line_is_wider_than_80_columns(void **state)
{
	struct trace_look l = { .victim = 7, .role = TRACE_READER };
	char *line, *rest;

	(void)state;
	d.kill.tgid = d.kill.task.who.tgid = d.kill.by.tgid = l.task.who.tgid = 4194303;
	memset(d.kill.task.who.comm, 'v', 15);
	memset(d.kill.by.comm, 'b', 15);
	memset(l.task.who.comm, 'p', 15);
	memset(l.file, 'f', 15);
	d.kill.kib = 1ULL << 30;
	d.kill.threads = 32000;
	d.oom = true;
	stage(TRACE_DELIVERED, 1, 0, 7);
	stage(TRACE_EXIT, 100000, 0, 7);
	traced_look_begin(&d);
	traced_look(&d, &l, symbols);
	traced_look_end(&d);
	printed();
	for (rest = text; (line = strsep(&rest, "\n"));)
		assert_true(strlen(line) <= 80);
}

static void json_has_the_stages_that_were_and_no_others(void **state)
{
	struct json_object *o;
	const char *json;

	(void)state;
	d.oom = true;
	stage(TRACE_DELIVERED, 1, 0, 7);
	o = traced_json(&d, 5);
	json = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	assert_non_null(strstr(json, "\"delivered_ns\":1000000"));
	assert_non_null(strstr(json, "\"sender\":\"kernel-oom\""));
	assert_null(strstr(json, "freed_ns"));
	json_object_put(o);
}

static void bars_are_as_long_as_the_most_and_never_too_wide(void **state)
{
	struct latency l = { .count = 1000002, .slots = { [4] = 1000000, [6] = 2 } };
	FILE *f = fmemopen(text, sizeof(text), "w");
	char *line, *rest = text;

	(void)state;
	latency_bars(f, "a step", &l, false);
	fclose(f);
	assert_non_null(strstr(text, "\na step\n  <     16 us |####"));
	assert_non_null(strstr(text, "\n  <     32 us |      "));
	assert_non_null(strstr(text, "\n  <     64 us |#     "));
	assert_null(strstr(text, "128 us"));
	while ((line = strsep(&rest, "\n")))
		assert_true(strlen(line) <= 80);
}

static void nothing_is_drawn_of_nothing(void **state)
{
	const struct latency none = {};
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	fputs(".", f);
	latency_bars(f, "a step", &none, true);
	fclose(f);
	assert_string_equal(text, ".");
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_address_has_the_name_of_the_function_before_it),
		T(a_kernel_that_hides_its_addresses_has_no_names),
		T(what_a_thread_waits_for_is_told_from_state_flags_and_stack),
		T(a_stack_of_more_frames_than_fit_is_not_read_beyond),
		T(it_is_over_when_threads_and_memory_are_gone_and_mrelease_is_back),
		T(the_first_delivery_counts_and_the_last_exit),
		T(a_long_wait_for_a_cpu_is_explained),
		T(who_holds_the_memory_is_named_with_the_file),
		T(of_several_threads_the_one_that_is_held_back_most_is_told),
		T(no_line_is_wider_than_80_columns),
		T(json_has_the_stages_that_were_and_no_others),
		T(bars_are_as_long_as_the_most_and_never_too_wide),
		T(nothing_is_drawn_of_nothing),
	};

	return RUN("traced", tests);
}
