// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * crisis.c - from a rule that fires to memory that is back.
 *
 * One victim at a time: the next decision waits until the memory of the last one is back, or its
 * deadline passed and a rule still fires. What the window saw before the memory came back does not
 * count against the next (assess_rebase).
 *
 * Between the decision and the signal nothing is allocated, logged or written: filters were just read,
 * the best candidates are armed, and the reaper thread makes the calls. One that is not armed (new, or
 * a sharer) is opened now; before Linux 6.9 that reads its /proc/PID/stat. The record comes afterwards.
 */
#include "crisis.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "intake.h"
#include "death.h"
#include "answers.h"
#include "act/probe.h"
#include "act/record.h"
#include "base/log.h"
#include "base/text.h"

/* Candidates that turn out to be gone, one after the other, before the tick is given up. */
#define ATTEMPTS      8
/* Sizes of a pass so long ago are of now: about a tick. */
#define PASS_FRESH_NS (10 * NS_PER_MS)

struct view crisis_view(const struct agent *a)
{
	return (struct view){
		.facts = &a->facts,
		.procs = a->table.procs,
		.nprocs = a->table.n,
	};
}

__u64 crisis_policy(const struct agent *a)
{
	const unsigned char *p = (const unsigned char *)&a->config.policy;
	__u64 hash = a->filters->hash;

	for (size_t i = 0; i < sizeof(a->config.policy); i++)
		hash = (hash ^ p[i]) * 0x100000001b3ULL;
	return hash;
}

void crisis_candidate(const struct agent *a, const struct candidate *c,
		      struct record_candidate *ret)
{
	const struct proc_info *info = &a->table.infos[c->index];
	const struct proc *p = &a->table.procs[c->index];
	char rule[REAPD_PATH_LEN + 16];

	memset(ret, 0, sizeof(*ret));
	ret->tgid = p->tgid;
	ret->oom_score_adj = p->oom_score_adj;
	ret->action = p->action;
	ret->veto = (__u8)c->veto;
	ret->score = c->score;
	ret->size_kib = proc_size_kib(p);
	ret->growth_kib_s = p->growth_kib_s;
	text_copy(ret->name, sizeof(ret->name), info->name[0] ? info->name : info->comm);
	if (p->rule == PROC_NO_RULE || p->rule >= a->filters->set.n)
		return;
	filter_describe(&a->filters->set.filter[p->rule], rule, sizeof(rule));
	text_copy(ret->rule, sizeof(ret->rule), rule);
}

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

/*
 * Identity, once more. 0, -ESRCH: it is exiting by itself; -ESTALE: its number is another's by now; or
 * another negative errno. What is learnt is noted in its row.
 */
static int take(struct agent *a, struct target *t, __u32 row)
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
	int err = take(a, &job->target[job->targets], row);

	job->targets += !err;
	return err;
}

/* The job of killing them. -EBUSY: all reapers are at work; else as take(). */
static int prepare(struct agent *a, const struct verdict *v, struct reap_job **ret)
{
	struct reap_job *job = reapers_get(a->reapers);
	int err;

	if (!job)
		return -EBUSY;
	job->kill_id = a->killlog.next_seq;
	job->signal = true;
	job->dry_run = a->config.dry_run;
	job->patience_ns = a->config.kill_timeout_ns;
	err = take_target(a, job, v->victim);
	for (__u32 i = 0; !err && i < v->sharers; i++) {
		err = take_target(a, job, v->sharer[i]);
		if (err == -ESRCH)
			err = 0; /* one less to kill */
	}
	if (err)
		reapers_put(a->reapers, job);
	else
		*ret = job;
	return err;
}

static void fill_names(struct agent *a, struct kill_record *r, __u32 row)
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

static void fill_decision(struct agent *a, struct kill_record *r, const struct verdict *v)
{
	record_begin(r, &a->config.policy, crisis_policy(a), &a->facts, v);
	r->dry_run = a->config.dry_run;
	r->stage_ns[STAGE_EDGE] = a->edge_ns;
	r->stage_ns[STAGE_WAKE] = a->wake_ns;
	for (__u32 i = 0; i < v->candidates; i++)
		crisis_candidate(a, &v->candidate[i], &r->candidate[i]);
	r->candidates = v->candidates;
}

/* The signal is on its way: everything else about this kill. job NULL: no reaper is on it. */
static void after_signal(struct agent *a, struct death *d, struct reap_job *job,
			 const struct verdict *v, __u64 decided_ns)
{
	struct kill_record *r = &d->record;

	fill_decision(a, r, v);
	record_victim(r, &a->table.procs[v->victim]);
	fill_names(a, r, v->victim);
	r->sharers = (__u16)v->sharers;
	r->kill_id = a->killlog.next_seq;
	r->stage_ns[STAGE_DECIDED] = decided_ns;
	if (!job)
		r->stage_ns[STAGE_SIGNALLED] = clock_now_ns();
	/* A dry run's victim lives on, and is a candidate again. */
	for (__u32 i = 0; !r->dry_run && i < 1 + v->sharers; i++)
		a->table.procs[i ? v->sharer[i - 1] : v->victim].flags |= PROC_KILLED;
	a->count.kills++;
	PROBE(edge, r->kill_id, r->stage_ns[STAGE_EDGE]);
	PROBE(wake, r->kill_id, r->stage_ns[STAGE_WAKE]);
	PROBE(decided, r->kill_id, r->stage_ns[STAGE_DECIDED]);
	death_begin(a, d, job);
}

/*
 * Every reaper is stuck, in process_mrelease on a lock of its victim, say. A signal cannot block: this
 * one dies as fast as it exits by itself.
 */
static void kill_without_reaper(struct agent *a, struct death *d, const struct verdict *v)
{
	__u64 decided_ns = clock_now_ns();
	struct target t;

	if (take(a, &t, v->victim))
		return;
	if (!a->config.dry_run)
		target_kill(&t);
	target_close(&t);
	for (__u32 i = 0; i < v->sharers; i++) {
		if (take(a, &t, v->sharer[i]))
			continue;
		if (!a->config.dry_run)
			target_kill(&t);
		target_close(&t);
	}
	after_signal(a, d, NULL, v, decided_ns);
	log_warn("all reapers are busy: kill %llu is left to exit by itself", d->record.kill_id);
}

static void no_victim(struct agent *a, const struct verdict *v)
{
	struct kill_record r;

	if (a->no_victim_said)
		return;
	a->no_victim_said = true;
	a->count.no_victim++;
	fill_decision(a, &r, v);
	r.kind = RECORD_NO_VICTIM;
	r.outcome = OUTCOME_NONE;
	r.stage_ns[STAGE_DECIDED] = clock_now_ns();
	death_record(a, &r);
	record_log(&r);
}

/* What decisions are made of must be of now: filters, and sizes where no hook brings them. */
static void freshen(struct agent *a)
{
	if (filters_refresh(a->filters) == 1)
		intake_resolve(a, true);
	if (hook_live(a->hooks, "rss_stat") || a->facts.time_ns < a->pass_ns + PASS_FRESH_NS ||
	    intake_snapshot(a, SNAPSHOT_SIZES))
		return;
	intake_resolve(a, false);
}

/*
 * The victim seems to share its memory, but with nobody that is known: with somebody outside the scope
 * perhaps, who must not be killed and without whom nothing is gained. Look, once.
 */
static bool look_for_sharers(struct agent *a, const struct verdict *v, __u64 *looked_mm_id)
{
	const struct proc *p = &a->table.procs[v->victim];

	if (!(p->flags & PROC_SHARED) || v->sharers || !cgroups_scope_id(a->cgroups) ||
	    *looked_mm_id == p->mm_id)
		return false;
	*looked_mm_id = p->mm_id;
	return !intake_sharers(a, p->mm_id);
}

/*
 * Choose, and choose again when a candidate turns out to be another process by now. 0, or why nobody
 * is to be killed by a reaper: -ENOENT: nobody is left; -ESRCH: the one that was chosen is exiting by
 * itself, its memory is on its way back; -EBUSY.
 */
static int choose_job(struct agent *a, struct verdict *v, struct reap_job **ret)
{
	__u64 looked_mm_id = 0;
	struct view view;
	int err = -EAGAIN;

	for (int i = 0; i < ATTEMPTS; i++) {
		view = crisis_view(a);
		choose(&a->config.policy.choose, &view, v);
		if (v->victim == NO_VICTIM) {
			no_victim(a, v);
			return -ENOENT;
		}
		if (look_for_sharers(a, v, &looked_mm_id))
			continue;
		err = prepare(a, v, ret);
		if (!err || err == -ESRCH || err == -EBUSY)
			return err;
		intake_all(a);
	}
	return err;
}

static void act(struct agent *a, struct verdict *v)
{
	struct death *d = death_free(a);
	struct reap_job *job = NULL;
	int err = d ? choose_job(a, v, &job) : -EBUSY;

	if (!err) {
		job->decided_ns = clock_now_ns();
		reapers_submit(a->reapers, job);
	}
	if (d)
		answers_verdict(a, v); /* with the table as it was */
	if (!err)
		after_signal(a, d, job, v, job->decided_ns);
	else if (d && err == -EBUSY)
		kill_without_reaper(a, d, v);
}

void crisis_decide(struct agent *a)
{
	struct verdict v;

	if (death_pending(a) || a->facts.time_ns < a->hold_until_ns || intake_is_stale(a))
		return;
	memset(&v, 0, sizeof(v));
	if (!a->strategy->judge(&a->config.policy, &a->assess, &v)) {
		if (a->board->state == STATE_PRESSURE)
			a->board->state = STATE_WATCH;
		return;
	}
	a->board->state = STATE_PRESSURE;
	freshen(a);
	act(a, &v);
}

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
	if (take_target(a, job, row)) {
		reapers_put(a->reapers, job);
		return NULL;
	}
	reapers_submit(a->reapers, job);
	return job;
}

/*
 * The kernel's own killer chose one. It would take the memory back two seconds later; we do at once,
 * and it goes into the same history.
 */
void crisis_on_oom(struct agent *a, const struct event_oom *e)
{
	struct verdict none = { .rule = NO_RULE };
	struct death *d = death_free(a);
	struct kill_record *r;
	struct reap_job *job;
	__u32 row;

	row = oom_row(a, e);
	if (row == TABLE_NONE || !d || death_of(a, e->tgid, a->table.procs[row].start_ns))
		return;
	a->count.kernel_ooms++;
	job = oom_job(a, e, row);
	r = &d->record;
	record_begin(r, &a->config.policy, crisis_policy(a), &a->facts, &none);
	record_victim(r, &a->table.procs[row]);
	fill_names(a, r, row);
	strcpy(r->rule, "kernel OOM");
	r->kind = RECORD_KERNEL_OOM;
	r->kill_id = a->killlog.next_seq;
	r->dry_run = a->config.dry_run;
	r->stage_ns[STAGE_EDGE] = a->edge_ns;
	r->stage_ns[STAGE_WAKE] = a->wake_ns;
	r->stage_ns[STAGE_DECIDED] = r->stage_ns[STAGE_SIGNALLED] = e->hdr.time_ns;
	a->table.procs[row].flags |= PROC_KILLED;
	death_begin(a, d, job);
	d->followed = e->mm_id && hook_answers(a->hooks, "freed");
}
