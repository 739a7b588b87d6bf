// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "oom.h"

#include <string.h>

#include "act/record.h"
#include "base/clock.h"
#include "base/text.h"
#include "death.h"
#include "report.h"
#include "victim.h"

/* Is the kernel's victim ours to touch? Its row, or TABLE_NONE. */
static __u32 oom_row(struct agent *a, const struct event_oom *e)
{
	__u32 row = table_find(&a->table, e->tgid, e->start_ns);

	if (row == TABLE_NONE || a->table.procs[row].flags & PROC_OUTSIDE)
		return TABLE_NONE;
	return row;
}

/* Let a reaper take the memory of the kernel's victim; NULL when it is gone already. */
static struct reap_job *oom_job(struct agent *a, const struct event_oom *e, __u32 row)
{
	struct reap_job *job = reapers_get(a->reapers);

	if (!job)
		return NULL;
	job->dry_run = a->config.dry_run;
	job->patience_ns = a->config.kill_timeout_ns;
	job->kill_id = a->killlog.next_seq;
	job->decided_ns = e->hdr.time_ns;
	job->targets = 1;
	if (victim_take(a, &job->target[0], row)) {
		job->targets = 0;
		reapers_put(a->reapers, job);
		return NULL;
	}
	reapers_submit(a->reapers, job);
	return job;
}

static void unknown_victim(struct agent *a, const struct event_oom *e, struct kill_record *r)
{
	const char *cgroup = cgroups_path(a->cgroups, e->cgroup_id);

	r->tgid = e->tgid;
	r->uid = e->uid;
	r->start_ns = e->start_ns;
	r->cgroup_id = e->cgroup_id;
	r->oom_score_adj = e->oom_score_adj;
	r->anon_kib = e->anon_kib;
	r->file_kib = e->file_kib;
	r->shmem_kib = e->shmem_kib;
	r->swap_kib = e->swap_kib;
	r->expected_kib = (__u64)e->anon_kib + e->swap_kib;
	memcpy(r->comm, e->comm, sizeof(r->comm) - 1);
	memcpy(r->name, e->name, sizeof(r->name) - 1);
	text_clean(r->comm);
	text_clean(r->name);
	if (cgroup)
		text_copy(r->cgroup, sizeof(r->cgroup), cgroup);
	/* Its exit was taken in before: when exactly it was is no longer known. */
	if (table_find(&a->table, e->tgid, e->start_ns) == TABLE_NONE)
		r->stage_ns[STAGE_EXITED] = clock_now_ns();
}

/* What is known of the kill, with its victim from the table (row) or from the event alone. */
static void fill(struct agent *a, const struct event_oom *e, __u32 row, struct kill_record *r)
{
	struct verdict v = { .rule = NO_RULE, .cgroup = CGROUP_NONE, .members = 1 };

	v.victim = row == TABLE_NONE ? NO_VICTIM : row;
	victim_record(a, r, &v);
	if (row == TABLE_NONE)
		unknown_victim(a, e, r);
	strcpy(r->rule, "kernel OOM");
	r->kind = RECORD_KERNEL_OOM;
	r->kill_id = a->killlog.next_seq;
	r->oom_limit = e->limit;
	r->oom_level = e->limit_level;
	r->stage_ns[STAGE_DECIDED] = r->stage_ns[STAGE_SIGNALLED] = e->hdr.time_ns;
}

static void unfollowed(struct agent *a, const struct event_oom *e)
{
	struct kill_record r;

	fill(a, e, TABLE_NONE, &r);
	death_record(a, &r);
	record_log(&r);
	report_record(a, &r);
}

void oom_on_kill(struct agent *a, const struct event_oom *e)
{
	struct death *d = death_free(a);
	struct reap_job *job = NULL;
	__u32 row = oom_row(a, e);

	if (death_of(a, e->tgid, row == TABLE_NONE ? e->start_ns : a->table.procs[row].start_ns))
		return;
	/* No more than a number is known of it, or not whose it is. */
	if (row == TABLE_NONE && !e->start_ns && (!e->comm[0] || cgroups_scope_id(a->cgroups)))
		return;
	a->count.kernel_ooms++;
	if (!d) {
		unfollowed(a, e);
		return;
	}
	if (row != TABLE_NONE)
		job = oom_job(a, e, row);
	fill(a, e, row, &d->record);
	if (row != TABLE_NONE)
		a->table.procs[row].flags |= PROC_KILLED;
	d->rule = NO_RULE;
	d->place = 0;
	d->grace_ns = 0;
	death_begin(a, d, job);
	d->followed = e->mm_id && hook_answers(a->hooks, "freed");
}
