/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * verdict.h - what was decided: which rule fired where and why, who dies, and why not the others.
 */
#ifndef REAPD_VERDICT_H
#define REAPD_VERDICT_H

#include <reapd/record.h>

struct candidate {
	__u32 index; /* into view.procs, or where `list` says so into view.cgroups */
	__u32 veto;  /* enum veto */
	__s64 score; /* in the unit of the order */
};
_Static_assert(sizeof(struct candidate) == 16, "candidate");

/* Processes that die together because they share one mm; more than that are never chosen. */
#define VERDICT_SHARERS 8

/* A process group of more is not killed whole: a job of a reaper has room for so many. */
#define VERDICT_MEMBERS 256

#define NO_RULE	  0xffffffffu
#define NO_VICTIM 0xffffffffu

struct verdict {
	__u32 rule;    /* index in the policy, NO_RULE: nothing to do */
	__u32 place;   /* where it fired */
	__u32 terms;   /* how many of term[] */
	__u32 what;    /* enum choose_what: what dies */
	__u32 list;    /* enum choose_what: what candidate[] is about (not CHOOSE_GROUP) */
	__u32 victim;  /* index into view.procs, or NO_VICTIM; of a cgroup its largest process */
	__u32 cgroup;  /* index into view.cgroups; what dies, or holds the victim; or CGROUP_NONE */
	__u32 flags;   /* RECORD_F_* */
	__u32 members; /* processes that die; 1 when it is one */
	__u32 sharers;
	__u32 sharer[VERDICT_SHARERS]; /* others with the victim's mm; index into view.procs */
	__u64 member_kib;	       /* what they have together */
	__u32 considered;
	__u32 vetoed;
	__u32 candidates;    /* in candidate[], best first, vetoed ones in their place */
	__s16 min_score_adj; /* with a reason: nobody below it was considered */
	__u16 reason;	     /* enum lmk_reason + 1 (strategy android); 0: the rule says it all */
	struct record_term term[RECORD_TERMS];
	struct candidate candidate[RECORD_CANDIDATES];
};
_Static_assert(sizeof(struct verdict) == 416, "verdict");

#endif
