// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "victim.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "act/record.h"
#include "base/text.h"
#include "choice.h"
#include "decide/spare.h"
#include "lmkd_link.h"

static struct target target_of(const struct agent *a, __u32 row)
{
	const struct proc *p = &a->table.procs[row];

	return (struct target){
		.tgid = p->tgid,
		.start_ns = p->start_ns,
		.mm_id = p->mm_id,
		.pidfs_ino = a->table.infos[row].pidfs_ino,
	};
}

int victim_take(struct agent *a, struct target *t, __u32 row)
{
	int err;

	*t = target_of(a, row);
	err = armed_take(&a->armed, t);
	if (err == -ESRCH)
		a->table.procs[row].flags |= PROC_DYING;
	else if (err == -ESTALE)
		a->table.procs[row].flags |= PROC_CHANGED;
	return err;
}

static int take_target(struct agent *a, struct reap_job *job, __u32 row)
{
	int err = victim_take(a, &job->target[job->targets], row);

	job->targets += !err;
	return err;
}

static int take_process(struct agent *a, const struct verdict *v, struct reap_job *job)
{
	int err = take_target(a, job, v->victim);

	for (__u32 i = 0; !err && i < v->sharers; i++) {
		err = take_target(a, job, v->sharer[i]);
		if (err == -ESRCH)
			err = 0; /* one less to kill */
	}
	return err;
}

/* The victim first; who is gone meanwhile is one less to kill. */
static int take_group(struct agent *a, const struct view *view, const struct verdict *v,
		      struct reap_job *job)
{
	int err = take_target(a, job, v->victim);

	for (__u32 i = 0; !err && i < view->nprocs && job->targets < REAP_TARGETS; i++) {
		if (i == v->victim || !choose_member(view, v, i))
			continue;
		take_target(a, job, i);
	}
	return err;
}

void victim_members(struct agent *a, struct reap_job *job)
{
	const struct proc *procs = a->table.procs;
	__u32 top = tree_find(a->tree, job->cgroup.id), home, largest = 0;

	for (__u32 i = 0; i < a->table.n && job->members < REAP_MEMBERS; i++) {
		home = tree_find(a->tree, a->table.infos[i].cgroup_id);
		if (home == CGROUP_NONE || top == CGROUP_NONE || !tree_is_below(a->tree, home, top))
			continue;
		job->member[job->members] = procs[i].tgid;
		if (proc_size_kib(&procs[i]) > proc_size_kib(&procs[largest]) || !job->members)
			largest = i;
		if (largest == i) {
			job->member[job->members] = job->member[0];
			job->member[0] = procs[i].tgid;
		}
		job->members++;
	}
}

/* The victim's pidfd tells of its end too; not having it is no reason to spare the cgroup. */
static int take_cgroup(struct agent *a, const struct verdict *v, struct reap_job *job)
{
	int err;

	job->cgroup.id = a->rows[v->cgroup].id;
	err = cgroup_target_open(&job->cgroup, cgroups_mount_fd(a->cgroups),
				 tree_path(a->tree, v->cgroup));
	if (err)
		return err == -ESTALE ? -ENOENT : err;
	take_target(a, job, v->victim);
	victim_members(a, job);
	return 0;
}

bool victim_holds_spared(struct agent *a, __u64 cgroup_id)
{
	struct view view = { .facts = &a->facts, .procs = a->table.procs, .nprocs = a->table.n };
	const char *path = cgroups_path(a->cgroups, cgroup_id), *home;
	char top[REAPD_PATH_LEN];
	size_t len;

	if (!path || !strcmp(path, "/"))
		return true;
	text_copy(top, sizeof(top), path); /* looking up the others may move it */
	len = strlen(top);
	for (__u32 i = 0; i < a->table.n; i++) {
		home = cgroups_path(a->cgroups, a->table.infos[i].cgroup_id);
		if (!home || strncmp(home, top, len) || (home[len] && home[len] != '/'))
			continue;
		switch (spare(&view, i)) {
		case VETO_INIT:
		case VETO_SELF:
		case VETO_SCOPE:
		case VETO_ADJ:
		case VETO_FILTER:
			return true;
		default:
			break;
		}
	}
	return false;
}

bool victim_is_dry(const struct agent *a, __u32 rule)
{
	return a->config.dry_run ||
	       (rule < a->config.policy.rules && a->config.policy.rule[rule].flags & RULE_DRY_RUN);
}

int victim_job(struct agent *a, const struct view *view, const struct verdict *v, int sig,
	       struct reap_job **ret)
{
	struct reap_job *job = reapers_get(a->reapers);
	int err;

	if (!job)
		return -EBUSY;
	job->kill_id = a->killlog.next_seq;
	job->sig = sig;
	job->dry_run = victim_is_dry(a, v->rule);
	job->patience_ns = a->config.kill_timeout_ns;
	job->what = v->what;
	if (v->what == CHOOSE_CGROUP)
		err = take_cgroup(a, v, job);
	else if (v->what == CHOOSE_GROUP)
		err = take_group(a, view, v, job);
	else
		err = take_process(a, v, job);
	if (err)
		reapers_put(a->reapers, job);
	else
		*ret = job;
	return err;
}

static void record_names(struct agent *a, struct kill_record *r, __u32 row)
{
	const struct proc_info *info = &a->table.infos[row];
	const char *cgroup = cgroups_path(a->cgroups, info->cgroup_id);

	r->cgroup_id = info->cgroup_id;
	r->threads = info->threads;
	text_copy(r->comm, sizeof(r->comm), info->comm);
	text_copy(r->name, sizeof(r->name), info->name);
	if (cgroup)
		text_copy(r->cgroup, sizeof(r->cgroup), cgroup);
}

void victim_record(struct agent *a, struct kill_record *r, const struct verdict *v)
{
	record_begin(r, &a->config.policy, choice_policy(a), &a->facts, v);
	r->dry_run = victim_is_dry(a, v->rule);
	r->stage_ns[STAGE_EDGE] = a->edge_ns;
	r->stage_ns[STAGE_WAKE] = a->wake_ns;
	text_copy(r->place, sizeof(r->place), rules_place_path(a, v->place));
	for (__u32 i = 0; i < v->candidates; i++)
		choice_candidate(a, v, i, &r->candidate[i]);
	r->candidates = v->candidates;
	if (v->victim == NO_VICTIM)
		return;
	record_victim(r, &a->table.procs[v->victim]);
	record_names(a, r, v->victim);
	lmkd_link_killinfo(a, r);
	r->sharers = (__u16)v->sharers;
	if (v->cgroup == CGROUP_NONE)
		return;
	r->victim_cgroup_id = a->rows[v->cgroup].id;
	text_copy(r->cgroup, sizeof(r->cgroup), tree_path(a->tree, v->cgroup));
	if (v->what == CHOOSE_CGROUP)
		r->expected_kib = a->sums[v->cgroup].private_kib;
}

void victim_doom(struct agent *a, const struct view *view, const struct verdict *v)
{
	struct proc *procs = a->table.procs;

	procs[v->victim].flags |= PROC_KILLED;
	for (__u32 i = 0; i < v->sharers; i++)
		procs[v->sharer[i]].flags |= PROC_KILLED;
	if (v->what == CHOOSE_PROCESS)
		return;
	/* By home or group, not by whether they may die: that just changed for the first of them. */
	for (__u32 i = 0; i < view->nprocs; i++) {
		if (v->what == CHOOSE_GROUP ? procs[i].pgid == procs[v->victim].pgid :
					      choose_member(view, v, i))
			procs[i].flags |= PROC_KILLED;
	}
}
