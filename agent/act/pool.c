// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../base/resident.h"

/* The threads only make system calls. mlockall(2) keeps what of it was touched. */
#define STACK_BYTES   (64UL * 1024)
#define TOUCHED_BYTES (24UL * 1024)

enum job_state {
	JOB_FREE,
	JOB_TAKEN,
	JOB_QUEUED,
	JOB_DONE,
	JOB_SEEN
};

struct worker {
	void *job;
	_Atomic int state; /* enum job_state: who the job belongs to */
	sem_t wake;
	pthread_t thread;
	struct pool *pool;
	unsigned int number;
};

struct pool {
	const struct pool_kind *kind;
	void *ctx;
	char *jobs;
	struct worker worker[POOL_MAX];
	__u32 n;
	int done_fd;
	atomic_bool stop;
};

/* A walk over nested cgroups needs 18 KiB: a page missing then would have to be found. */
static void __attribute__((noinline)) touch_stack(void)
{
	RESIDENT_STACK(TOUCHED_BYTES);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;
	char name[16];
	__u64 one = 1;

	snprintf(name, sizeof(name), "%s%u", p->kind->name, w->number);
	touch_stack();
	pthread_setname_np(pthread_self(), name);
	if (p->kind->begin)
		p->kind->begin(p->ctx);
	for (;;) {
		while (sem_wait(&w->wake))
			;
		if (p->stop)
			return NULL;
		p->kind->work(p->ctx, w->job);
		atomic_store(&w->state, JOB_DONE);
		if (write(p->done_fd, &one, sizeof(one)) < 0)
			continue; /* full counter: readable anyway */
	}
}

static int worker_start(struct pool *p, unsigned int number)
{
	struct worker *w = &p->worker[number];
	pthread_attr_t attr;
	int err;

	w->pool = p;
	w->number = number;
	w->job = p->jobs + number * p->kind->job_size;
	atomic_init(&w->state, JOB_FREE);
	if (sem_init(&w->wake, 0, 0))
		return -errno;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	err = -pthread_create(&w->thread, &attr, worker_main, w);
	pthread_attr_destroy(&attr);
	return err;
}

int pool_start(struct pool **ret, const struct pool_kind *kind, void *ctx, __u32 n)
{
	struct pool *p = calloc(1, sizeof(*p));
	int err = -ENOMEM;

	if (!p)
		return -ENOMEM;
	if (n > POOL_MAX)
		n = POOL_MAX;
	p->kind = kind;
	p->ctx = ctx;
	p->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->done_fd < 0) {
		err = -errno;
		free(p);
		return err;
	}
	p->jobs = calloc(n, kind->job_size);
	if (!p->jobs)
		goto fail;
	resident_touch(p->jobs, n * kind->job_size);
	for (; p->n < n; p->n++) {
		err = worker_start(p, p->n);
		if (err)
			goto fail;
	}
	*ret = p;
	return 0;
fail:
	pool_stop(p);
	return err;
}

struct pool *pool_stop(struct pool *p)
{
	bool all = true;

	p->stop = true;
	for (__u32 i = 0; i < p->n; i++) {
		if (atomic_load(&p->worker[i].state) == JOB_QUEUED) {
			pthread_detach(p->worker[i].thread);
			all = false;
			continue;
		}
		sem_post(&p->worker[i].wake);
		pthread_join(p->worker[i].thread, NULL);
	}
	if (!all)
		return p;
	close(p->done_fd);
	free(p->jobs);
	free(p);
	return NULL;
}

int pool_fd(const struct pool *p)
{
	return p->done_fd;
}

static struct worker *in_state(struct pool *p, enum job_state state)
{
	for (__u32 i = 0; i < p->n; i++) {
		if (atomic_load(&p->worker[i].state) == (int)state)
			return &p->worker[i];
	}
	return NULL;
}

static struct worker *worker_of(struct pool *p, const void *job)
{
	return &p->worker[(size_t)((const char *)job - p->jobs) / p->kind->job_size];
}

void *pool_get(struct pool *p)
{
	struct worker *w = in_state(p, JOB_FREE);

	if (!w)
		return NULL;
	memset(w->job, 0, p->kind->cleared);
	atomic_store(&w->state, JOB_TAKEN);
	return w->job;
}

void pool_submit(struct pool *p, void *job)
{
	struct worker *w = worker_of(p, job);

	atomic_store(&w->state, JOB_QUEUED);
	sem_post(&w->wake);
}

void *pool_done(struct pool *p)
{
	struct worker *w = in_state(p, JOB_DONE);
	__u64 n;

	if (!w) {
		if (read(p->done_fd, &n, sizeof(n)) < 0)
			return NULL; /* nothing was written since */
		w = in_state(p, JOB_DONE);
		if (!w)
			return NULL;
	}
	atomic_store(&w->state, JOB_SEEN);
	return w->job;
}

void pool_put(struct pool *p, void *job)
{
	atomic_store(&worker_of(p, job)->state, JOB_FREE);
}

__u32 pool_busy(const struct pool *p)
{
	__u32 busy = 0;

	for (__u32 i = 0; i < p->n; i++)
		busy += atomic_load(&p->worker[i].state) != JOB_FREE;
	return busy;
}
