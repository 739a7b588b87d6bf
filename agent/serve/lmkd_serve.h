/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmkd_serve.h - private to lmkd.c and lmkd_serve.c: what the agent's side and the thread of the lmkd
 * socket share.
 */
#ifndef REAPD_LMKD_SERVE_H
#define REAPD_LMKD_SERVE_H

#include <pthread.h>

#include "lmkd.h"
#include "lmkd_queue.h"

struct lmkd_client {
	int fd;	      /* -1 = free */
	__u32 pid;    /* of its last packet; 0 = none yet */
	__u32 events; /* bit per enum lmkd_event */
	bool waits;   /* for the configuration; until then nothing more is read from it */
};

struct lmkd {
	struct lmkd_handlers handlers;
	pthread_t thread;
	int listen_fd, wake_fd, ask_fd;
	char path[108]; /* to be removed at the end; "": was inherited */
	atomic_bool stop;
	atomic_uint asked, answered[2]; /* bit per client; [1]: it failed */
	unsigned int asking;		/* the loop's: who waits for what it does now */
	atomic_bool may_monitor, booted;
	struct lmkd_queue queue[LMKD_TELLERS];
	struct lmkd_counts counts;
	atomic_uint clients;
	atomic_ullong lost, malformed;
	pthread_mutex_t levels_lock;
	struct lmkd_level level[LMKD_TARGETS];
	__u32 levels;

	/* The thread's. */
	struct lmkd_client client[LMKD_CLIENTS_MAX];
	__u64 levels_ns, said_ns;
	unsigned int unsaid;
};

/* From one side to the other, through an eventfd: something is there; take it. */
void lmkd_wake(int fd);
void lmkd_woken(int fd);

/* The thread, until l->stop. */
void *lmkd_main(void *arg);

#endif
