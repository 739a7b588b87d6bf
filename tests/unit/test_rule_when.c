// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_rule_when.c - rule_when: each signal in each of its units, operators, windows and durations,
 * and what is said where when a comparison is wrong.
 */
#include "test.h"

#include "../../agent/base/signal_text.h"
#include "../../agent/rule_parse.h"

static struct rule_draft draft;
static struct rule_fault fault;

static bool parse(const char *value)
{
	rule_begin(&draft, "test");
	return rule_set(&draft, RULE_KEY_WHEN, value, NULL, &fault);
}

/* Parse one comparison that must be right. */
static struct record_term term(const char *value)
{
	if (!parse(value))
		fail_msg("'%s' was refused: %zu: %s", value, fault.at, fault.text);
	assert_int_equal(draft.rule.terms, 1);
	return draft.rule.term[0];
}

static const struct {
	const char *text;
	__u16 signal;
	__s64 limit;
	__u8 flags;
	__u32 window_ms;
} units[] = {
	{ "psi.some < 12.5%", SIGNAL_PSI_SOME, 125, 0, 2000 },
	{ "psi.full < 100%", SIGNAL_PSI_FULL, 1000, 0, 2000 },
	{ "mem.available < 10%", SIGNAL_MEM_AVAILABLE, 100, 0, 0 },
	{ "mem.available < 1G", SIGNAL_MEM_AVAILABLE, 1 << 20, TERM_KIB, 0 },
	{ "mem.free < 5%", SIGNAL_MEM_FREE, 50, 0, 0 },
	{ "mem.free < 64MiB", SIGNAL_MEM_FREE, 65536, TERM_KIB, 0 },
	{ "mem.used < 99.9%", SIGNAL_MEM_USED, 999, 0, 0 },
	{ "mem.used < 2048", SIGNAL_MEM_USED, 2, TERM_KIB, 0 },
	{ "mem.file < 5%", SIGNAL_MEM_FILE, 50, 0, 0 },
	{ "mem.file < 200M", SIGNAL_MEM_FILE, 204800, TERM_KIB, 0 },
	{ "swap.free < 10%", SIGNAL_SWAP_FREE, 100, 0, 0 },
	{ "swap.free < 1K", SIGNAL_SWAP_FREE, 1, TERM_KIB, 0 },
	{ "swap.used < 90%", SIGNAL_SWAP_USED, 900, 0, 0 },
	{ "swap.used < 0", SIGNAL_SWAP_USED, 0, TERM_KIB, 0 },
	{ "zram.used < 55%", SIGNAL_ZRAM_USED, 550, 0, 0 },
	{ "zram.used < 8T", SIGNAL_ZRAM_USED, 8LL << 30, TERM_KIB, 0 },
	{ "refault < 350%", SIGNAL_REFAULT, 3500, 0, 2000 },
	{ "reclaim.efficiency < 20%", SIGNAL_EFFICIENCY, 200, 0, 2000 },
	{ "reclaim.stuck < 500ms", SIGNAL_STUCK, 500, 0, 0 },
	{ "reclaim.stuck < 3h", SIGNAL_STUCK, 10800000, 0, 0 },
	{ "pgscan < 0", SIGNAL_PGSCAN, 0, 0, 10000 },
	{ "pgscan < 9223372036854775807", SIGNAL_PGSCAN, INT64_MAX, 0, 10000 },
	{ "growth < 100M", SIGNAL_GROWTH, 102400, 0, 250 },
	{ "growth < 100M/s", SIGNAL_GROWTH, 102400, 0, 250 },
	{ "growth < 0", SIGNAL_GROWTH, 0, 0, 250 },
	{ "time.to.exhaustion < 2s", SIGNAL_EXHAUSTION, 2000, 0, 250 },
	{ "time.to.exhaustion < 3599s", SIGNAL_EXHAUSTION, 3599000, 0, 250 },
	{ "time.to.swap.full < 5s", SIGNAL_SWAP_FULL, 5000, 0, 250 },
	{ "memory.current < 95%", SIGNAL_CURRENT, 950, 0, 0 },
	{ "memory.current < 2G", SIGNAL_CURRENT, 2 << 20, TERM_KIB, 0 },
	{ "memory.swap < 100M", SIGNAL_SWAP_CURRENT, 102400, 0, 0 },
	{ "memory.high.events < 7", SIGNAL_HIGH_EVENTS, 7, 0, 10000 },
	{ "memory.max.events < 7", SIGNAL_MAX_EVENTS, 7, 0, 10000 },
	{ "memory.oom.events < 7", SIGNAL_OOM_EVENTS, 7, 0, 10000 },
	{ "kernel.oom < 1", SIGNAL_KERNEL_OOM, 1, 0, 10000 },
};

static void every_signal_takes_its_units(void **state)
{
	__u32 seen = 0;

	(void)state;
	for (size_t i = 0; i < countof(units); i++) {
		struct record_term t = term(units[i].text);

		seen |= 1u << t.signal;
		assert_int_equal(t.signal, units[i].signal);
		assert_int_equal(t.limit, units[i].limit);
		assert_int_equal(t.flags, units[i].flags);
		assert_int_equal(t.window_ms, units[i].window_ms);
		assert_int_equal(t.op, TERM_LT);
		assert_int_equal(t.for_ms, 0);
		assert_int_equal(t.value, 0);
		assert_int_equal(t.held_ms, 0);
	}
	assert_int_equal(seen, (1u << SIGNALS) - 2);
}

static void every_operator_is_read_with_and_without_blanks(void **state)
{
	static const char *const texts[][2] = {
		[TERM_LT] = { "psi.full < 5%", "psi.full<5%" },
		[TERM_GE] = { "psi.full >= 5%", "psi.full>=5%" },
		[TERM_LE] = { "psi.full <= 5%", "  psi.full\t<=5%  " },
		[TERM_GT] = { "psi.full > 5%", "psi.full> 5%" },
	};

	(void)state;
	for (__u32 op = 0; op < TERM_OPS; op++) {
		assert_int_equal(term(texts[op][0]).op, op);
		assert_int_equal(term(texts[op][1]).op, op);
	}
}

static void windows_and_durations_are_read(void **state)
{
	(void)state;
	assert_int_equal(term("psi.full >= 50% over 10ms").window_ms, 10);
	assert_int_equal(term("psi.full >= 50% over 10min").window_ms, 600000);
	assert_int_equal(term("growth > 1M over 500").window_ms, 500);
	assert_int_equal(term("mem.free < 1M for 0").for_ms, 0);
	assert_int_equal(term("mem.free < 1M for 1h").for_ms, 3600000);
}

static void a_whole_rule_is_read(void **state)
{
	const struct rule *r = &draft.rule;

	(void)state;
	assert_true(parse("psi.full>=50% over 10s for 20s and system.pgscan > 0 over 30s and "
			  "memory.current > 95% for 1h"));
	assert_int_equal(r->terms, 3);
	assert_int_equal(r->term[0].window_ms, 10000);
	assert_int_equal(r->term[0].for_ms, 20000);
	assert_int_equal(r->term[1].flags, TERM_SYSTEM);
	assert_int_equal(r->term[1].window_ms, 30000);
	assert_int_equal(r->term[2].for_ms, 3600000);
	assert_int_equal(draft.term_at[1], strlen("psi.full>=50% over 10s for 20s and "));
}

static void as_many_comparisons_as_a_record_holds_are_taken(void **state)
{
	(void)state;
	assert_true(parse("psi.full > 1% and psi.full > 1% and psi.full > 1% and psi.full > 1% and "
			  "psi.full > 1% and psi.full > 1%"));
	assert_int_equal(draft.rule.terms, RECORD_TERMS);
}

static const struct wrong {
	const char *value;
	size_t at;
	const char *text;
} wrong[] = {
	{ "", 0, "expected a signal, got the end of the line" },
	{ "psi.ful > 5%", 0, "unknown signal 'psi.ful'; did you mean psi.full?" },
	{ "psi.full > 5% and mem.availabel < 5%", 18,
	  "unknown signal 'mem.availabel'; did you mean mem.available?" },
	{ "system.swap.fre < 5%", 0,
	  "unknown signal 'system.swap.fre'; did you mean system.swap.free?" },
	{ "temperature > 5%", 0, "unknown signal 'temperature'; reapd.conf(5) lists them" },
	{ "> 5%", 0, "unknown signal '>'; reapd.conf(5) lists them" },
	{ "system. > 5%", 0, "unknown signal 'system.'; reapd.conf(5) lists them" },
	{ "system.memory.current > 5%", 0,
	  "only a cgroup has memory.current, not the whole system" },
	{ "psi.full is 5%", 9, "expected >=, >, <= or <, got 'is'" },
	{ "psi.full == 5%", 9, "expected >=, >, <= or <, got '=='" },
	{ "psi.full => 5%", 9, "expected >=, >, <= or <, got '=>'" },
	{ "psi.full >>5%", 9, "expected >=, >, <= or <, got '>>'" },
	{ "psi.full", 8, "expected >=, >, <= or <, got the end of the line" },
	{ "psi.full >", 10, "psi.full is measured in %, got the end of the line" },
	{ "psi.full > 5M", 11, "psi.full is measured in %, got '5M'" },
	{ "psi.full > 5", 11, "psi.full is measured in %, got '5'" },
	{ "psi.full > 5 %", 11, "psi.full is measured in %, got '5'" },
	{ "psi.full > -5%", 11, "expected a percentage like 60% or 12.5%, got '-5%'" },
	{ "psi.full > 12.55%", 11, "expected a percentage like 60% or 12.5%, got '12.55%'" },
	{ "psi.full > 100.1%", 11, "psi.full is at most 100%, got '100.1%'" },
	{ "psi.full > 99999999999%", 11, "psi.full is at most 100%, got '99999999999%'" },
	{ "refault > 100001%", 10, "refault is at most 100000%, got '100001%'" },
	{ "mem.free < 5s", 11, "mem.free is measured in % or as a size like 64M, got '5s'" },
	{ "mem.free < 101%", 11, "mem.free is at most 100%, got '101%'" },
	{ "mem.free < 512", 11,
	  "the limit of mem.free is out of range: at least 1K, or 0, got '512'" },
	{ "mem.free < 99999999999T", 11,
	  "the limit of mem.free is out of range: at least 1K, or 0, got '99999999999T'" },
	{ "memory.swap > 5%", 14, "memory.swap is a size like 64M, got '5%'" },
	{ "growth > 100M/min", 9, "growth is a size per second like 100M/s, got '100M/min'" },
	{ "growth > 5%", 9, "growth is a size per second like 100M/s, got '5%'" },
	{ "growth > /s", 9, "growth is a size per second like 100M/s, got '/s'" },
	{ "reclaim.stuck > 5%", 16, "reclaim.stuck is a time like 500ms, got '5%'" },
	{ "reclaim.stuck > 5us", 16, "reclaim.stuck is a time like 500ms, got '5us'" },
	{ "reclaim.stuck > 99999999999h", 16,
	  "the limit of reclaim.stuck is out of range, got '99999999999h'" },
	{ "time.to.exhaustion < 1h", 21, "time.to.exhaustion is at most 3599s, got '1h'" },
	{ "pgscan > 1K", 9, "pgscan is a plain number, got '1K'" },
	{ "pgscan > -1", 9, "pgscan is a plain number, got '-1'" },
	{ "pgscan > 9223372036854775808", 9,
	  "the limit of pgscan is out of range, got '9223372036854775808'" },
	{ "kernel.oom > 0 over", 19,
	  "expected a time like 2s behind 'over', got the end of the line" },
	{ "psi.full > 5% over 5%", 19, "expected a time like 2s behind 'over', got '5%'" },
	{ "psi.full > 5% over 1500us", 19, "expected a time like 2s behind 'over', got '1500us'" },
	{ "psi.full > 5% over 9ms", 19, "'over' takes from 10ms to 600s, got '9ms'" },
	{ "psi.full > 5% over 11min", 19, "'over' takes from 10ms to 600s, got '11min'" },
	{ "mem.free < 5% over 2s", 14, "mem.free is of now and has no window: no 'over'" },
	{ "mem.free < 5% for x", 18, "expected a time like 2s behind 'for', got 'x'" },
	{ "mem.free < 5% for 61min", 18, "'for' takes from 0ms to 3600s, got '61min'" },
	{ "psi.full > 5% for 2s over 2s", 21, "expected 'and' or the end of the line, got 'over'" },
	{ "psi.full > 5% mem.free < 5%", 14,
	  "expected 'over', 'for', 'and' or the end of the line, got 'mem.free'" },
	{ "psi.full > 5% AND mem.free < 5%", 14,
	  "expected 'over', 'for', 'and' or the end of the line, got 'AND'" },
	{ "psi.full > 5% or mem.free < 5%", 14, "there is no 'or': write a second rule" },
	{ "psi.full > 5% and", 17, "expected a signal, got the end of the line" },
	{ "psi.full > 5% and and", 18, "unknown signal 'and'; reapd.conf(5) lists them" },
	{ "psi.full > 1% and psi.full > 1% and psi.full > 1% and psi.full > 1% and psi.full > 1% "
	  "and psi.full > 1% and psi.full > 1%",
	  108, "more than 6 comparisons" },
	{ "psi.full \x1b[31m 5%", 9, "expected >=, >, <= or <, got '?[31m'" },
	{ "psi.full > x2345678901234567890123456789012345678901234567890", 11,
	  "psi.full is measured in %, got 'x234567890123456789012345678901234567890...'" },
};

static void what_is_wrong_is_said_where_it_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(wrong); i++) {
		if (parse(wrong[i].value))
			fail_msg("'%s' was taken", wrong[i].value);
		if (fault.at != wrong[i].at || strcmp(fault.text, wrong[i].text))
			fail_msg("'%s': %zu: %s", wrong[i].value, fault.at, fault.text);
	}
}

static void a_rule_is_as_it_was_after_an_error(void **state)
{
	struct rule_draft before;

	(void)state;
	assert_true(parse("mem.free < 5% and psi.full > 5%"));
	before = draft;
	for (size_t i = 0; i < countof(wrong); i++) {
		assert_false(rule_set(&draft, RULE_KEY_WHEN, wrong[i].value, NULL, &fault));
		assert_memory_equal(&draft, &before, sizeof(before));
	}
}

static void a_second_when_takes_the_place_of_the_first(void **state)
{
	struct rule_draft once;

	(void)state;
	assert_true(parse("mem.free < 5%"));
	once = draft;
	assert_true(parse("psi.full > 5% and system.swap.free < 7M and psi.full > 5% for 5s"));
	assert_true(rule_set(&draft, RULE_KEY_WHEN, "mem.free < 5%", NULL, &fault));
	assert_memory_equal(&draft, &once, sizeof(once));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_signal_takes_its_units),
		cmocka_unit_test(every_operator_is_read_with_and_without_blanks),
		cmocka_unit_test(windows_and_durations_are_read),
		cmocka_unit_test(a_whole_rule_is_read),
		cmocka_unit_test(as_many_comparisons_as_a_record_holds_are_taken),
		cmocka_unit_test(what_is_wrong_is_said_where_it_stands),
		cmocka_unit_test(a_rule_is_as_it_was_after_an_error),
		cmocka_unit_test(a_second_when_takes_the_place_of_the_first),
	};

	return RUN("rule_when", tests);
}
