// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_rule.c - rule_parse: any section is taken or refused with a place inside the value; what is taken
 * prints as a section that reads as the same rule.
 */
#include "fuzz.h"

#include "../../agent/rule_print.h"

/* One "key = value" line; false: it is none, or refused. */
static bool take(struct rule_draft *d, char *line, struct programs *programs)
{
	struct rule_draft before = *d;
	struct rule_fault fault;
	char *value = strstr(line, " = ");
	int key;

	if (!value)
		return false;
	*value = 0;
	value += strlen(" = ");
	key = rule_key_find(line);
	if (key < 0)
		return false;
	memset(&fault, 'x', sizeof(fault));
	if (rule_set(d, (enum rule_key)key, value, programs, &fault))
		return true;
	MUST(fault.at <= strlen(value));
	MUST(*fault.text && memchr(fault.text, 0, sizeof(fault.text)));
	MUST(!memcmp(d, &before, sizeof(before)));
	return false;
}

static void check_round_trip(const struct rule *r, struct programs *programs)
{
	struct rule_draft again;
	char *text = NULL, *save;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	MUST(f);
	rule_print(r, programs, f);
	fclose(f);
	rule_begin(&again, r->name);
	MUST(!strncmp(strtok_r(text, "\n", &save), "[rule ", 6));
	for (char *line = strtok_r(NULL, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		MUST(take(&again, line, programs));
	MUST(!memcmp(&again.rule, r, sizeof(*r)));
	free(text);
}

static void check_words(const struct rule *r, const struct programs *programs)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	MUST(f);
	rule_print_words(r, programs, "/", "# ", 80, f);
	fclose(f);
	for (size_t len; *text; memmove(text, text + len + 1, strlen(text + len))) {
		len = strcspn(text, "\n");
		MUST(len <= 80 && text[len]);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size), *save;
	struct programs programs = {};
	struct rule_draft draft;
	struct rule_fault fault;

	rule_begin(&draft, "fuzz");
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take(&draft, line, &programs);
	MUST(draft.rule.terms <= RECORD_TERMS && draft.rule.steps <= RULE_STEPS);
	MUST(rule_conflict(&draft, &fault) < RULE_KEYS);
	check_round_trip(&draft.rule, &programs);
	check_words(&draft.rule, &programs);
	programs_done(&programs);
	free(text);
	return 0;
}
