// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_trace.c - tools/trace: any text in place of a pressure table. */
#include "fuzz.h"

#include <errno.h>

#include "../../tools/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace t;
	FILE *f;
	int err;

	if (!size)
		return 0;
	f = fmemopen((void *)data, size, "r");
	MUST(f);
	err = trace_open(&t, f, 0);
	MUST(!err || err == -EINVAL || err == -ENODATA);
	for (int rows = 0; !err; rows++) {
		if (!trace_next(&t)) {
			MUST(rows && !t.error);
			break;
		}
		MUST(t.facts.time_ns && t.facts.mem_available_kib <= t.facts.mem_total_kib);
		MUST(t.facts.swap_free_kib <= t.facts.swap_total_kib);
	}
	fclose(f);
	return 0;
}
