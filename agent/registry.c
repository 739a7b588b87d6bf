// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/kill.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/procfs.h"

#define BUCKETS 1024 /* a power of two: a few in each at most */
#define NONE	0xffffffffu
/* A millisecond each: the lock is held for microseconds, unless its holder is what is stuck. */
#define TRIES	10

struct registered {
	__u32 pid;
	__u32 uid;
	__u32 client; /* PID of whose it is; 0 = nobody's */
	__u32 next;   /* in its bucket, or free */
	__u64 ticks;  /* its start time, as target_start_ticks() */
	__u64 prio_ns;
	__s16 adj;
	bool used;
};

struct registry {
	pthread_mutex_t lock;
	atomic_uint changes, n;
	unsigned int marked; /* the loop's: `changes`, and rows of the table, as they were then */
	__u32 marked_rows;
	bool warned; /* the thread's */
	__u32 free;
	__u32 bucket[BUCKETS];
	__u32 max;
	struct registered entry[];
};

struct registry *registry_new(__u32 max)
{
	/* Large: pages come as they are used. */
	struct registry *r = calloc(1, sizeof(*r) + max * sizeof(r->entry[0]));
	pthread_mutexattr_t attr;

	if (!r)
		return NULL;
	pthread_mutexattr_init(&attr);
	/* The loop, which is SCHED_FIFO, takes it too. */
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&r->lock, &attr);
	pthread_mutexattr_destroy(&attr);
	memset(r->bucket, 0xff, sizeof(r->bucket));
	r->free = NONE;
	r->max = max;
	return r;
}

struct registry *registry_free(struct registry *r)
{
	if (r)
		pthread_mutex_destroy(&r->lock);
	free(r);
	return NULL;
}

/* The link that leads to this process, or to nothing. */
static __u32 *link_to(struct registry *r, __u32 pid)
{
	__u32 *link = &r->bucket[pid % BUCKETS];

	while (*link != NONE && r->entry[*link].pid != pid)
		link = &r->entry[*link].next;
	return link;
}

static struct registered *find(struct registry *r, __u32 pid)
{
	__u32 at = *link_to(r, pid);

	return at == NONE ? NULL : &r->entry[at];
}

static void forget(struct registry *r, __u32 pid)
{
	__u32 *link = link_to(r, pid), at = *link;

	if (at == NONE)
		return;
	*link = r->entry[at].next;
	r->entry[at] = (struct registered){ .next = r->free };
	r->free = at;
	r->n--;
	r->changes++;
}

/* Entries are used in their order first: pages behind them stay untouched. */
static struct registered *add(struct registry *r, __u32 pid)
{
	__u32 at = r->free, *link = link_to(r, pid);

	if (at != NONE)
		r->free = r->entry[at].next;
	else if (r->n < r->max)
		at = r->n; /* nothing is free below it */
	else
		return NULL;
	r->n++;
	r->entry[at] = (struct registered){ .pid = pid, .next = NONE, .used = true };
	*link = at;
	return &r->entry[at];
}

static bool owns(const struct registered *e, __u32 client)
{
	return !e->client || e->client == client;
}

/* Forget all of which `goes` is true. */
static void forget_if(struct registry *r, bool (*goes)(const struct registered *e, __u32 arg),
		      __u32 arg)
{
	for (__u32 i = 0; i < r->max && r->n; i++) {
		if (r->entry[i].used && goes(&r->entry[i], arg))
			forget(r, r->entry[i].pid);
	}
}

static bool is_purged(const struct registered *e, __u32 client)
{
	return owns(e, client);
}

static bool is_gone(const struct registered *e, __u32 arg)
{
	(void)arg;
	return kill((pid_t)e->pid, 0) && errno == ESRCH;
}

/* Its new priority to the kernel. The file was opened while the process was known to be this one. */
static int write_adj(struct registry *r, int fd, const struct lmkd_prio *prio)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", prio->adj);
	int err = file_write(fd, text, (size_t)len);

	/* Who may not lower it, has its order here all the same. */
	if (err != -EACCES && err != -EPERM)
		return err;
	if (!r->warned)
		log_warn(
			"lmkd socket: oom_score_adj %d of process %u cannot be written, the kernel "
			"goes by the old one: %s (said once)",
			prio->adj, prio->pid, strerror(-err));
	r->warned = true;
	return 0;
}

/*
 * Prove who it is, and write its priority. A pidfd is of processes only, never of another's thread; that
 * it is still alive when the file is open says that the file is its own.
 */
static int apply(struct registry *r, const struct lmkd_prio *prio, __u64 *ret_ticks)
{
	struct target t = { .tgid = prio->pid };
	int err = target_open(&t), fd = -1;
	char path[40];

	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%u/oom_score_adj", prio->pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : 0;
	*ret_ticks = target_start_ticks(prio->pid);
	if (!err && !target_alive(&t))
		err = -ESRCH;
	if (!err && !prio->lmkd_only)
		err = write_adj(r, fd, prio);
	if (fd >= 0)
		close(fd);
	target_close(&t);
	return err;
}

/* Of an earlier process of the same number nothing stands in the way. */
static int may_change(struct registry *r, __u32 client, __u32 pid)
{
	const struct registered *e;
	bool others;
	__u64 ticks;

	pthread_mutex_lock(&r->lock);
	e = find(r, pid);
	others = e && !owns(e, client);
	ticks = e ? e->ticks : 0;
	pthread_mutex_unlock(&r->lock);
	return others && target_start_ticks(pid) == ticks ? -EPERM : 0;
}

static int on_prio(void *ctx, __u32 client, const struct lmkd_prio *prio)
{
	struct registry *r = ctx;
	struct registered *e;
	__u64 ticks = 0;
	int err = may_change(r, client, prio->pid);

	if (!err)
		err = apply(r, prio, &ticks);
	if (err)
		return err;
	pthread_mutex_lock(&r->lock);
	e = find(r, prio->pid);
	if (!e)
		e = add(r, prio->pid);
	if (!e) {
		forget_if(r, is_gone, 0);
		e = add(r, prio->pid);
	}
	if (e) {
		e->uid = prio->uid;
		e->client = client;
		e->ticks = ticks;
		e->adj = (__s16)prio->adj;
		e->prio_ns = clock_now_ns();
		r->changes++;
	}
	pthread_mutex_unlock(&r->lock);
	return e ? 0 : -ENOSPC;
}

static int on_remove(void *ctx, __u32 client, __u32 pid)
{
	struct registry *r = ctx;
	const struct registered *e;
	int err = 0;

	pthread_mutex_lock(&r->lock);
	e = find(r, pid);
	if (e && !owns(e, client))
		err = -EPERM;
	else if (e)
		forget(r, pid);
	pthread_mutex_unlock(&r->lock);
	return err;
}

static void on_purge(void *ctx, __u32 client)
{
	struct registry *r = ctx;

	pthread_mutex_lock(&r->lock);
	forget_if(r, is_purged, client);
	pthread_mutex_unlock(&r->lock);
}

static void on_gone(void *ctx, __u32 client)
{
	struct registry *r = ctx;

	pthread_mutex_lock(&r->lock);
	for (__u32 i = 0; i < r->max; i++) {
		if (r->entry[i].used && r->entry[i].client == client)
			r->entry[i].client = 0;
	}
	pthread_mutex_unlock(&r->lock);
}

struct lmkd_handlers registry_handlers(struct registry *r)
{
	return (struct lmkd_handlers){
		.ctx = r,
		.prio = on_prio,
		.remove = on_remove,
		.purge = on_purge,
		.gone = on_gone,
	};
}

void registry_mark(struct registry *r, struct table *t)
{
	const struct registered *e;

	if (r->marked == atomic_load(&r->changes) && r->marked_rows == t->added)
		return;
	pthread_mutex_lock(&r->lock);
	r->marked = r->changes;
	r->marked_rows = t->added;
	for (__u32 i = 0; i < t->n; i++) {
		struct proc *p = &t->procs[i];

		e = r->n ? find(r, p->tgid) : NULL;
		if (!e || e->ticks != p->start_ns / PROCFS_TICK_NS) {
			p->flags &= (__u16)~PROC_REGISTERED;
			continue;
		}
		p->flags |= PROC_REGISTERED;
		p->oom_score_adj = e->adj;
		p->prio_ns = e->prio_ns;
	}
	pthread_mutex_unlock(&r->lock);
}

bool registry_take(struct registry *r, __u32 pid, __u64 start_ns, __u32 *ret_uid)
{
	const struct registered *e;
	bool there;

	pthread_mutex_lock(&r->lock);
	e = find(r, pid);
	there = e && e->ticks == start_ns / PROCFS_TICK_NS;
	if (there) {
		*ret_uid = e->uid;
		forget(r, pid);
	}
	pthread_mutex_unlock(&r->lock);
	return there;
}

void registry_uid(struct registry *r, __u32 pid, __u64 start_ns, __u32 *ret_uid)
{
	const struct registered *e;

	pthread_mutex_lock(&r->lock);
	e = find(r, pid);
	if (e && e->ticks == start_ns / PROCFS_TICK_NS)
		*ret_uid = e->uid;
	pthread_mutex_unlock(&r->lock);
}

int registry_try_adj(struct registry *r, __u32 pid, __u64 start_ns, __s16 *ret_adj)
{
	const struct registered *e;
	int err = EBUSY;

	for (int i = 0; err && i < TRIES; i++) {
		err = pthread_mutex_trylock(&r->lock);
		if (err)
			usleep(1000);
	}
	if (err)
		return -EBUSY;
	e = find(r, pid);
	err = e && e->ticks == start_ns / PROCFS_TICK_NS ? 0 : -ESRCH;
	if (!err)
		*ret_adj = e->adj;
	pthread_mutex_unlock(&r->lock);
	return err;
}

__u32 registry_count(const struct registry *r)
{
	return atomic_load(&r->n);
}
