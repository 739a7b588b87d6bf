// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "reap.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/resident.h"
#include "hasten.h"
#include "probe.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

#define REAPERS_MAX	     8
#define REAPER_NICE	     (-20)
/* Stack: the threads only make system calls. Prefaulted by mlockall. */
#define REAPER_STACK_BYTES   (64UL * 1024)
#define REAPER_TOUCHED_BYTES (32UL * 1024)
/* Between refusals of process_mrelease: 1, 2, 4 ... ms, at most this: little beside a second of patience. */
#define BACKOFF_MAX_MS	     16

enum job_state {
	JOB_FREE,
	JOB_TAKEN,
	JOB_QUEUED,
	JOB_DONE,
	JOB_SEEN
};

struct reaper {
	struct reap_job job;
	_Atomic int state; /* enum job_state: who the job belongs to */
	sem_t wake;
	pthread_t thread;
	struct reapers *all;
	unsigned int number;
};

struct reapers {
	struct reaper reaper[REAPERS_MAX];
	__u32 n;
	int done_fd;
	bool realtime;
	atomic_bool stop;
};

static void signal_all(struct reap_job *job)
{
	for (__u32 i = 0; i < job->targets; i++) {
		int err = target_kill(&job->target[i]);

		if (!i) {
			job->signal_error = err;
			job->signalled_ns = clock_now_ns();
		}
	}
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
		if (!syscall(SYS_process_mrelease, job->target[0].pidfd, 0)) {
			job->release_error = 0;
			job->released_ns = clock_now_ns();
			return;
		}
		job->release_error = -errno;
		if (errno != EAGAIN && errno != EINVAL && errno != EINTR)
			return;
		if (clock_now_ns() > until || exited(&job->target[0], pause_ms))
			return;
		if (pause_ms < BACKOFF_MAX_MS)
			pause_ms *= 2;
	}
}

/*
 * Waiting for work as SCHED_FIFO, so that the signal goes out at once whatever else runs; taking
 * memory back, which can last, as an ordinary thread that is first among equals. Without
 * CAP_SYS_NICE neither is allowed: slower then, not wrong.
 */
static void be_quick(const struct reapers *r, bool quick)
{
	struct sched_param fifo = { .sched_priority = 1 }, other = {};

	if (r->realtime)
		sched_setscheduler(0, quick ? SCHED_FIFO : SCHED_OTHER, quick ? &fifo : &other);
}

static void work(const struct reapers *r, struct reap_job *job)
{
	if (job->dry_run) {
		job->signalled_ns = clock_now_ns();
		return;
	}
	if (job->signal)
		signal_all(job);
	else
		job->signalled_ns = job->decided_ns;
	if (job->signal_error)
		return;
	be_quick(r, false);
	PROBE(signalled, job->kill_id, job->signalled_ns);
	release(job);
	PROBE(released, job->kill_id, job->released_ns);
	for (__u32 i = 0; i < job->targets; i++)
		hasten_exit(job->target[i].tgid, job->target[i].pidfd);
}

/* The deepest path, into hasten.c, needs some 16 KiB: a page missing then would have to be found. */
static void __attribute__((noinline)) touch_stack(void)
{
	RESIDENT_STACK(REAPER_TOUCHED_BYTES);
}

static void *reaper_main(void *arg)
{
	struct reaper *r = arg;
	char name[16];
	__u64 one = 1;

	snprintf(name, sizeof(name), "reapd/reap%u", r->number);
	touch_stack();
	pthread_setname_np(pthread_self(), name);
	setpriority(PRIO_PROCESS, 0, REAPER_NICE);
	for (;;) {
		be_quick(r->all, true);
		while (sem_wait(&r->wake))
			;
		if (r->all->stop)
			return NULL;
		work(r->all, &r->job);
		atomic_store(&r->state, JOB_DONE);
		if (write(r->all->done_fd, &one, sizeof(one)) < 0)
			continue; /* full counter: readable anyway */
	}
}

static int reaper_start(struct reapers *all, unsigned int number)
{
	struct reaper *r = &all->reaper[number];
	pthread_attr_t attr;
	int err;

	r->all = all;
	r->number = number;
	atomic_init(&r->state, JOB_FREE);
	if (sem_init(&r->wake, 0, 0))
		return -errno;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, REAPER_STACK_BYTES);
	err = -pthread_create(&r->thread, &attr, reaper_main, r);
	pthread_attr_destroy(&attr);
	return err;
}

int reapers_start(struct reapers **ret, __u32 n, bool realtime)
{
	struct reapers *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	hasten_init();
	r->realtime = realtime;
	r->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->done_fd < 0) {
		err = -errno;
		free(r);
		return err;
	}
	for (__u32 i = 0; i < n && i < REAPERS_MAX; i++) {
		err = reaper_start(r, i);
		if (err) {
			reapers_stop(r);
			return err;
		}
		r->n++;
	}
	*ret = r;
	return 0;
}

struct reapers *reapers_stop(struct reapers *r)
{
	bool all = true;

	if (!r)
		return NULL;
	r->stop = true;
	for (__u32 i = 0; i < r->n; i++) {
		if (atomic_load(&r->reaper[i].state) == JOB_QUEUED) {
			pthread_detach(r->reaper[i].thread);
			all = false;
			continue;
		}
		sem_post(&r->reaper[i].wake);
		pthread_join(r->reaper[i].thread, NULL);
	}
	/* A thread that is still in process_mrelease needs its job: the process is about to end. */
	if (!all)
		return NULL;
	close(r->done_fd);
	free(r);
	return NULL;
}

int reapers_fd(const struct reapers *r)
{
	return r->done_fd;
}

static struct reaper *in_state(struct reapers *r, enum job_state state)
{
	for (__u32 i = 0; i < r->n; i++) {
		if (atomic_load(&r->reaper[i].state) == (int)state)
			return &r->reaper[i];
	}
	return NULL;
}

/* The job is the first member of its reaper. */
static struct reaper *reaper_of(struct reap_job *job)
{
	return (struct reaper *)job;
}

struct reap_job *reapers_get(struct reapers *r)
{
	struct reaper *free_one = in_state(r, JOB_FREE);

	if (!free_one)
		return NULL;
	memset(&free_one->job, 0, sizeof(free_one->job));
	atomic_store(&free_one->state, JOB_TAKEN);
	return &free_one->job;
}

void reapers_submit(struct reapers *r, struct reap_job *job)
{
	(void)r;
	atomic_store(&reaper_of(job)->state, JOB_QUEUED);
	sem_post(&reaper_of(job)->wake);
}

struct reap_job *reapers_done(struct reapers *r)
{
	struct reaper *one = in_state(r, JOB_DONE);
	__u64 n;

	if (!one) {
		if (read(r->done_fd, &n, sizeof(n)) < 0)
			return NULL; /* nothing was written since */
		one = in_state(r, JOB_DONE);
		if (!one)
			return NULL;
	}
	atomic_store(&one->state, JOB_SEEN);
	return &one->job;
}

void reapers_put(struct reapers *r, struct reap_job *job)
{
	(void)r;
	for (__u32 i = 0; i < job->targets; i++)
		target_close(&job->target[i]);
	atomic_store(&reaper_of(job)->state, JOB_FREE);
}

__u32 reapers_busy(const struct reapers *r)
{
	__u32 busy = 0;

	for (__u32 i = 0; i < r->n; i++)
		busy += atomic_load(&r->reaper[i].state) != JOB_FREE;
	return busy;
}
