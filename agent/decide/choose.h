/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * choose.h - who goes first: a process, a process group or a cgroup, as the rule says.
 *
 * Classes: what a filter prefers; all others; those too small to help; those that a filter avoids.
 *
 * Processes: inside a class as rank.h has it. A process group is that of the process so chosen.
 *
 * Cgroups: from the rule's cgroup down, at each level into the one with the highest sum, to one that has
 * processes of its own or memory.oom.group; if that one is spared, into the next. By badness a cgroup
 * is as bad as one process of its size would be, with the oom_score_adj of its largest.
 *
 * What is larger than the rule may kill whole, or holds a process that is spared, is not killed: the
 * largest process in it is, alone (one to be avoided only when there is no other).
 */
#ifndef REAPD_CHOOSE_H
#define REAPD_CHOOSE_H

#include "rule.h"
#include "verdict.h"
#include "view.h"

/* Room for sums over cgroups: as many as the view has cgroups; the caller's, and only scratch. */
struct choose_sum {
	__u64 size_kib;
	__u64 private_kib;
	__s64 score; /* by the rule's order */
	__u32 procs;
	__u32 spared;  /* of them, must not die */
	__u32 largest; /* of those that may, index into view.procs */
	__u32 own;     /* processes in itself */
	__u32 child;   /* the first to go of those with processes, CGROUP_NONE: there is none */
	__u32 next;    /* sibling */
	__u32 order;   /* of all cgroups, not of this one: who goes before whom */
	__u8 action;   /* enum filter_action: its own or the nearest one above */
	__u8 omit;     /* it or one above asks to be left out */
	__u8 pad[2];
};
_Static_assert(sizeof(struct choose_sum) == 56, "choose_sum");

/*
 * Rank everyone and fill in all of the verdict but rule, place and terms, and reason: where there is one,
 * nobody below its min_score_adj is a candidate. `rule` NULL: one process, by the policy's order. Reads
 * each process once: 5,000 take less than 100 us.
 */
void choose(const struct choose_policy *policy, const struct rule *rule, const struct view *view,
	    struct choose_sum *sums, struct verdict *ret);

/* Of choose(), the rule is about cgroups. */
void choose_cgroup(const struct choose_policy *policy, const struct rule *rule,
		   const struct view *view, struct choose_sum *sums, struct verdict *ret);

/* Is the process one of those that die by this verdict? For CHOOSE_CGROUP and CHOOSE_GROUP. */
bool choose_member(const struct view *view, const struct verdict *v, __u32 index);

#endif
