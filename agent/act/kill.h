/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kill.h - a process by its pidfd, with its identity proven.
 *
 * A pidfd pins the process, not its number, so the order is: learn (tgid, start_ns) from the kernel
 * side, open the pidfd, then check that what was opened is that process. Afterwards the number may be
 * reused as it likes. Candidates are armed (opened and checked) while watching, so that a kill needs
 * neither.
 */
#ifndef REAPD_KILL_H
#define REAPD_KILL_H

#include <stdbool.h>

#include <reapd/event.h>

struct target {
	__u32 tgid;
	int pidfd; /* -1 = not open */
	__u64 start_ns;
	__u64 pidfs_ino; /* 0 = this kernel has none: the start time is compared */
	__u64 mm_id;
};

/*
 * A pidfd of a process. -ESRCH: nobody has this number (any more); or another negative errno.
 */
int pidfd_of(__u32 tgid);

/*
 * Open the pidfd and prove it. tgid, start_ns and pidfs_ino are given; start_ns 0: take whoever has
 * the number now. 0, -ESRCH (gone), -ESTALE (the number belongs to another process by now), or
 * another negative errno; pidfd is then -1.
 */
int target_open(struct target *t);
void target_close(struct target *t);

/* Start time of whoever has this number now, in PROCFS_TICK_NS; 0 = nobody has. Reads /proc. */
__u64 target_start_ticks(__u32 tgid);

/* 0 or negative errno; target_kill(): SIGKILL. */
int target_signal(const struct target *t, int sig);
int target_kill(const struct target *t);

/*
 * Take its memory back at once: process_mrelease(2), which only does that to who has SIGKILL pending.
 * 0 or negative errno.
 */
int pidfd_release(int pidfd);

/* Has it not exited yet? */
bool target_alive(const struct target *t);

/* The best few, kept open. Eight: as many as a verdict lists. */
#define ARMED_MAX 8

struct armed {
	__u32 n;
	struct target target[ARMED_MAX];
};

/*
 * Make these the armed ones: who stays is kept open, who is not among them is closed, who is new is
 * opened (and left out when that fails). pidfd of `wanted` is ignored.
 */
void armed_update(struct armed *a, const struct target *wanted, __u32 n);

/* Take this one out of the armed ones, or open it now. As target_open(). */
int armed_take(struct armed *a, struct target *t);

void armed_done(struct armed *a);

#endif
