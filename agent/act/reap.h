/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reap.h - the threads that kill and take the memory back.
 *
 * One thread has one victim from its signal to the return of process_mrelease, which follows in the
 * same thread at once: a victim that is SCHED_IDLE, throttled, frozen or in D state takes seconds to
 * free its own memory, and must not be waited for. The event loop never makes these calls.
 *
 * A victim is one process with those that share its memory, a process group, or a cgroup.
 */
#ifndef REAPD_REAP_H
#define REAPD_REAP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "../decide/verdict.h"
#include "cgkill.h"
#include "kill.h"

#define REAP_TARGETS VERDICT_MEMBERS /* of a process group, or the victim and VERDICT_SHARERS */
#define REAP_MEMBERS 4096 /* more of a cgroup die too, but free their memory by themselves */

struct reap_job {
	/* In, by the loop. */
	__u64 kill_id;
	__u64 decided_ns;
	__u64 patience_ns; /* how long refusals of process_mrelease are met by trying again */
	int sig;      /* SIGKILL; SIGTERM: nothing is taken back; 0: the kernel killed already */
	bool dry_run; /* stop before the last line: no signal, no process_mrelease */
	__u32 what;   /* enum choose_what */
	struct cgroup_target cgroup; /* CHOOSE_CGROUP: the victim; the job owns the dirfd */
	__u32 targets;
	__u32 members;

	/* Out, by the reaper; to be read when it is done. */
	__u64 signalled_ns; /* to the last of them */
	__u64 released_ns;  /* of the last that gave its memory; 0 = none was taken back by us */
	int signal_error; /* negative errno: the victim (of many: nobody) was signalled; -ESRCH: gone */
	int release_error; /* last refusal of process_mrelease, negative errno; 0: no one refused */
	int mark_error;	   /* of cgroup_mark() */
	__u32 release_tries;
	__u32 killed;	/* processes that got the signal, or were gone when it came */
	__u32 released; /* processes whose memory was taken back */
	__u32 failed;	/* processes that could not be signalled, or left the cgroup in time */

	/*
	 * In. Not cleared: what `targets` and `members` count is valid. target[0] is the victim (of a
	 * group: its leader); the job owns the pidfds. Those of a CHOOSE_CGROUP are not signalled, the
	 * cgroup is. member: tgids of a cgroup, in the order in which their memory shall be taken.
	 */
	struct target target[REAP_TARGETS];
	__u32 member[REAP_MEMBERS];
};
_Static_assert(REAP_TARGETS >= 1 + VERDICT_SHARERS, "all who share one memory");

struct reapers;

/*
 * Start n threads; realtime: SCHED_FIFO, but see reapers_ease(); foreground: as for hasten_init(). 0 or
 * negative errno.
 */
int reapers_start(struct reapers **ret, __u32 n, bool realtime, const char *foreground);

/* Stop them; one that is inside a system call is left behind. Always NULL. */
struct reapers *reapers_stop(struct reapers *r);

/* Readable when a job is done; read with reapers_done(). */
int reapers_fd(const struct reapers *r);

/* A free job, cleared (but its lists), or NULL when all reapers are busy. */
struct reap_job *reapers_get(struct reapers *r);

/* Hand the job over. From here to reapers_done() it belongs to the reaper. */
void reapers_submit(struct reapers *r, struct reap_job *job);

/* A job that is done, once; NULL when there is none. It stays valid until reapers_put(). */
struct reap_job *reapers_done(struct reapers *r);

/* Close the job's pidfds and its cgroup, and free it. */
void reapers_put(struct reapers *r, struct reap_job *job);

__u32 reapers_busy(const struct reapers *r);

/* Who has been taking memory back for long (200 ms) goes on as an ordinary thread. At each tick. */
void reapers_ease(struct reapers *r);

#endif
