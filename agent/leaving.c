// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "leaving.h"

#include "agent.h"

void leaving_begin(struct agent *a, const struct event_exit *e)
{
	__u32 row = table_find(&a->table, e->tgid, e->start_ns);
	struct leaving *l = &a->leaving[0];

	if (row == TABLE_NONE || a->table.procs[row].flags & PROC_OUTSIDE ||
	    proc_private_kib(&a->table.procs[row]) < a->config.policy.choose.least_kib ||
	    !hook_answers(a->hooks, "freed"))
		return;
	/* A free place, or that of the one which is waited for the longest. */
	for (int i = 0; i < LEAVING_MAX; i++) {
		if (a->leaving[i].until_ns < l->until_ns)
			l = &a->leaving[i];
	}
	l->mm_id = e->mm_id;
	l->until_ns = e->hdr.time_ns + a->config.kill_timeout_ns;
}

bool leaving_end(struct agent *a, __u64 mm_id)
{
	bool any = false;

	for (int i = 0; i < LEAVING_MAX; i++) {
		if (a->leaving[i].mm_id != mm_id)
			continue;
		a->leaving[i] = (struct leaving){};
		any = true;
	}
	return any;
}

bool leaving_pending(const struct agent *a)
{
	for (int i = 0; i < LEAVING_MAX; i++) {
		if (a->leaving[i].mm_id && a->facts.time_ns < a->leaving[i].until_ns)
			return true;
	}
	return false;
}
