/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pool.h - threads that each have one job: taken, filled in and submitted by the loop, worked on by the
 * thread, announced by an eventfd, read and put back by the loop.
 *
 * All but the work is called by one thread, the loop's. Nothing is allocated after pool_start(); jobs
 * and stacks are resident then.
 */
#ifndef REAPD_POOL_H
#define REAPD_POOL_H

#include <stddef.h>

#include <linux/types.h>

#define POOL_MAX 8

struct pool;

struct pool_kind {
	const char *name; /* of the threads, before their number */
	size_t job_size;
	size_t cleared;		  /* so many bytes of a job are zeroed when it is given out */
	void (*begin)(void *ctx); /* in each thread, before its first job; NULL: nothing */
	void (*work)(void *ctx, void *job);
};

/* Start n threads, POOL_MAX at most; kind and ctx are borrowed. 0 or negative errno. */
int pool_start(struct pool **ret, const struct pool_kind *kind, void *ctx, __u32 n);

/*
 * End and free it; NULL. A thread that is at work is not waited for: then the pool is returned, and
 * it, ctx and the job must stay, because the process is about to end.
 */
struct pool *pool_stop(struct pool *p);

/* Readable when a job is done. */
int pool_fd(const struct pool *p);

/* A free job, or NULL. */
void *pool_get(struct pool *p);
void pool_submit(struct pool *p, void *job);

/* A job that is done, once; NULL: none is. */
void *pool_done(struct pool *p);
void pool_put(struct pool *p, void *job);

/* Jobs that are not free. */
__u32 pool_busy(const struct pool *p);

#endif
