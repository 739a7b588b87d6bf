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
#include <string.h>
#include <sys/epoll.h>

#include "intake.h"
#include "answers.h"
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

	for (int i = 0; i < LEAVING_MAX; i++) {
		if (a->leaving[i].mm_id && now < a->leaving[i].until_ns)
			return true;
	}
	for (int i = 0; i < DEATHS_MAX; i++) {
		if (a->death[i].used && !a->death[i].back)
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
static void look_anew(struct agent *a)
{
	a->edge_seen_ns = 0; /* what comes now is another episode */
	assess_rebase(&a->assess, clock_now_ns());
	gather_forget(&a->gather);
	answers_rebase(a, a->assess.base_ns);
}

static void memory_back(struct agent *a, struct death *d)
{
	if (!d->back)
		look_anew(a);
	d->back = true;
}

/*
 * A large process exits, by itself or by another's hand, and still has its memory: while that is on
 * its way back nobody else has to die.
 */
static void leaving_begin(struct agent *a, const struct event_exit *e)
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

static void leaving_end(struct agent *a, __u64 mm_id)
{
	for (int i = 0; i < LEAVING_MAX; i++) {
		if (a->leaving[i].mm_id != mm_id)
			continue;
		a->leaving[i] = (struct leaving){};
		look_anew(a);
	}
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

/* The end of the story: record it, and let the reaper go. */
static void finish(struct agent *a, struct death *d)
{
	struct kill_record *r = &d->record;
	struct facts now;

	memory_back(a, d);
	r->outcome = (__u16)outcome_of(d);
	if (!gather_facts(&a->gather, &now))
		r->returned_kib = (__s64)now.mem_available_kib - (__s64)d->available_kib;
	if (d->job) {
		r->error = d->job->signal_error ? d->job->signal_error : d->job->release_error;
		r->mrelease_tries = d->job->release_tries;
		loop_del(a->loop, d->job->target[0].pidfd);
		reapers_put(a->reapers, d->job);
	}
	if (r->dry_run)
		a->hold_until_ns = clock_now_ns() + DRY_RUN_HOLD_NS;
	d->used = false;
	death_record(a, r);
	record_latencies(hook_latency(a->hooks), r);
	record_log(r);
}

static bool deadline_passed(const struct death *d, __u64 now)
{
	if (now < d->give_up_ns)
		return false;
	return d->reaper_done || now >= d->record.stage_ns[STAGE_DECIDED] + RELEASE_LONGEST_NS;
}

/* Something about this death changed, or time passed. */
static void progress(struct agent *a, struct death *d)
{
	__u64 *stage = d->record.stage_ns, now = clock_now_ns();
	bool ended;

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
	for (int i = 0; i < DEATHS_MAX; i++) {
		if (a->death[i].used)
			progress(a, &a->death[i]);
	}
}

struct death *death_of(struct agent *a, __u32 tgid, __u64 start_ns)
{
	for (int i = 0; i < DEATHS_MAX; i++) {
		struct kill_record *r = &a->death[i].record;

		if (a->death[i].used && r->tgid == tgid && r->start_ns == start_ns)
			return &a->death[i];
	}
	return NULL;
}

static void reach(struct agent *a, struct death *d, enum stage stage, __u64 time_ns)
{
	if (d->record.stage_ns[stage])
		return;
	d->record.stage_ns[stage] = time_ns;
	if (stage == STAGE_EXITED)
		PROBE(exited, d->record.kill_id, time_ns);
	else if (stage == STAGE_FREED)
		PROBE(freed, d->record.kill_id, time_ns);
	progress(a, d);
}

void death_on_kill(struct agent *a, const struct event_kill *e)
{
	struct death *d = death_of(a, e->tgid, e->start_ns);

	if (e->stage == KILL_FREED && d)
		reach(a, d, STAGE_FREED, e->hdr.time_ns);
	else if (e->stage == KILL_FREED)
		leaving_end(a, e->mm_id);
	else if (e->stage == KILL_SIGNALLED && d)
		d->followed = e->mm_id && hook_answers(a->hooks, "freed");
}

void death_on_exit(struct agent *a, const struct event_exit *e)
{
	struct death *d = death_of(a, e->tgid, e->start_ns);

	if (d)
		reach(a, d, STAGE_EXITED, e->hdr.time_ns);
	else if (e->mm_id)
		leaving_begin(a, e);
}

/* The pidfd says that the victim is gone; the kernel side knows when, and is asked first. */
static void on_pidfd(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	intake_on_bulk(a, 0);
	for (int i = 0; i < DEATHS_MAX; i++) {
		struct death *d = &a->death[i];

		if (!d->used || !d->job || target_alive(&d->job->target[0]))
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
		progress(a, d);
	}
}

void death_begin(struct agent *a, struct death *d, struct reap_job *job)
{
	d->used = true;
	d->back = false;
	d->followed = false;
	d->reaper_done = !job;
	d->job = job;
	d->available_kib = a->facts.mem_available_kib;
	d->give_up_ns = d->record.stage_ns[STAGE_DECIDED] + a->config.kill_timeout_ns;
	death_record(a, &d->record);
	if (job && !job->dry_run && loop_add(a->loop, job->target[0].pidfd, EPOLLIN, on_pidfd, a))
		log_debug("pidfd not watched: the kernel side tells the end");
}
