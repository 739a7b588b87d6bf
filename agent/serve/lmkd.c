// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * lmkd.c - the lmkd socket as the agent sees it: begin and end, kills to tell, what was asked for.
 */
#include "lmkd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../base/resident.h"
#include "../base/text.h"
#include "lmkd_serve.h"

/* vsnprintf and a log line are the deepest. */
#define LMKD_STACK_BYTES (64UL * 1024)

static int start_thread(struct lmkd *l)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, LMKD_STACK_BYTES);
	err = -pthread_create(&l->thread, &attr, lmkd_main, l);
	pthread_attr_destroy(&attr);
	return err;
}

static void free_all(struct lmkd *l)
{
	for (int i = 0; i < LMKD_CLIENTS_MAX; i++) {
		if (l->client[i].fd >= 0)
			close(l->client[i].fd);
	}
	if (l->listen_fd >= 0)
		close(l->listen_fd);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	if (l->ask_fd >= 0)
		close(l->ask_fd);
	if (l->path[0])
		unlink(l->path);
	pthread_mutex_destroy(&l->levels_lock);
	free(l);
}

static struct lmkd *new_lmkd(const struct lmkd_handlers *handlers)
{
	struct lmkd *l = calloc(1, sizeof(*l));
	pthread_mutexattr_t attr;

	if (!l)
		return NULL;
	l->handlers = *handlers;
	for (int i = 0; i < LMKD_CLIENTS_MAX; i++)
		l->client[i].fd = -1;
	l->listen_fd = -1;
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->ask_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutexattr_init(&attr);
	/* The loop, which is SCHED_FIFO, takes it too. */
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&l->levels_lock, &attr);
	pthread_mutexattr_destroy(&attr);
	resident_touch(l, sizeof(*l));
	return l;
}

int lmkd_start(struct lmkd **ret, const char *path, const struct lmkd_handlers *handlers)
{
	struct lmkd *l = new_lmkd(handlers);
	int err;

	if (!l)
		return -ENOMEM;
	l->listen_fd = lmkd_inherits() ? lmkd_listen_inherited() : lmkd_listen_at(path);
	if (l->listen_fd >= 0 && !lmkd_inherits())
		text_copy(l->path, sizeof(l->path), path);
	err = l->listen_fd < 0		      ? l->listen_fd :
	      l->wake_fd < 0 || l->ask_fd < 0 ? -EMFILE :
						start_thread(l);
	if (err) {
		free_all(l);
		return err;
	}
	*ret = l;
	return 0;
}

struct lmkd *lmkd_stop(struct lmkd *l)
{
	if (!l)
		return NULL;
	atomic_store(&l->stop, true);
	lmkd_wake(l->wake_fd);
	pthread_join(l->thread, NULL);
	free_all(l);
	return NULL;
}

int lmkd_fd(const struct lmkd *l)
{
	return l->ask_fd;
}

bool lmkd_asked(struct lmkd *l)
{
	lmkd_woken(l->ask_fd);
	l->asking = atomic_exchange(&l->asked, 0);
	return l->asking;
}

void lmkd_reloaded(struct lmkd *l, int err)
{
	atomic_fetch_or(&l->answered[err != 0], l->asking);
	l->asking = 0;
	lmkd_wake(l->wake_fd);
}

void lmkd_killed(struct lmkd *l, enum lmkd_teller teller, const struct lmkd_kill *kill)
{
	lmkd_counts_add(&l->counts, kill->adj);
	if (!lmkd_queue_put(&l->queue[teller], kill))
		atomic_fetch_add(&l->lost, 1);
	lmkd_wake(l->wake_fd);
}

__u32 lmkd_levels(struct lmkd *l, struct lmkd_level ret[LMKD_TARGETS])
{
	__u32 n;

	pthread_mutex_lock(&l->levels_lock);
	n = l->levels;
	memcpy(ret, l->level, sizeof(l->level));
	pthread_mutex_unlock(&l->levels_lock);
	return n;
}

bool lmkd_may_monitor(const struct lmkd *l)
{
	return atomic_load(&l->may_monitor);
}

bool lmkd_booted(const struct lmkd *l)
{
	return atomic_load(&l->booted);
}

void lmkd_status(const struct lmkd *l, struct lmkd_status *ret)
{
	ret->clients = atomic_load(&l->clients);
	ret->lost = atomic_load(&l->lost);
	ret->malformed = atomic_load(&l->malformed);
}
