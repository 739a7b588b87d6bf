/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stuck_list.h - who would have to go if the loop could not say so any more: handed to another thread
 * without locks.
 *
 * The loop writes a list that nobody reads and then puts it in the place of the last one. So whoever reads
 * has a whole list at any time, also when the loop is stuck in the middle of the next.
 */
#ifndef REAPD_STUCK_LIST_H
#define REAPD_STUCK_LIST_H

#include <stdatomic.h>

#include "agent.h"

/* One dies every two seconds: a loop that is stuck for longer than a minute does not come back. */
#define STUCK_MAX 32

struct stuck_one {
	struct proc proc; /* as it was */
	__u64 pidfs_ino;
	__u32 uid; /* of its registration, else its own */
	__u32 pad;
	char comm[REAPD_COMM_LEN];
	char name[REAPD_NAME_LEN];
	char cgroup[REAPD_PATH_LEN]; /* "": not known */
};

struct stuck_list {
	__u32 n;
	bool dry_run;
	struct facts facts;
	struct stuck_one one[STUCK_MAX];
};

struct stuck_lists {
	struct stuck_list list[3];
	int back, front; /* the loop's, the other thread's */
	atomic_int middle;
};

void stuck_lists_init(struct stuck_lists *s);

/*
 * Those that may be killed with an oom_score_adj from 1000 down to 0, in the order in which lmkd's watchdog
 * takes them: the highest first, among equals that which was set the longest ago. What a filter prefers
 * goes before all, what it avoids after all. None that shares its memory: one of them alone gives nothing
 * back. Rows of the view; how many.
 */
__u32 stuck_rows(const struct view *view, __u32 rows[STUCK_MAX]);

/* By the loop: these, in the place of the last ones. */
void stuck_publish(struct stuck_lists *s, struct agent *a);

/* By the other thread: the last one; it stays as it is until the next call. */
const struct stuck_list *stuck_latest(struct stuck_lists *s);

#endif
