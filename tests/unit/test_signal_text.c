// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_signal_text.c - base/signal_text: every signal and operator has its words, values are said in
 * the unit of their signal, and a comparison fits the room that is promised.
 */
#include "test.h"

#include "../../agent/base/signal_text.h"

static void every_signal_is_in_the_table(void **state)
{
	const struct signal_info *info;

	(void)state;
	for (__u32 i = 1; i < SIGNALS; i++) {
		info = signal_info(i);
		assert_non_null(info);
		assert_non_null(info->name);
		assert_non_null(info->words);
		assert_true(info->unit < SIGNAL_UNITS);
		assert_int_equal(signal_find(info->name), i);
		assert_string_equal(signal_name(i), info->name);
	}
	assert_string_equal(signal_name(SIGNAL_PSI_FULL), "psi.full");
	assert_string_equal(signal_name(SIGNAL_KERNEL_OOM), "kernel.oom");
}

static void what_is_no_signal_is_none(void **state)
{
	static const __u32 none[] = { 0, SIGNALS, SIGNALS + 1, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < countof(none); i++) {
		assert_null(signal_info(none[i]));
		assert_string_equal(signal_name(none[i]), "?");
	}
	assert_int_equal(signal_find(""), 0);
	assert_int_equal(signal_find("psi"), 0);
	assert_int_equal(signal_find("psi.fullx"), 0);
}

static void every_operator_has_its_sign_and_words(void **state)
{
	static const char *const signs[] = { "<", ">=", "<=", ">" };

	(void)state;
	assert_int_equal(countof(signs), TERM_OPS);
	for (__u32 i = 0; i < TERM_OPS; i++) {
		assert_string_equal(term_op_text(i), signs[i]);
		assert_string_not_equal(term_op_words(i), "?");
	}
	assert_string_equal(term_op_text(TERM_OPS), "?");
	assert_string_equal(term_op_words(UINT32_MAX), "?");
}

static void a_value_is_said_in_the_unit_of_its_signal(void **state)
{
	static const struct {
		__u32 signal, flags;
		__s64 value;
		const char *text;
	} cases[] = {
		{ SIGNAL_PSI_SOME, 0, 0, "0%" },
		{ SIGNAL_PSI_FULL, 0, 712, "71.2%" },
		{ SIGNAL_PSI_FULL, 0, 600, "60%" },
		{ SIGNAL_MEM_AVAILABLE, 0, 1000, "100%" },
		{ SIGNAL_MEM_AVAILABLE, TERM_KIB, 1000, "1000K" },
		{ SIGNAL_MEM_FREE, TERM_KIB, 10239, "10239K" },
		{ SIGNAL_MEM_USED, TERM_KIB, 10241, "10M" },
		{ SIGNAL_SWAP_FREE, 0, 5, "0.5%" },
		{ SIGNAL_SWAP_USED, TERM_KIB, 1 << 21, "2G" },
		{ SIGNAL_ZRAM_USED, TERM_KIB, (1 << 21) - 1, "2047M" },
		{ SIGNAL_EFFICIENCY, 0, 333, "33.3%" },
		{ SIGNAL_REFAULT, 0, 1500, "150%" },
		{ SIGNAL_EXHAUSTION, 0, 350, "350ms" },
		{ SIGNAL_EXHAUSTION, 0, 9999, "9999ms" },
		{ SIGNAL_EXHAUSTION, 0, SIGNAL_NEVER_MS - 1, "3599s" },
		{ SIGNAL_EXHAUSTION, 0, SIGNAL_NEVER_MS, "never" },
		{ SIGNAL_SWAP_FULL, 0, 350, "350ms" },
		{ SIGNAL_SWAP_FULL, 0, SIGNAL_NEVER_MS, "never" },
		{ SIGNAL_STUCK, 0, SIGNAL_NEVER_MS, "3600s" },
		{ SIGNAL_PGSCAN, 0, 4096, "4096" },
		{ SIGNAL_GROWTH, 0, -2048, "-2M/s" },
		{ SIGNAL_GROWTH, 0, -20481, "-20M/s" },
		{ SIGNAL_GROWTH, 0, 100, "100K/s" },
		{ SIGNAL_CURRENT, 0, 905, "90.5%" },
		{ SIGNAL_SWAP_CURRENT, 0, 1024, "1M" },
		{ SIGNAL_HIGH_EVENTS, 0, 7, "7" },
		{ SIGNAL_KERNEL_OOM, 0, INT64_MAX, "9223372036854775807" },
		{ SIGNALS, 0, -7, "-7" },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_ptr_equal(signal_value_text(buf, sizeof(buf), cases[i].signal,
						   cases[i].flags, cases[i].value),
				 buf);
		assert_string_equal(buf, cases[i].text);
	}
}

/* A value is for reading; the limit is what was written, to the KiB. */
static void a_limit_is_exact(void **state)
{
	struct record_term t = { .signal = SIGNAL_MEM_FREE, .flags = TERM_KIB, .limit = 10241 };
	char buf[64];

	(void)state;
	assert_string_equal(term_limit_text(buf, sizeof(buf), &t), "10241K");
	t.limit = 1ULL << 30;
	assert_string_equal(term_limit_text(buf, sizeof(buf), &t), "1T");
	t = (struct record_term){ .signal = SIGNAL_EXHAUSTION, .limit = SIGNAL_NEVER_MS };
	assert_string_equal(term_limit_text(buf, sizeof(buf), &t), "3600s");
}

static const struct record_term full = {
	.signal = SIGNAL_PSI_FULL, .op = TERM_GE, .window_ms = 2000, .value = 712, .limit = 600
};
static const struct record_term available = { .signal = SIGNAL_MEM_AVAILABLE,
					      .value = 31,
					      .limit = 100 };
static const struct record_term soon = {
	.signal = SIGNAL_EXHAUSTION, .window_ms = 250, .value = 0, .limit = 500
};
static const struct record_term no_swap = { .signal = SIGNAL_SWAP_FREE,
					    .flags = TERM_NA,
					    .limit = 100 };
static const struct record_term held = { .signal = SIGNAL_PSI_SOME,
					 .op = TERM_GT,
					 .flags = TERM_SYSTEM,
					 .window_ms = 10000,
					 .for_ms = 20000,
					 .held_ms = 12100,
					 .value = 300,
					 .limit = 250 };

static void a_term_says_value_limit_window_and_how_long_it_held(void **state)
{
	char buf[128];

	(void)state;
	assert_string_equal(term_text(buf, sizeof(buf), &full), "psi.full 71.2% >= 60% over 2s");
	assert_string_equal(term_text(buf, sizeof(buf), &available), "mem.available 3.1% < 10%");
	assert_string_equal(term_text(buf, sizeof(buf), &soon),
			    "time.to.exhaustion 0ms < 500ms over 250ms");
	assert_string_equal(term_text(buf, sizeof(buf), &no_swap), "swap.free does not apply");
	assert_string_equal(term_text(buf, sizeof(buf), &held),
			    "system.psi.some 30% > 25% over 10s for 20s, held 12.1 s");
	assert_string_equal(term_rule_text(buf, sizeof(buf), &held),
			    "system.psi.some > 25% over 10s for 20s");
	assert_string_equal(term_rule_text(buf, sizeof(buf), &no_swap), "swap.free < 10%");
}

/* Nothing is cut in the room that is promised, whatever a record from a file holds. */
static void the_widest_term_of_each_signal_fits(void **state)
{
	static const __s64 values[] = { INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 6, INT64_MAX };
	char exact[TERM_TEXT], more[512];

	(void)state;
	for (__u32 i = 0; i < SIGNALS * 2 * countof(values); i++) {
		struct record_term t = { .signal = (__u16)(i % SIGNALS),
					 .op = TERM_GE,
					 .flags = TERM_SYSTEM | (i / SIGNALS % 2 ? TERM_KIB : 0),
					 .window_ms = UINT32_MAX,
					 .for_ms = UINT32_MAX,
					 .held_ms = UINT32_MAX };

		t.value = t.limit = values[i / SIGNALS / 2];
		assert_string_equal(term_text(exact, sizeof(exact), &t),
				    term_text(more, sizeof(more), &t));
	}
}

static void terms_are_joined_and_never_more_than_a_record_holds(void **state)
{
	struct record_term term[RECORD_TERMS] = {
		available, no_swap, available, no_swap, full, soon
	};
	char buf[512];

	(void)state;
	assert_string_equal(terms_text(buf, sizeof(buf), term, 0), "");
	assert_string_equal(terms_text(buf, sizeof(buf), term, 1), "mem.available 3.1% < 10%");
	assert_string_equal(terms_text(buf, sizeof(buf), term, 2),
			    "mem.available 3.1% < 10% and swap.free does not apply");
	for (size_t size = 1; size < sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		terms_text(buf, size, term, RECORD_TERMS);
		assert_in_range(strlen(buf), 0, size - 1);
		assert_int_equal(buf[size], 'x');
	}
	terms_text(buf, sizeof(buf), term, UINT32_MAX);
	assert_string_equal(buf + strlen(buf) - strlen(" over 250ms"), " over 250ms");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_signal_is_in_the_table),
		cmocka_unit_test(what_is_no_signal_is_none),
		cmocka_unit_test(every_operator_has_its_sign_and_words),
		cmocka_unit_test(a_value_is_said_in_the_unit_of_its_signal),
		cmocka_unit_test(a_limit_is_exact),
		cmocka_unit_test(a_term_says_value_limit_window_and_how_long_it_held),
		cmocka_unit_test(the_widest_term_of_each_signal_fits),
		cmocka_unit_test(terms_are_joined_and_never_more_than_a_record_holds),
	};

	return RUN("base/signal_text", tests);
}
