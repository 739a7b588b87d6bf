// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_stream.c - sense/stream, sense/table: any bytes in place of the kernel side's records. */
#include "fuzz.h"

#include "../../agent/sense/stream.h"
#include "../../agent/sense/table.h"

#define ROWS 16

static bool resolve(void *ctx, struct proc *p, const struct proc_info *info)
{
	(void)ctx, (void)p;
	MUST(strlen(info->comm) < sizeof(info->comm) && strlen(info->name) < sizeof(info->name));
	return true;
}

static void check(struct table *t)
{
	MUST(t->n <= ROWS && t->unresolved <= t->n);
	for (__u32 row = 0; row < t->n; row++)
		MUST(table_find(t, t->procs[row].tgid, t->procs[row].start_ns) == row);
	table_mark_ancestors(t, t->n ? t->procs[0].tgid : 0);
	table_resolve(t, false, resolve, NULL);
	MUST(!t->unresolved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct table t;

	MUST(!table_init(&t, ROWS));
	while (size) {
		size_t len = size < 512 ? size : 512;
		void *record = malloc(len); /* aligned as a ring's, and of its exact size */

		memcpy(record, data, len);
		if (stream_check(record, len)) {
			len = stream_size(((struct event *)record)->type);
			table_apply(&t, record);
		} else {
			len = len < 8 ? len : 8;
		}
		free(record);
		data += len;
		size -= len;
		if (len == 8)
			table_sweep_begin(&t);
	}
	check(&t);
	table_sweep_end(&t);
	check(&t);
	table_done(&t);
	return 0;
}
