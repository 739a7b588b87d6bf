// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "grace.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "death.h"
#include "decide/spare.h"
#include "victim.h"

void grace_begin(struct agent *a, struct death *d)
{
	struct asked *to = &d->asked;
	struct reap_job *job = d->job;

	to->cgroup = job->cgroup;
	job->cgroup.dirfd = -1;
	to->targets = job->targets < 1 + VERDICT_SHARERS ? job->targets : 1 + VERDICT_SHARERS;
	memcpy(to->target, job->target, to->targets * sizeof(to->target[0]));
	/* The others of a group are found again by its number. */
	for (__u32 i = 0; i < to->targets; i++)
		job->target[i].pidfd = -1;
	if (to->targets)
		loop_del(a->loop, to->target[0].pidfd);
	reapers_put(a->reapers, job);
	d->job = NULL;
}

void grace_close(struct death *d)
{
	for (__u32 i = 0; i < d->asked.targets; i++)
		target_close(&d->asked.target[i]);
	d->asked.targets = 0;
	cgroup_target_close(&d->asked.cgroup);
}

static bool is_target(const struct reap_job *job, const struct proc *p)
{
	for (__u32 i = 0; i < job->targets; i++) {
		if (job->target[i].tgid == p->tgid && job->target[i].start_ns == p->start_ns)
			return true;
	}
	return false;
}

/* Whoever else is in the group by now and may die. */
static void take_group(struct agent *a, struct reap_job *job, __u32 pgid)
{
	struct view view = { .facts = &a->facts, .procs = a->table.procs, .nprocs = a->table.n };

	for (__u32 i = 0; i < a->table.n && job->targets < REAP_TARGETS; i++) {
		if (view.procs[i].pgid != pgid || spare(&view, i) || is_target(job, &view.procs[i]))
			continue;
		if (!victim_take(a, &job->target[job->targets], i))
			job->targets++;
	}
}

/* They are dying from now on, and no candidates. */
static void doom(struct agent *a, const struct reap_job *job)
{
	__u32 row;

	for (__u32 i = 0; i < job->targets; i++) {
		row = table_find(&a->table, job->target[i].tgid, job->target[i].start_ns);
		if (row != TABLE_NONE)
			a->table.procs[row].flags |= PROC_KILLED;
	}
	for (__u32 i = 0; i < job->members; i++) {
		row = table_find(&a->table, job->member[i], 0);
		if (row != TABLE_NONE)
			a->table.procs[row].flags |= PROC_KILLED;
	}
}

bool grace_end(struct agent *a, struct death *d)
{
	struct reap_job *job = reapers_get(a->reapers);

	if (!job)
		return false;
	job->kill_id = d->record.kill_id;
	job->decided_ns = clock_now_ns();
	job->sig = SIGKILL;
	job->patience_ns = a->config.kill_timeout_ns;
	job->what = d->record.what;
	job->cgroup = d->asked.cgroup;
	d->asked.cgroup.dirfd = -1;
	memcpy(job->target, d->asked.target, d->asked.targets * sizeof(job->target[0]));
	job->targets = d->asked.targets;
	d->asked.targets = 0;
	if (job->what == CHOOSE_CGROUP)
		victim_members(a, job);
	else if (job->what == CHOOSE_GROUP)
		take_group(a, job, d->pgid);
	d->grace_ns = 0;
	d->job = job;
	d->reaper_done = false;
	d->record.flags |= RECORD_F_ASKED;
	d->give_up_ns = job->decided_ns + a->config.kill_timeout_ns;
	reapers_submit(a->reapers, job);
	doom(a, job);
	log_info("kill %llu: its grace is over, SIGKILL", d->record.kill_id);
	return true;
}

static bool cgroup_gone(const struct cgroup_target *t)
{
	return t->dirfd >= 0 && cgroup_populated(t) <= 0;
}

static bool crowd_gone(struct agent *a, const struct death *d)
{
	const struct reap_job *job = d->job;

	if (d->record.what == CHOOSE_CGROUP)
		return cgroup_gone(job ? &job->cgroup : &d->asked.cgroup);
	for (__u32 i = 0; job && i < job->targets; i++) {
		if (target_alive(&job->target[i]))
			return false;
	}
	for (__u32 i = 0; !job && i < a->table.n; i++) {
		if (a->table.procs[i].pgid == d->pgid)
			return false;
	}
	return true;
}

bool grace_runs(const struct death *d)
{
	return d->grace_ns && d->reaper_done && !d->record.dry_run && !d->job;
}

bool grace_exited(struct agent *a, const struct death *d)
{
	if (d->record.dry_run || !d->reaper_done)
		return false;
	if (d->record.what != CHOOSE_PROCESS)
		return crowd_gone(a, d);
	return grace_runs(d) && d->asked.targets && !target_alive(&d->asked.target[0]);
}
