/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reap.h - the threads that kill and take the memory back.
 *
 * One thread has one victim from its SIGKILL to the return of process_mrelease, which follows in the
 * same thread at once: a victim that is SCHED_IDLE, throttled, frozen or in D state takes seconds to
 * free its own memory, and must not be waited for. The event loop never makes these calls.
 */
#ifndef REAPD_REAP_H
#define REAPD_REAP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "../decide/verdict.h"
#include "kill.h"

/*
 * The reaper gives up when process_mrelease was refused (EAGAIN, EINVAL) this long. The loop waits
 * for memory by its own deadline.
 */
struct reap_job {
	/* In, by the loop. */
	__u64 kill_id;
	__u64 decided_ns;
	__u64 patience_ns; /* how long refusals of process_mrelease are met by trying again */
	bool signal;	   /* send SIGKILL; false: the kernel already did */
	bool dry_run;	   /* stop before the last line: no signal, no process_mrelease */
	__u32 targets;
	struct target target[1 + VERDICT_SHARERS]; /* [0] is the victim; the job owns the pidfds */

	/* Out, by the reaper; to be read when it is done. */
	__u64 signalled_ns;
	__u64 released_ns; /* 0 = its memory was not taken back by us */
	int signal_error;  /* of the victim's SIGKILL, negative errno */
	int release_error; /* last answer of process_mrelease, negative errno */
	__u32 release_tries;
};

struct reapers;

/* Start n threads; realtime: SCHED_FIFO until the signal is sent. 0 or negative errno. */
int reapers_start(struct reapers **ret, __u32 n, bool realtime);

/* Stop them; one that is inside a system call is left behind. Always NULL. */
struct reapers *reapers_stop(struct reapers *r);

/* Readable when a job is done; read with reapers_done(). */
int reapers_fd(const struct reapers *r);

/* A free job, cleared, or NULL when all reapers are busy. */
struct reap_job *reapers_get(struct reapers *r);

/* Hand the job over. From here to reapers_done() it belongs to the reaper. */
void reapers_submit(struct reapers *r, struct reap_job *job);

/* A job that is done, once; NULL when there is none. It stays valid until reapers_put(). */
struct reap_job *reapers_done(struct reapers *r);

/* Close the job's pidfds and free it. */
void reapers_put(struct reapers *r, struct reap_job *job);

__u32 reapers_busy(const struct reapers *r);

#endif
