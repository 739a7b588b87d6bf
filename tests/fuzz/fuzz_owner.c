// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_owner.c - base/owner: any path; nothing is longer than its place, nor worse than the path. */
#include "fuzz.h"

#include "../../agent/base/owner.h"
#include "../../agent/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = input_text(data, size), text[512], cut[40];
	bool clean = text_is_clean(path);
	struct owner o;

	owner_of(path, &o);
	owner_text(text, sizeof(text), &o);
	MUST(strlen(text) < sizeof(text) - 1);
	owner_text(cut, sizeof(cut), &o);
	MUST(!strncmp(cut, text, strlen(cut)));
	MUST(!o.unit[0] || strstr(path, o.unit));
	MUST(!o.slice[0] || strstr(path, o.slice));
	MUST(!o.pod[0] || (owner_is_kube(path) && *o.qos));
	MUST(!*o.runtime || o.container[0]);
	MUST(!clean || !text[0] || text_is_clean(text));
	MUST(!o.container[0] || text_is_clean(o.container));
	free(path);
	return 0;
}
