// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "spare.h"

#include <stddef.h>

/* OOM_SCORE_ADJ_MIN of the kernel: "never". */
#define ADJ_NEVER (-1000)

/* Of the process alone. From the most to the least absolute, so that the reason given is the best. */
static enum veto spare_alone(const struct proc *p)
{
	static const struct {
		__u32 flag;
		enum veto veto;
	} flags[] = {
		{ PROC_KTHREAD, VETO_KTHREAD }, { PROC_SELF, VETO_SELF },
		{ PROC_OUTSIDE, VETO_SCOPE },	{ PROC_CHANGED, VETO_IDENTITY },
		{ PROC_KILLED, VETO_DYING },	{ PROC_DYING, VETO_DYING },
	};

	if (p->tgid <= 1)
		return VETO_INIT;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (p->flags & flags[i].flag)
			return flags[i].veto;
	}
	if (p->oom_score_adj <= ADJ_NEVER)
		return VETO_ADJ;
	if (p->action == FILTER_PROTECT)
		return VETO_FILTER;
	return VETO_NONE;
}

static bool below_floor(const struct view *view, const struct proc *p)
{
	return view->flags & VIEW_FLOOR && p->oom_score_adj < view->min_score_adj;
}

__u32 spare_sharers(const struct view *view, __u32 index, __u32 *ret)
{
	__u64 mm_id = view->procs[index].mm_id;
	__u32 n = 0;

	if (!mm_id || !(view->procs[index].flags & PROC_SHARED))
		return 0;
	for (__u32 i = 0; i < view->nprocs; i++) {
		if (i == index || view->procs[i].mm_id != mm_id)
			continue;
		if (n < VERDICT_SHARERS)
			ret[n] = i;
		n++;
	}
	return n;
}

enum veto spare(const struct view *view, __u32 index)
{
	const struct proc *p = &view->procs[index];
	__u32 sharer[VERDICT_SHARERS], n;
	enum veto veto;

	if (below_floor(view, p))
		return VETO_FLOOR;
	veto = spare_alone(p);
	if (veto)
		return veto;
	if (!p->mm_id || !proc_size_kib(p))
		return VETO_EMPTY;
	/* Not asked of its sharers: a child between vfork and exec is known to nobody. */
	if (view->flags & VIEW_REGISTERED && !(p->flags & PROC_REGISTERED))
		return VETO_UNREGISTERED;
	n = spare_sharers(view, index, sharer);
	if (n > VERDICT_SHARERS)
		return VETO_SHARES;
	for (__u32 i = 0; i < n; i++) {
		p = &view->procs[sharer[i]];
		veto = spare_alone(p);
		if (veto != VETO_DYING && (veto || below_floor(view, p)))
			return VETO_SHARES;
	}
	return VETO_NONE;
}
