/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * errand.h - threads for what may block and is neither the event loop's nor a reaper's to wait for:
 * steps of a rule's ladder short of killing, programs, hooks before a kill.
 *
 * Each errand has a thread of its own ("reapd/errand0" ...), so that one that hangs in memory.reclaim
 * does not hold up a hook. The shape is that of reap.h.
 */
#ifndef REAPD_ERRAND_H
#define REAPD_ERRAND_H

#include <limits.h>

#include "cghold.h"
#include "cgkill.h"
#include "program.h"

enum errand_kind {
	ERRAND_RECLAIM = 1, /* amount_kib of the cgroup, in pieces, until timeout_ns is over */
	ERRAND_CLAMP,	    /* its memory.high becomes what it uses now: `clamp` */
	ERRAND_UNCLAMP,	    /* and what it was: by `clamp`, as ERRAND_CLAMP returned it */
	ERRAND_FREEZE,	    /* as the clamp, noted in the file `path` (held.h): about.cgroup */
	ERRAND_THAW,
	ERRAND_RUN,	/* the program `path`, told `about` */
	ERRAND_PREKILL, /* everything in the directory `path`, told `about` */
};

struct errand {
	/* In, by the loop. */
	__u32 kind;
	__u64 tag; /* the caller's */
	/* RECLAIM, RUN, PREKILL; 0: ERRAND_TIMEOUT_NS. PREKILL takes no more than that. */
	__u64 timeout_ns;
	__u64 amount_kib;
	struct cgroup_target cgroup; /* the errand owns the dirfd; -1: none */
	struct about about;
	char path[PATH_MAX];

	/* In and out. */
	struct cgroup_clamp clamp;

	/* Out; to be read when it is done. */
	int error;	/* negative errno; -ETIMEDOUT: ended by us */
	int status;	/* RUN: exit status, 128 + N when signal N ended it */
	__u32 hooks;	/* PREKILL: that were told */
	__u32 answered; /* of them, in time */
	__u64 done_kib; /* RECLAIM: at least so much */
};

#define ERRAND_TIMEOUT_NS 10000000000ULL

struct errands;

/* Start n threads (at most 8). 0 or negative errno. */
int errands_start(struct errands **ret, __u32 n);

/* Stop them. One at work is left behind; its programs die with the agent. Always NULL. */
struct errands *errands_stop(struct errands *e);

/* Readable when an errand is done; read with errand_done(). */
int errands_fd(const struct errands *e);

/* A free errand, cleared, or NULL when there is none (no threads: `e` is NULL). */
struct errand *errand_get(struct errands *e);

/* Hand it over. From here to errand_done() it belongs to the thread. */
void errand_submit(struct errands *e, struct errand *one);

/* An errand that is done, once; NULL when there is none. It stays valid until errand_put(). */
struct errand *errand_done(struct errands *e);

/* Close its cgroup and free it. */
void errand_put(struct errands *e, struct errand *one);

#endif
