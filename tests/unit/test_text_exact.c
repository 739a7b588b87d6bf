// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_text_exact.c - base/text: what is printed exactly reads as the same again.
 */
#include "test.h"

#include "../../agent/base/text.h"

/* The largest unit of which it is a whole number, and what is read from that. */
static void an_exact_text_reads_as_the_same_again(void **state)
{
	static const struct {
		uint64_t n;
		const char *kib, *ms;
	} cases[] = {
		{ 0, "0K", "0ms" },
		{ 1, "1K", "1ms" },
		{ 1000, "1000K", "1s" },
		{ 1024, "1M", "1024ms" },
		{ 1025, "1025K", "1025ms" },
		{ 1572864, "1536M", "1572864ms" },
		{ 600000, "600000K", "600s" },
		{ 3ULL << 40, "3072T", "3298534883328ms" },
		{ UINT64_MAX >> 10, "18014398509481983K", "18014398509481983ms" },
	};
	char text[32];
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_string_equal(text_kib_exact(text, sizeof(text), cases[i].n), cases[i].kib);
		assert_int_equal(text_to_kib(text, &n), 0);
		assert_int_equal(n, cases[i].n);
		assert_string_equal(text_ms_exact(text, sizeof(text), cases[i].n), cases[i].ms);
		if (cases[i].n > UINT64_MAX / 1000000)
			continue;
		assert_int_equal(text_to_ns(text, &n), 0);
		assert_int_equal(n, cases[i].n * 1000000);
	}
}

static void an_exact_share_reads_as_the_same_again(void **state)
{
	static const struct {
		uint32_t permille;
		const char *text;
	} cases[] = { { 0, "0%" },	{ 1, "0.1%" },	  { 9, "0.9%" },    { 10, "1%" },
		      { 125, "12.5%" }, { 999, "99.9%" }, { 1000, "100%" }, { 12345, "1234.5%" } };
	uint32_t permille;
	char text[32];

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_string_equal(text_permille(text, sizeof(text), cases[i].permille),
				    cases[i].text);
		assert_int_equal(text_to_permille(text, &permille), 0);
		assert_int_equal(permille, cases[i].permille);
	}
	assert_int_equal(strlen(text_permille(text, sizeof(text), UINT64_MAX)), 22);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exact_text_reads_as_the_same_again),
		cmocka_unit_test(an_exact_share_reads_as_the_same_again),
	};

	return RUN("base/text: exact", tests);
}
