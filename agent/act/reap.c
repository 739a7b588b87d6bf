// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "reap.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/clock.h"
#include "crowd.h"
#include "hasten.h"
#include "pool.h"
#include "probe.h"

/*
 * Long enough to begin at once, and no longer than a tick: an ordinary program that happens to be on this CPU
 * waits. With 200 ms one stood still for 284 ms, with 25 ms for 35 (make bench-peers, zram and trap).
 */
#define REALTIME_NS (10 * NS_PER_MS)
/* Who is left after that exits by itself: the loop waits to hear that memory is back. */
#define HASTEN_NS   (200 * NS_PER_MS)

struct reaper {
	pid_t tid;
	__u64 since_ns; /* at work as a realtime thread; 0: not, or not any more */
};

struct reapers {
	struct pool *pool;
	bool realtime;
	pthread_mutex_t lock; /* what follows */
	__u32 n;
	struct reaper reaper[POOL_MAX];
};

static _Thread_local struct reaper *self;

/* One process and those with its memory: the victim's answer counts. A group: anybody's does. */
static void signal_targets(struct reap_job *job)
{
	for (__u32 i = 0; i < job->targets; i++) {
		int err = target_signal(&job->target[i], job->sig);

		if (!err)
			job->killed++;
		else if (err != -ESRCH)
			job->failed++;
		if (!i || job->what == CHOOSE_GROUP)
			job->signalled_ns = clock_now_ns();
		if (!i)
			job->signal_error = err;
	}
	if (job->what == CHOOSE_GROUP && job->killed)
		job->signal_error = 0;
}

/* Has every thread of the victim exited? Waits up to ms for it. */
static bool exited(const struct target *t, int ms)
{
	struct pollfd p = { .fd = t->pidfd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

/*
 * EAGAIN: a part could not be taken without blocking. EINVAL: the memory is shared with a process
 * that is not dying (yet), or a core is being dumped. Both may pass, so: again, with growing pauses
 * that end early when the victim exits. ESRCH: it dropped its memory itself, which says nothing
 * about whether the memory is back; the loop waits for that. 0: its private memory is back.
 */
static void release(struct reap_job *job)
{
	__u64 until = clock_now_ns() + job->patience_ns;
	int pause_ms = 1;

	for (;;) {
		job->release_tries++;
		job->release_error = pidfd_release(job->target[0].pidfd);
		if (!job->release_error) {
			job->released_ns = clock_now_ns();
			job->released = 1;
			return;
		}
		if (job->release_error != -EAGAIN && job->release_error != -EINVAL &&
		    job->release_error != -EINTR)
			return;
		if (clock_now_ns() > until || exited(&job->target[0], pause_ms))
			return;
		if (pause_ms < RELEASE_PAUSE_MAX_MS)
			pause_ms *= 2;
	}
}

/*
 * Waiting for work and at work as SCHED_FIFO: an ordinary thread, be it first among equals, shares its CPU
 * with whoever was there, and memory comes back three times later on a busy machine (make bench). Who takes
 * long is made an ordinary thread by reapers_ease(). Without CAP_SYS_NICE neither is allowed: slower then,
 * not wrong.
 */
static int be_realtime(const struct reapers *r, pid_t tid, bool realtime)
{
	struct sched_param fifo = { .sched_priority = 1 }, other = {};

	if (!r->realtime)
		return 0;
	return sched_setscheduler(tid, realtime ? SCHED_FIFO : SCHED_OTHER,
				  realtime ? &fifo : &other);
}

static void work_begins(struct reapers *r)
{
	pthread_mutex_lock(&r->lock);
	self->since_ns = clock_now_ns();
	pthread_mutex_unlock(&r->lock);
}

static void work_ends(struct reapers *r)
{
	pthread_mutex_lock(&r->lock);
	if (!self->since_ns)
		be_realtime(r, 0, true);
	self->since_ns = 0;
	pthread_mutex_unlock(&r->lock);
}

static void signal_victim(struct reap_job *job, struct cgroup_toll *toll)
{
	if (!job->sig)
		job->signalled_ns = job->decided_ns;
	else if (job->what == CHOOSE_CGROUP)
		crowd_signal(job, toll);
	else
		signal_targets(job);
}

static void take_back(struct reap_job *job, const struct cgroup_toll *toll)
{
	__u64 until;

	if (job->what == CHOOSE_PROCESS)
		release(job);
	else
		crowd_release(job, toll);
	PROBE(released, job->kill_id, job->released_ns);
	until = clock_now_ns() + HASTEN_NS;
	for (__u32 i = 0; i < job->targets && (!i || clock_now_ns() < until); i++)
		hasten_exit(job->target[i].tgid, job->target[i].pidfd);
	if (job->what == CHOOSE_CGROUP)
		crowd_end(job, toll, until);
}

static void work(void *ctx, void *arg)
{
	struct reap_job *job = arg;
	struct cgroup_toll toll = { .whole = !job->sig };
	struct reapers *r = ctx;

	if (job->dry_run) {
		job->signalled_ns = clock_now_ns();
		return;
	}
	signal_victim(job, &toll);
	if (job->signal_error)
		return;
	PROBE(signalled, job->kill_id, job->signalled_ns);
	/* Memory of one that may live on is not to be taken. */
	if (job->sig == SIGTERM)
		return;
	work_begins(r);
	take_back(job, &toll);
	work_ends(r);
}

static void begin(void *ctx)
{
	struct reapers *r = ctx;

	pthread_mutex_lock(&r->lock);
	self = &r->reaper[r->n++];
	self->tid = gettid();
	pthread_mutex_unlock(&r->lock);
	setpriority(PRIO_PROCESS, 0, HASTEN_NICE);
	be_realtime(r, 0, true);
}

void reapers_ease(struct reapers *r)
{
	__u64 now;

	if (!r->realtime || !reapers_busy(r) || pthread_mutex_trylock(&r->lock))
		return; /* the lock is held by who begins or ends this moment */
	now = clock_now_ns();
	for (__u32 i = 0; i < r->n; i++) {
		struct reaper *w = &r->reaper[i];

		if (!w->since_ns || now < w->since_ns + REALTIME_NS)
			continue;
		be_realtime(r, w->tid, false);
		w->since_ns = 0;
	}
	pthread_mutex_unlock(&r->lock);
}

int reapers_start(struct reapers **ret, __u32 n, bool realtime, const char *foreground)
{
	static const struct pool_kind kind = {
		.name = "reapd/reap",
		.job_size = sizeof(struct reap_job),
		.cleared = offsetof(struct reap_job, target),
		.begin = begin,
		.work = work,
	};
	struct reapers *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	hasten_init(foreground);
	r->realtime = realtime;
	pthread_mutex_init(&r->lock, NULL);
	err = pool_start(&r->pool, &kind, r, n);
	if (err) {
		free(r);
		return err;
	}
	*ret = r;
	return 0;
}

struct reapers *reapers_stop(struct reapers *r)
{
	/* A thread that is still in process_mrelease needs all of it: the process is about to end. */
	if (r && !pool_stop(r->pool))
		free(r);
	return NULL;
}

int reapers_fd(const struct reapers *r)
{
	return pool_fd(r->pool);
}

struct reap_job *reapers_get(struct reapers *r)
{
	struct reap_job *job = pool_get(r->pool);

	if (job)
		job->cgroup.dirfd = -1;
	return job;
}

void reapers_submit(struct reapers *r, struct reap_job *job)
{
	pool_submit(r->pool, job);
}

struct reap_job *reapers_done(struct reapers *r)
{
	return pool_done(r->pool);
}

void reapers_put(struct reapers *r, struct reap_job *job)
{
	for (__u32 i = 0; i < job->targets; i++)
		target_close(&job->target[i]);
	cgroup_target_close(&job->cgroup);
	pool_put(r->pool, job);
}

__u32 reapers_busy(const struct reapers *r)
{
	return pool_busy(r->pool);
}
