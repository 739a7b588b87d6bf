/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * verdict.h - what was decided: which rule fired and why, who dies, and why not the others.
 */
#ifndef REAPD_VERDICT_H
#define REAPD_VERDICT_H

#include <reapd/record.h>

struct candidate {
	__u32 index; /* into view.procs */
	__u32 veto;  /* enum veto */
	__s64 score;
};
_Static_assert(sizeof(struct candidate) == 16, "candidate");

/* Processes that die together because they share one mm; more than that are never chosen. */
#define VERDICT_SHARERS 8

#define NO_RULE	  0xffffffffu
#define NO_VICTIM 0xffffffffu

struct verdict {
	__u32 rule;   /* index in the strategy's rules, NO_RULE: nothing to do */
	__u32 terms;  /* how many of term[] */
	__u32 victim; /* index into view.procs, or NO_VICTIM */
	__u32 sharers;
	__u32 sharer[VERDICT_SHARERS]; /* others with the victim's mm; index into view.procs */
	__u32 considered;
	__u32 vetoed;
	__u32 candidates; /* in candidate[], best first, vetoed ones in their place */
	__u32 pad;
	struct record_term term[RECORD_TERMS];
	struct candidate candidate[RECORD_CANDIDATES];
};
_Static_assert(sizeof(struct verdict) == 288, "verdict");

#endif
