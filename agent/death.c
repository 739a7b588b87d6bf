// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * death.c - a victim from its signal to its end.
 *
 * Its stages come from the reaper thread (signalled, released), from the kernel side (exited, freed,
 * each with its own time) and, should that be missing, from its pidfd. The next decision waits until
 * memory is back: taken by process_mrelease, or freed by the victim itself, or given up at the
 * deadline.
 */
#include "death.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>

#include "grace.h"
#include "intake.h"
#include "leaving.h"
#include "lmkd_link.h"
#include "programs.h"
#include "report.h"
#include "act/marker.h"
#include "act/probe.h"
#include "act/record.h"
#include "base/log.h"

/* A reaper that is still taking memory back at the deadline is making progress; but not for ever. */
#define RELEASE_LONGEST_NS (10 * NS_PER_S)
/* After a dry run's decision the same would be decided at each tick: time to read the line. */
#define DRY_RUN_HOLD_NS	   (10 * NS_PER_S)
/* Where the kernel side does not follow the memory: it comes with the exit or right after it. */
#define FREED_SOON_NS	   (50 * NS_PER_MS)

bool death_active(const struct agent *a)
{
	for (int i = 0; i < DEATHS_MAX; i++) {
		if (a->death[i].used)
			return true;
	}
	return false;
}

bool death_pending(const struct agent *a)
{
	__u64 now = a->facts.time_ns;

	if (leaving_pending(a))
		return true;
	for (int i = 0; i < DEATHS_MAX; i++) {
		if (a->death[i].used && !a->death[i].back && !a->death[i].grace_ns &&
		    now < a->death[i].wait_ns)
			return true;
	}
	return false;
}

bool death_lingers(const struct agent *a)
{
	for (int i = 0; i < DEATHS_MAX; i++) {
		const struct death *d = &a->death[i];

		if (d->used && d->back && !d->grace_ns && !d->record.stage_ns[STAGE_EXITED] &&
		    a->facts.time_ns < d->wait_ns)
			return true;
	}
	return false;
}

struct death *death_free(struct agent *a)
{
	for (int i = 0; i < DEATHS_MAX; i++) {
		if (!a->death[i].used)
			return &a->death[i];
	}
	return NULL;
}

/* Memory is back (or is given up): look at the world with fresh eyes. */
static void look_anew(struct agent *a, __u32 place)
{
	a->edge_seen_ns = 0; /* what comes now is another episode */
	rules_memory_back(a, place);
	gather_forget(&a->gather);
}

static void look_anew_where(struct agent *a, const struct death *d)
{
	look_anew(a, a->places.place[d->place].cgroup_id == d->place_id ? d->place : 0);
}

static void memory_back(struct agent *a, struct death *d)
{
	if (!d->back)
		look_anew_where(a, d);
	d->back = true;
}

static void leaving_ended(struct agent *a, __u64 mm_id)
{
	if (leaving_end(a, mm_id))
		look_anew(a, 0);
}

static enum outcome outcome_of(const struct death *d)
{
	const struct kill_record *r = &d->record;

	if (r->dry_run)
		return OUTCOME_DRY_RUN;
	if (d->job && d->job->signal_error)
		return d->job->signal_error == -ESRCH ? OUTCOME_GONE : OUTCOME_FAILED;
	if (r->stage_ns[STAGE_FREED])
		return OUTCOME_FREED;
	if (r->stage_ns[STAGE_EXITED])
		return OUTCOME_EXITED;
	return r->stage_ns[STAGE_RELEASED] ? OUTCOME_RELEASED : OUTCOME_STUCK;
}

void death_record(struct agent *a, struct kill_record *r)
{
	int err = killlog_append(&a->killlog, r);

	if (err)
		log_warn("cannot write the kill record: %s", strerror(-err));
}

static void let_job_go(struct agent *a, struct death *d)
{
	if (!d->job)
		return;
	d->record.error = d->job->signal_error ? d->job->signal_error : d->job->release_error;
	d->record.mrelease_tries = d->job->release_tries;
	if (d->job->targets)
		loop_del(a->loop, d->job->target[0].pidfd);
	reapers_put(a->reapers, d->job);
	d->job = NULL;
}

/* The end of the story: record it, and let the reaper go. */
static void finish(struct agent *a, struct death *d)
{
	struct kill_record *r = &d->record;
	struct facts now;

	memory_back(a, d);
	r->outcome = (__u16)outcome_of(d);
	if (!gather_facts(&a->gather, &now))
		r->returned_kib = (__s64)now.mem_available_kib - (__s64)d->available_kib;
	if (r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_GONE)
		android_failed(a);
	else if (r->outcome <= OUTCOME_RELEASED)
		lmkd_link_killed(a, d); /* at the latest: nobody saw the signal */
	let_job_go(a, d);
	grace_close(d);
	/* Who was asked left its rule resting for longer than it has taken; not if nobody could be. */
	if (d->rule != NO_RULE && !r->dry_run && r->outcome != OUTCOME_FAILED &&
	    a->places.place[d->place].cgroup_id == d->place_id)
		rules_rest(a, d->place, d->rule, 0);
	if (a->config.dry_run)
		a->hold_until_ns = clock_now_ns() + DRY_RUN_HOLD_NS;
	d->used = false;
	marker_end(r);
	death_record(a, r);
	record_latencies(hook_latency(a->hooks), r);
	record_log(r);
	report_record(a, r);
	if (a->config.post_kill[0] && r->kind == RECORD_KILL && !r->dry_run)
		programs_run(a, a->config.post_kill, "kill", r);
}

static bool deadline_passed(const struct death *d, __u64 now)
{
	if (now < d->give_up_ns)
		return false;
	return d->reaper_done || now >= d->record.stage_ns[STAGE_DECIDED] + RELEASE_LONGEST_NS;
}

static void reached(struct death *d, enum stage stage, __u64 time_ns)
{
	if (d->record.stage_ns[stage])
		return;
	d->record.stage_ns[stage] = time_ns;
	if (stage == STAGE_EXITED)
		PROBE(exited, d->record.kill_id, time_ns);
	else if (stage == STAGE_FREED)
		PROBE(freed, d->record.kill_id, time_ns);
	marker_stage(&d->record, stage);
}

/* Something about this death changed, or time passed. */
static void progress(struct agent *a, struct death *d)
{
	__u64 *stage = d->record.stage_ns, now = clock_now_ns();
	bool ended;

	if (!stage[STAGE_EXITED] && grace_exited(a, d)) {
		reached(d, STAGE_EXITED, now);
		if (d->record.what != CHOOSE_PROCESS)
			reached(d, STAGE_FREED, now); /* each exits after its memory */
	}
	if (grace_runs(d) && !stage[STAGE_EXITED]) {
		if (now >= stage[STAGE_SIGNALLED] + d->grace_ns)
			grace_end(a, d);
		return;
	}
	if (stage[STAGE_FREED] || stage[STAGE_RELEASED])
		memory_back(a, d);
	/* Exited, but somebody else holds its memory: a sharer that dies too, a reader of /proc. */
	ended = stage[STAGE_EXITED] &&
		(stage[STAGE_FREED] || (!d->followed && now > stage[STAGE_EXITED] + FREED_SOON_NS));
	if (!d->reaper_done)
		ended = false;
	else if (d->record.dry_run || (d->job && d->job->signal_error) || deadline_passed(d, now))
		ended = true;
	if (ended)
		finish(a, d);
	else if (deadline_passed(d, now))
		memory_back(a, d); /* given up: if a rule still fires, another must go */
}

void death_tick(struct agent *a)
{
	reapers_ease(a->reapers);
	for (int i = 0; i < DEATHS_MAX; i++) {
		if (a->death[i].used)
			progress(a, &a->death[i]);
	}
}

struct death *death_of(struct agent *a, __u32 tgid, __u64 start_ns)
{
	for (int i = 0; i < DEATHS_MAX; i++) {
		struct kill_record *r = &a->death[i].record;

		/* Of many, the end of the first is not that of all. */
		if (a->death[i].used && r->what == CHOOSE_PROCESS && r->tgid == tgid &&
		    (r->start_ns == start_ns || !start_ns))
			return &a->death[i];
	}
	return NULL;
}

static void reach(struct agent *a, struct death *d, enum stage stage, __u64 time_ns)
{
	if (d->record.stage_ns[stage])
		return;
	reached(d, stage, time_ns);
	if (stage == STAGE_EXITED && d->back)
		look_anew_where(a, d); /* what it stalled since then was its own end */
	progress(a, d);
}

static void signalled(struct agent *a, struct death *d, const struct event_kill *e)
{
	d->followed = e->mm_id && hook_answers(a->hooks, "freed");
	lmkd_link_killed(a, d);
}

/* One of many that die together, the one that stands for them perhaps. */
static void member_signalled(struct agent *a, __u32 tgid, __u64 start_ns)
{
	for (int i = 0; i < DEATHS_MAX; i++) {
		const struct kill_record *r = &a->death[i].record;

		if (a->death[i].used && r->tgid == tgid && r->start_ns == start_ns) {
			lmkd_link_killed(a, &a->death[i]);
			return;
		}
	}
	lmkd_link_member(a, tgid, start_ns);
}

void death_on_kill(struct agent *a, const struct event_kill *e)
{
	struct death *d = death_of(a, e->tgid, e->start_ns);

	if (e->stage == KILL_FREED && d)
		reach(a, d, STAGE_FREED, e->hdr.time_ns);
	else if (e->stage == KILL_FREED)
		leaving_ended(a, e->mm_id);
	else if (e->stage == KILL_SIGNALLED && d)
		signalled(a, d, e);
	else if (e->stage == KILL_SIGNALLED)
		member_signalled(a, e->tgid, e->start_ns);
}

/* Its signal was told in the other ring, which may be behind. */
static void member_exits(struct agent *a, const struct event_exit *e)
{
	__u32 row = table_find(&a->table, e->tgid, e->start_ns);

	if (row != TABLE_NONE && a->table.procs[row].flags & PROC_KILLED)
		member_signalled(a, e->tgid, a->table.procs[row].start_ns);
}

/* Without start time it tells of a first thread: others may live on, or exit a moment later. */
static bool is_end(const struct death *d, const struct event_exit *e)
{
	return e->start_ns || !d->job || !d->job->targets || !target_alive(&d->job->target[0]);
}

bool death_on_exit(struct agent *a, const struct event_exit *e)
{
	struct death *d = death_of(a, e->tgid, e->start_ns);

	if (d && !is_end(d, e))
		return false;
	if (d) {
		reach(a, d, STAGE_EXITED, e->hdr.time_ns);
		return true;
	}
	member_exits(a, e);
	if (e->mm_id)
		leaving_begin(a, e);
	return true;
}

/* The pidfd says that the victim is gone; the kernel side knows when, and is asked first. */
static void on_pidfd(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	intake_on_bulk(a, 0);
	for (int i = 0; i < DEATHS_MAX; i++) {
		struct death *d = &a->death[i];

		if (!d->used || !d->job || !d->job->targets || d->record.what != CHOOSE_PROCESS ||
		    target_alive(&d->job->target[0]))
			continue;
		loop_del(a->loop, d->job->target[0].pidfd);
		reach(a, d, STAGE_EXITED, clock_now_ns());
	}
}

static struct death *death_with(struct agent *a, const struct reap_job *job)
{
	for (int i = 0; i < DEATHS_MAX; i++) {
		if (a->death[i].used && a->death[i].job == job)
			return &a->death[i];
	}
	return NULL;
}

void death_on_reaper(void *ctx, uint32_t events)
{
	struct agent *a = ctx;
	struct reap_job *job;
	struct death *d;

	(void)events;
	while ((job = reapers_done(a->reapers))) {
		d = death_with(a, job);
		if (!d) { /* the rehearsal of setup.c */
			reapers_put(a->reapers, job);
			continue;
		}
		d->reaper_done = true;
		d->record.stage_ns[STAGE_SIGNALLED] = job->signalled_ns;
		d->record.stage_ns[STAGE_RELEASED] = job->released_ns;
		if (job->released_ns)
			marker_stage(&d->record, STAGE_RELEASED);
		if (job->sig == SIGKILL && !job->signal_error) {
			lmkd_link_killed(a, d);
			lmkd_link_reaped(a, d);
		}
		if (d->grace_ns && !job->signal_error && !job->dry_run)
			grace_begin(a, d);
		progress(a, d);
	}
}

void death_begin(struct agent *a, struct death *d, struct reap_job *job)
{
	d->used = true;
	d->back = false;
	d->followed = false;
	d->told = false;
	d->asked = (struct asked){ .cgroup.dirfd = -1 };
	d->reaper_done = !job;
	d->job = job;
	d->available_kib = a->facts.mem_available_kib;
	d->give_up_ns = d->record.stage_ns[STAGE_DECIDED] + a->config.kill_timeout_ns;
	d->wait_ns = d->record.stage_ns[STAGE_DECIDED] + android_patience_ns(a);
	if (d->give_up_ns < d->wait_ns)
		d->give_up_ns = d->wait_ns;
	death_record(a, &d->record);
	marker_begin(&d->record);
	d->place_id = a->places.place[d->place].cgroup_id;
	if (job && job->targets && !job->dry_run &&
	    loop_add(a->loop, job->target[0].pidfd, EPOLLIN, on_pidfd, a))
		log_debug("pidfd not watched: the kernel side tells the end");
}
