/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stuck_kill.h - private to stuck.c and stuck_kill.c: the watchdog's state, and its kills.
 */
#ifndef REAPD_STUCK_KILL_H
#define REAPD_STUCK_KILL_H

#include <pthread.h>

#include "pulse.h"
#include "sense/psi.h"
#include "stuck_list.h"

/* Kills whose record the loop has not written yet. */
#define STUCK_RECORDS 8

struct stuck {
	struct pulse pulse;
	struct stuck_lists lists;
	pthread_t thread;
	atomic_bool stop;
	bool realtime;
	int pressure_fd;
	int filter_fd[FILTER_KINDS];
	struct lmkd *lmkd; /* NULL, as the next: nobody to tell */
	struct registry *registry;

	/* The thread adds at the head, the loop takes at the tail. */
	struct kill_record record[STUCK_RECORDS];
	bool said[STUCK_RECORDS]; /* in the log */
	atomic_uint head, tail;
	int told_fd;
	atomic_ullong told[STUCK_MAX]; /* start times of the last ones that clients know of */
	atomic_uint tellings;

	/* The thread's. */
	__u64 killed[STUCK_MAX]; /* start times of the last ones */
	__u32 kills;
	struct psi psi; /* at the beginning of these two seconds */
	__u64 psi_ns;
};

/* By the thread: kill the first of the list that is what it was then and may be killed. */
void stuck_bite(struct stuck *s);

/* By the loop: what the thread did meanwhile, into record and log. */
void stuck_on_told(void *ctx, uint32_t events);

#endif
