// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * crisis.c - from a rule that fires to memory that is back.
 *
 * One victim at a time: the next decision waits until the memory of the last one is back, or its
 * deadline passed and a rule still fires. What the window saw before the memory came back does not
 * count against the next (assess_rebase), nor what the victim itself stalls on its way out: rules about
 * stalls wait for its exit too.
 *
 * Between the decision and the signal nothing is allocated, logged or written: filters were just read,
 * the best candidates are armed, and the reaper thread makes the calls. One that is not armed (new, or
 * a sharer) is opened now; before Linux 6.9 that reads its /proc/PID/stat. The record comes afterwards.
 */
#include "crisis.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "intake.h"
#include "death.h"
#include "ladder.h"
#include "lmkd_link.h"
#include "programs.h"
#include "choice.h"
#include "recording.h"
#include "report.h"
#include "rules.h"
#include "act/probe.h"
#include "act/record.h"
#include "base/log.h"
#include "base/text.h"
#include "victim.h"

/* Candidates that turn out to be gone, one after the other, before the tick is given up. */
#define ATTEMPTS       8
/* Sizes of a pass so long ago are of now: about a tick. */
#define PASS_FRESH_NS  (10 * NS_PER_MS)
/* How long a rule that found nobody to kill lets others try before it looks again. */
#define NOBODY_REST_NS (100 * NS_PER_MS)
/* A shadow or dry rule would else say the same at each look. */
#define DRY_REST_NS    (10 * NS_PER_S)

/* The signal is on its way: everything else about this kill. job NULL: no reaper is on it. */
static void after_signal(struct agent *a, struct death *d, struct reap_job *job,
			 const struct view *view, const struct verdict *v, __u64 decided_ns)
{
	struct kill_record *r = &d->record;

	victim_record(a, r, v);
	r->kill_id = a->killlog.next_seq;
	r->stage_ns[STAGE_DECIDED] = decided_ns;
	if (!job)
		r->stage_ns[STAGE_SIGNALLED] = clock_now_ns();
	d->rule = v->rule;
	d->place = v->place;
	d->pgid = a->table.procs[v->victim].pgid;
	/* Who is not killed (yet) lives on, and is a candidate again. */
	if (!r->dry_run && (!job || job->sig == SIGKILL))
		victim_doom(a, view, v);
	rules_rest(a, v->place, v->rule, r->dry_run ? DRY_REST_NS : 2 * d->grace_ns);
	if (!r->dry_run)
		android_killed(a, v);
	a->count.kills++;
	PROBE(edge, r->kill_id, r->stage_ns[STAGE_EDGE]);
	PROBE(wake, r->kill_id, r->stage_ns[STAGE_WAKE]);
	PROBE(decided, r->kill_id, r->stage_ns[STAGE_DECIDED]);
	death_begin(a, d, job);
}

static void kill_now(struct agent *a, __u32 row, bool dry)
{
	struct target t;

	if (victim_take(a, &t, row))
		return;
	if (!dry)
		target_kill(&t);
	target_close(&t);
}

/*
 * Every reaper is stuck, in process_mrelease on a lock of its victim, say. A signal cannot block: these
 * die as fast as they exit by themselves.
 */
static void kill_without_reaper(struct agent *a, struct death *d, const struct view *view,
				struct verdict *v)
{
	__u64 decided_ns = clock_now_ns();
	bool dry = victim_is_dry(a, v->rule);

	kill_now(a, v->victim, dry);
	for (__u32 i = 0; i < v->sharers; i++)
		kill_now(a, v->sharer[i], dry);
	for (__u32 i = 0; v->what != CHOOSE_PROCESS && i < view->nprocs; i++) {
		if (i != v->victim && choose_member(view, v, i))
			kill_now(a, i, dry);
	}
	v->what = CHOOSE_PROCESS; /* it is the victim's end that is waited for */
	after_signal(a, d, NULL, view, v, decided_ns);
	log_warn("all reapers are busy: kill %llu is left to exit by itself", d->record.kill_id);
}

static void no_victim(struct agent *a, const struct verdict *v)
{
	struct kill_record r;

	/* A reason of lmkd's is the first that holds, and may spare fewer at the next look. */
	if (!v->reason)
		rules_pause(a, v->place, v->rule, NOBODY_REST_NS);
	if (a->no_victim_said & 1u << v->rule)
		return;
	a->no_victim_said |= 1u << v->rule;
	a->count.no_victim++;
	victim_record(a, &r, v);
	r.kind = RECORD_NO_VICTIM;
	r.outcome = OUTCOME_NONE;
	r.stage_ns[STAGE_DECIDED] = clock_now_ns();
	death_record(a, &r);
	record_log(&r);
	report_record(a, &r);
}

/* Do sizes need another look? No hook tells of dma-bufs; but a pass is left for when records are lost. */
static bool sizes_are_old(const struct agent *a)
{
	if (a->facts.time_ns < a->pass_ns + PASS_FRESH_NS)
		return false;
	return !hook_live(a->hooks, "rss_stat") || (a->board->dmabuf_ops && a->snapshots.n > 1);
}

/* What decisions are made of must be of now: filters, and sizes where no hook brings them. */
static void freshen(struct agent *a)
{
	if (filters_refresh(a->filters) == 1)
		intake_resolve(a, true);
	if (sizes_are_old(a) && !intake_snapshot(a, SNAPSHOT_SIZES))
		intake_resolve(a, false);
}

/*
 * The victim seems to share its memory, but with nobody that is known: with somebody outside the scope
 * perhaps, who must not be killed and without whom nothing is gained. Look, once.
 */
static bool look_for_sharers(struct agent *a, const struct verdict *v, __u64 *looked_mm_id)
{
	const struct proc *p = &a->table.procs[v->victim];

	if (v->what != CHOOSE_PROCESS || !(p->flags & PROC_SHARED) || v->sharers ||
	    !cgroups_scope_id(a->cgroups) || *looked_mm_id == p->mm_id)
		return false;
	*looked_mm_id = p->mm_id;
	return !intake_sharers(a, p->mm_id);
}

/*
 * Choose, and choose again when a candidate turns out to be another process by now. 0, or why nobody
 * is to be killed by a reaper: -ENOENT: nobody is left; -ESRCH: the one that was chosen is exiting by
 * itself, its memory is on its way back; -EBUSY.
 */
static int choose_job(struct agent *a, struct verdict *v, int sig, struct view *view,
		      struct reap_job **ret)
{
	__u64 looked_mm_id = 0;
	int err = -EAGAIN;

	for (int i = 0; i < ATTEMPTS; i++) {
		*view = choice_view(a, &a->config.policy.rule[v->rule], v->place);
		choice_make(a, &a->config.policy.rule[v->rule], view, v);
		if (v->victim == NO_VICTIM)
			return -ENOENT;
		if (look_for_sharers(a, v, &looked_mm_id))
			continue;
		err = victim_job(a, view, v, sig, ret);
		if (!err || err == -ESRCH || err == -EBUSY)
			return err;
		intake_all(a);
	}
	return err;
}

/* grace_ns: SIGTERM, and SIGKILL so much later; 0: SIGKILL. */
static void act(struct agent *a, struct verdict *v, __u64 grace_ns)
{
	bool hooked = a->config.prekill_dir[0];
	struct death *d = death_free(a);
	struct reap_job *job = NULL;
	struct view view;
	int err = d ? choose_job(a, v, grace_ns ? SIGTERM : SIGKILL, &view, &job) : -EBUSY;

	if (d)
		d->grace_ns = err ? 0 : grace_ns;
	if (!err) {
		job->decided_ns = clock_now_ns();
		if (!hooked)
			reapers_submit(a->reapers, job);
	}
	/*
	 * With the table as it was: one that was not there to be taken is marked in it by now. And before the rule rests,
	 * or a replay would have it at rest.
	 */
	if (d && (!err || err == -ENOENT || err == -EBUSY))
		recording_verdict(a, &view, v);
	/* Not where a cgroup is gone. */
	if (err == -ENOENT && v->victim == NO_VICTIM)
		no_victim(a, v);
	if (!err)
		after_signal(a, d, job, &view, v, job->decided_ns);
	if (!err && hooked && !programs_prekill(a, d))
		reapers_submit(a->reapers, job);
	else if (d && err == -EBUSY && grace_ns)
		rules_pause(a, v->place, v->rule, NOBODY_REST_NS); /* who is to be asked waits */
	else if (d && err == -EBUSY)
		kill_without_reaper(a, d, &view, v);
}

/* What shadow rules would do, were they not. */
static void shadow(struct agent *a)
{
	struct kill_record r;
	struct verdict v;
	struct view view;

	memset(&v, 0, sizeof(v));
	while (a->strategy->judge(&a->config.policy, &a->places, true, &v)) {
		view = choice_view(a, &a->config.policy.rule[v.rule], v.place);
		choice_make(a, &a->config.policy.rule[v.rule], &view, &v);
		victim_record(a, &r, &v);
		r.kind = RECORD_SHADOW;
		r.dry_run = true;
		r.outcome = v.victim == NO_VICTIM ? OUTCOME_NONE : OUTCOME_DRY_RUN;
		r.stage_ns[STAGE_DECIDED] = clock_now_ns();
		death_record(a, &r);
		record_log(&r);
		rules_rest(a, v.place, v.rule, DRY_REST_NS);
	}
}

void crisis_decide(struct agent *a)
{
	struct ladder_move move;
	struct verdict v;

	if (lmkd_link_waits(a) || death_pending(a) || a->facts.time_ns < a->hold_until_ns ||
	    intake_is_stale(a))
		return;
	if (death_lingers(a))
		rules_mute_stalls(a);
	memset(&v, 0, sizeof(v));
	if (!a->strategy->judge(&a->config.policy, &a->places, false, &v)) {
		if (a->board->state == STATE_PRESSURE)
			a->board->state = STATE_WATCH;
		shadow(a);
		return;
	}
	a->board->state = STATE_PRESSURE;
	freshen(a);
	move = ladder_climb(a, &v);
	if (move.kill)
		act(a, &v, move.grace_ns);
	shadow(a);
}
