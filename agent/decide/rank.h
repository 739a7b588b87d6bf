/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rank.h - of two processes, who goes first.
 *
 * By class (choose.h) before all. Then by importance: for ORDER_BENEFIT bands of oom_score_adj, which
 * put processes together that mean the same to the user (all cached apps, say), for ORDER_LMKD every
 * oom_score_adj by itself, for the others nothing. Then by score, in bands of a thousandth of memory as
 * /proc/PID/oom_score shows it; then the one whose priority was set the longest ago (the least recently
 * used), then the larger.
 *
 * ORDER_LMKD is lmkd's order and nothing else: no process is too small for it, and its score counts
 * only where lmkd takes the heaviest, and then to the KiB.
 */
#ifndef REAPD_RANK_H
#define REAPD_RANK_H

#include <stdbool.h>

#include "rule.h"
#include "view.h"

/* What ranks a process; compared field by field. */
struct rank {
	__s64 score;
	__s64 band;
	__u64 prio_ns;
	__u64 size_kib;
	__u32 rank_class;
	__s32 importance;
	__u32 index;
};

bool rank_before(const struct rank *a, const struct rank *b);

/* The best few, each list by itself in order. */
struct ranks {
	__u32 considered; /* all who are, or would be but for a veto, candidates */
	__u32 vetoed;	  /* of them */
	__u32 nopen;
	__u32 nspared;
	struct rank open[RECORD_CANDIDATES]; /* who may be killed */
	struct rank spared[RECORD_CANDIDATES];
};

void rank_processes(const struct choose_policy *policy, enum choose_order order,
		    const struct view *view, struct ranks *ret);

/* In the cgroup that the rule fired for? */
bool rank_inside(const struct view *view, const struct proc *p);

/* The bands that Android's own classes of importance make. */
void choose_default_bands(struct choose_policy *ret);

/*
 * Points of one process in KiB, as oom_badness() of the kernel (mm/oom_kill.c) has them in pages:
 * rss + swap + page tables + oom_score_adj * total / 1000. On top, for ORDER_BADNESS, its growth in
 * the horizon, at most its own size, so that what has just begun cannot outweigh what is there.
 * ORDER_BENEFIT: size and this growth, which is what its death gives back. ORDER_GROWTH: KiB/s.
 * ORDER_LMKD: its size where the heaviest goes first, elsewhere ms since its oom_score_adj was set.
 */
__s64 choose_score(const struct choose_policy *policy, enum choose_order order,
		   const struct facts *facts, const struct proc *p);

/* What of it oom_score_adj is. */
__s64 choose_adjustment(const struct facts *facts, const struct proc *p);

#endif
