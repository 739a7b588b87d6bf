// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "choose.h"

#include <stdbool.h>
#include <string.h>

#include "rank.h"
#include "spare.h"

/*
 * The best candidates as they rank, spared ones among them. At least the victim is listed: when the
 * spared alone would fill the list, it takes the last place.
 */
static void list_candidates(const struct view *view, const struct ranks *ranks, struct verdict *ret)
{
	__u32 nopen = ranks->nopen, nspared = ranks->nspared, o = 0, s = 0;

	for (__u32 i = 0; i < RECORD_CANDIDATES && (o < nopen || s < nspared); i++) {
		bool last = i == RECORD_CANDIDATES - 1 && !o && nopen;
		bool take_open = o < nopen && (last || s == nspared ||
					       rank_before(&ranks->open[o], &ranks->spared[s]));
		const struct rank *r = take_open ? &ranks->open[o++] : &ranks->spared[s++];

		ret->candidate[i] = (struct candidate){
			.index = r->index,
			.veto = take_open ? VETO_NONE : spare(view, r->index),
			.score = r->score,
		};
		ret->candidates = i + 1;
	}
}

static void choose_process(const struct choose_policy *policy, enum choose_order order,
			   const struct view *view, struct verdict *ret)
{
	struct ranks ranks;

	rank_processes(policy, order, view, &ranks);
	ret->considered = ranks.considered;
	ret->vetoed = ranks.vetoed;
	list_candidates(view, &ranks, ret);
	if (!ranks.nopen)
		return;
	ret->victim = ranks.open[0].index;
	ret->members = 1;
	ret->member_kib = proc_size_kib(&view->procs[ret->victim]);
	ret->sharers = spare_sharers(view, ret->victim, ret->sharer);
}

/* The process group of the victim, if all of it may die and it is not too large. */
static void widen_to_group(const struct rule *rule, const struct view *view, struct verdict *ret)
{
	__u32 pgid = view->procs[ret->victim].pgid, members = 0;
	__u64 kib = 0;
	enum veto veto;

	for (__u32 i = 0; pgid && i < view->nprocs; i++) {
		if (view->procs[i].pgid != pgid)
			continue;
		veto = spare(view, i);
		if (veto == VETO_EMPTY || veto == VETO_DYING)
			continue;
		if (veto || !rank_inside(view, &view->procs[i])) {
			ret->flags |= RECORD_F_ALONE;
			return;
		}
		members++;
		kib += proc_size_kib(&view->procs[i]);
	}
	if (members < 2)
		return;
	if (members > VERDICT_MEMBERS || (rule->max_processes && members > rule->max_processes) ||
	    (rule->max_kib && kib > rule->max_kib)) {
		ret->flags |= RECORD_F_CAPPED;
		return;
	}
	ret->what = CHOOSE_GROUP;
	ret->members = members;
	ret->member_kib = kib;
	ret->sharers = 0;
}

bool choose_member(const struct view *view, const struct verdict *v, __u32 index)
{
	const struct proc *p = &view->procs[index];

	if (v->what == CHOOSE_GROUP)
		return p->pgid == view->procs[v->victim].pgid && spare(view, index) == VETO_NONE;
	return view_is_below(view, p->home, v->cgroup);
}

/* What the policy and the reason of this kill spare on top of the rest. */
static struct view narrowed(const struct view *view, const struct choose_policy *policy,
			    const struct verdict *v)
{
	struct view seen = *view;

	seen.flags = 0;
	if (policy->flags & CHOOSE_REGISTERED)
		seen.flags |= VIEW_REGISTERED;
	if (v->reason)
		seen.flags |= VIEW_FLOOR;
	seen.min_score_adj = v->min_score_adj;
	return seen;
}

void choose(const struct choose_policy *policy, const struct rule *rule, const struct view *view,
	    struct choose_sum *sums, struct verdict *ret)
{
	enum choose_order order = rule ? rule->order : policy->order;
	struct view seen = narrowed(view, policy, ret);

	ret->victim = NO_VICTIM;
	ret->cgroup = CGROUP_NONE;
	ret->what = ret->list = CHOOSE_PROCESS;
	ret->flags = ret->members = 0;
	ret->member_kib = 0;
	ret->sharers = ret->candidates = ret->considered = ret->vetoed = 0;
	memset(ret->sharer, 0, sizeof(ret->sharer));
	memset(ret->candidate, 0, sizeof(ret->candidate));
	if (rule && rule->what == CHOOSE_CGROUP) {
		choose_cgroup(policy, rule, &seen, sums, ret);
		return;
	}
	choose_process(policy, order, &seen, ret);
	if (rule && rule->what == CHOOSE_GROUP && ret->victim != NO_VICTIM)
		widen_to_group(rule, &seen, ret);
}
