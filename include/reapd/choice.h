/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * choice.h - by which order a victim is chosen, as configuration, recordings and records have it; and of
 * the control socket (control.h) the answer to "who, if pressure hit now?".
 */
#ifndef REAPD_CHOICE_H
#define REAPD_CHOICE_H

#include <reapd/record.h>

/* [choose] names those up to ORDER_LMKD. */
enum choose_order {
	ORDER_BADNESS = 0, /* the kernel's: size, page tables, oom_score_adj; and growth */
	ORDER_SIZE,	   /* size with swap alone */
	ORDER_GROWTH,	   /* the fastest growing, then size */
	ORDER_BENEFIT, /* of the least important band of oom_score_adj who gives back the most */
	ORDER_LMKD,    /* Android's: the highest oom_score_adj, then the least recently used */
	ORDER_SWAP,    /* swap alone, then size */
	ORDER_STALL,   /* of cgroups: who stalled the longest lately */
	ORDER_PGSCAN,  /* of cgroups: in whom reclaim scanned the most lately */
	ORDERS,
};

/* What the nearest rule would do if it fired now. */
struct control_choice {
	char rule[32];
	__u32 what;	 /* enum choose_what: what would die */
	__u32 list;	 /* of what the PROC frames are: processes or (pid 0) cgroups */
	__u32 victim;	 /* pid; of many the largest; 0: nobody can be chosen */
	__u32 processes; /* that would die */
	__u64 size_kib;	 /* what they have */
	__u32 flags;	 /* RECORD_F_* */
	__u32 considered;
	__u32 vetoed;
	__u32 order;	     /* enum choose_order */
	__s16 min_score_adj; /* with a reason: nobody below it is considered */
	__u16 reason;	     /* as in kill_record */
	__u32 steps;	     /* in step[], before anybody is killed or with it */
	struct {
		__u32 kind; /* enum step_kind */
		__u32 pad;
		__u64 amount;
	} step[8];
	char place[REAPD_PATH_LEN];  /* where the rule would fire; empty: all that is watched */
	char cgroup[REAPD_PATH_LEN]; /* that would die, or that the victim is in */
};
_Static_assert(sizeof(struct control_choice) == 712, "control_choice");

#endif
