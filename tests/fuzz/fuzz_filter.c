// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_filter.c - decide/filter: what is taken matches what it names, and gives back its text. */
#include "fuzz.h"

#include "../../agent/decide/filter.h"

static void check_text(const struct filter *f)
{
	char text[REAPD_PATH_LEN + 16];
	struct filter again;

	MUST(!filter_parse(f->kind, filter_text(f, text, sizeof(text)), &again));
	MUST(!memcmp(f, &again, sizeof(again)));
	MUST(filter_same_key(f, &again));
	filter_describe(f, text, sizeof(text));
}

/* Somebody who has exactly this name, lives in this cgroup, is this user. */
static void check_match(struct filter_set *set, char *text)
{
	struct filter_subject s = { .name = "", .comm = "", .cgroup = "/", .uid = 4294967295U };
	const struct filter *f = &set->filter[0];
	size_t len = strlen(text);
	__u32 rule;

	if (f->kind == FILTER_PACKAGE) {
		if (text[len - 1] == '*')
			text[len - 1] = 'x';
		s.name = text;
	} else if (f->kind == FILTER_CGROUP) {
		while (len > 1 && text[len - 1] == '/')
			text[--len] = 0;
		s.cgroup = text;
	} else {
		s.uid = f->key.uid;
	}
	MUST(filter_match(set, &s, &rule) == FILTER_AVOID);
	MUST(rule == 0);
	s = (struct filter_subject){ .name = "", .comm = "", .uid = 4294967295U };
	MUST(filter_match(set, &s, &rule) == FILTER_NORMAL);
	MUST(rule == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct filter_set set;
	char *text = input_text(data, size);
	const char *wrong;

	for (__u32 kind = 0; kind < FILTER_KINDS; kind++) {
		wrong = filter_parse(kind, text, &set.filter[0]);
		MUST(!wrong || *wrong);
		if (wrong)
			continue;
		set.n = 1;
		set.filter[0].value = 0;
		check_text(&set.filter[0]);
		set.filter[0].value = FILTER_AVOID;
		check_match(&set, text);
		break;
	}
	free(text);
	return 0;
}
