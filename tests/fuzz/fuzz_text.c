// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_text.c - base/text: all parsers and cleaners on any string. */
#include "fuzz.h"

#include "../../agent/base/text.h"

/* A number that was understood is written the same way again, but for leading zeroes. */
static void check_number(const char *text)
{
	uint64_t n = 0;
	int64_t i = 0;
	char again[32];

	if (!text_to_u64(text, &n)) {
		snprintf(again, sizeof(again), "%llu", (unsigned long long)n);
		while (text[0] == '0' && text[1])
			text++;
		MUST(!strcmp(text, again));
		MUST((n <= INT64_MAX) == !text_to_i64(text, &i));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size), copy[16], said[32];
	uint64_t value = 0;
	uint32_t share = 0;
	bool yes;

	check_number(text);
	text_to_bool(text, &yes);
	if (!text_to_kib(text, &value))
		MUST(strlen(text_kib(said, sizeof(said), value)) < sizeof(said) - 1);
	if (!text_to_ns(text, &value))
		MUST(strlen(text_ns(said, sizeof(said), value)) < sizeof(said) - 1);
	MUST(text_to_permille(text, &share) || strchr(text, '%') == text + strlen(text) - 1);
	MUST(text_distance(text, "psi.full") <= 32 && !text_distance(text, text));
	MUST(text_copy(copy, sizeof(copy), text) == (strlen(text) < sizeof(copy)));
	MUST(!strncmp(copy, text, strlen(copy)));
	value = strlen(text);
	yes = text_is_clean(text);
	text_clean(text);
	MUST(strlen(text) == value);
	MUST(!*text || text_is_clean(text));
	MUST(!yes || !memcmp(text, data, value));
	free(text);
	return 0;
}
