/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view.h - what one choice sees: facts, every process, and where a rule asks for it every cgroup.
 */
#ifndef REAPD_VIEW_H
#define REAPD_VIEW_H

#include <stdbool.h>

#include "facts.h"

#define CGROUP_NONE 0xffffffffu

#define CGROUP_INSIDE	 (1u << 0) /* in the cgroup for which the rule fired, or it itself */
#define CGROUP_OOM_GROUP (1u << 1) /* memory.oom.group: dies as a whole */
#define CGROUP_OMIT	 (1u << 2) /* user.oomd_omit, by one who may say so */
#define CGROUP_SCOPE	 (1u << 3) /* outside of the agent's scope: no victim */
#define CGROUP_FILTERED	 (1u << 4) /* `action` is a filter's: nothing is inherited */

/* One cgroup, where a rule chooses among them. Sums are of itself alone, without those below. */
struct cgroup {
	__u64 id;
	__u64 stall_ns; /* stalled on memory in the last seconds */
	__u64 scanned;	/* pages, in the last seconds; below it too (memory.stat is so) */
	__u32 parent;	/* index, CGROUP_NONE: the root */
	__u16 flags;	/* CGROUP_* */
	__u8 action;	/* enum filter_action: of its filter or its xattr */
	__u8 pad;
};
_Static_assert(sizeof(struct cgroup) == 32, "cgroup");

#define VIEW_REGISTERED (1u << 0) /* who is not registered is spared */
#define VIEW_FLOOR	(1u << 1) /* so is who is below min_score_adj */

/* What one choice sees. The arrays are borrowed for the time of the call. */
struct view {
	const struct facts *facts; /* of the scope: their totals scale the scores */
	const struct proc *procs;
	__u32 nprocs;
	__u32 ncgroups;		      /* 0 unless the rule is about cgroups */
	const struct cgroup *cgroups; /* a parent comes before its children */
	__u32 flags;		      /* VIEW_*: choose() fills in these two */
	__s16 min_score_adj;
};

/* Is a cgroup that one, or below it? */
static inline bool view_is_below(const struct view *view, __u32 index, __u32 top)
{
	while (index < view->ncgroups && index != top)
		index = view->cgroups[index].parent;
	return index == top && index < view->ncgroups;
}

#endif
