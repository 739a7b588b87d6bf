// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "choose.h"

#include <stdbool.h>
#include <string.h>

#include "spare.h"

/* Growth learnt longer ago than this says nothing any more: sizes come at each quantum. */
#define GROWTH_STALE_NS 500000000ULL

enum rank_class {
	CLASS_AVOID,
	CLASS_SMALL,
	CLASS_NORMAL,
	CLASS_PREFER
};

/* What ranks a process; compared field by field. */
struct rank {
	__s64 score;
	__s64 band;
	__u64 prio_ns;
	__u64 size_kib;
	enum rank_class rank_class;
	__u32 index;
};

static __s64 growth_kib_s(const struct facts *facts, const struct proc *p)
{
	if (p->growth_kib_s <= 0 || facts->time_ns > p->updated_ns + GROWTH_STALE_NS)
		return 0;
	return p->growth_kib_s;
}

__s64 choose_score(const struct choose_policy *policy, const struct facts *facts,
		   const struct proc *p)
{
	__s64 size = (__s64)proc_size_kib(p);
	__s64 total = (__s64)(facts->mem_total_kib + facts->swap_total_kib);
	__s64 growth = growth_kib_s(facts, p);

	switch (policy->order) {
	case ORDER_SIZE:
		return size;
	case ORDER_GROWTH:
		return growth;
	default:
		growth = growth * policy->growth_horizon_ms / 1000;
		if (growth > size)
			growth = size;
		return size + p->pgtables_kib + growth + p->oom_score_adj * total / 1000;
	}
}

static enum rank_class class_of(const struct choose_policy *policy, const struct proc *p)
{
	if (p->action == FILTER_PREFER)
		return CLASS_PREFER;
	if (p->action == FILTER_AVOID)
		return CLASS_AVOID;
	return proc_size_kib(p) < policy->least_kib ? CLASS_SMALL : CLASS_NORMAL;
}

static struct rank rank_of(const struct choose_policy *policy, const struct view *view, __u32 index)
{
	const struct proc *p = &view->procs[index];
	__s64 total = (__s64)(view->facts->mem_total_kib + view->facts->swap_total_kib);
	struct rank r = {
		.score = choose_score(policy, view->facts, p),
		.prio_ns = p->prio_ns,
		.size_kib = proc_size_kib(p),
		.rank_class = class_of(policy, p),
		.index = index,
	};

	/* Floor, not truncation: the band around 0 is as wide as the others. */
	r.band = total ? (r.score >= 0 ? r.score * 1000 / total : -(-r.score * 1000 / total) - 1) :
			 r.score;
	return r;
}

static bool before(const struct rank *a, const struct rank *b)
{
	if (a->rank_class != b->rank_class)
		return a->rank_class > b->rank_class;
	if (a->band != b->band)
		return a->band > b->band;
	if (a->prio_ns != b->prio_ns)
		return a->prio_ns < b->prio_ns;
	if (a->size_kib != b->size_kib)
		return a->size_kib > b->size_kib;
	return a->index < b->index;
}

/* Insert into the best few, which are sorted; the last one falls off. */
static void keep_best(struct rank *best, __u32 *n, const struct rank *r)
{
	__u32 at = *n;

	if (at == RECORD_CANDIDATES) {
		if (!before(r, &best[at - 1]))
			return;
		at--;
	} else {
		(*n)++;
	}
	for (; at && before(r, &best[at - 1]); at--)
		best[at] = best[at - 1];
	best[at] = *r;
}

/*
 * The best candidates as they rank, spared ones among them. At least the victim is listed: when the
 * spared alone would fill the list, it takes the last place.
 */
static void list_candidates(const struct view *view, const struct rank *open, __u32 nopen,
			    const struct rank *spared, __u32 nspared, struct verdict *ret)
{
	__u32 o = 0, s = 0;

	for (__u32 i = 0; i < RECORD_CANDIDATES && (o < nopen || s < nspared); i++) {
		bool last = i == RECORD_CANDIDATES - 1 && !o && nopen;
		bool take_open = o < nopen &&
				 (last || s == nspared || before(&open[o], &spared[s]));
		const struct rank *r = take_open ? &open[o++] : &spared[s++];

		ret->candidate[i] = (struct candidate){
			.index = r->index,
			.veto = take_open ? VETO_NONE : spare(view, r->index),
			.score = r->score,
		};
		ret->candidates = i + 1;
	}
}

void choose(const struct choose_policy *policy, const struct view *view, struct verdict *ret)
{
	struct rank open[RECORD_CANDIDATES], spared[RECORD_CANDIDATES], r;
	__u32 nopen = 0, nspared = 0;
	enum veto veto;

	ret->victim = NO_VICTIM;
	ret->sharers = ret->candidates = ret->considered = ret->vetoed = 0;
	memset(ret->sharer, 0, sizeof(ret->sharer));
	memset(ret->candidate, 0, sizeof(ret->candidate));
	for (__u32 i = 0; i < view->nprocs; i++) {
		veto = spare(view, i);
		/* Those were never candidates: not ours, or nothing to gain. */
		if (veto == VETO_SCOPE || veto == VETO_KTHREAD || veto == VETO_EMPTY)
			continue;
		ret->considered++;
		ret->vetoed += veto != VETO_NONE;
		r = rank_of(policy, view, i);
		if (veto)
			keep_best(spared, &nspared, &r);
		else
			keep_best(open, &nopen, &r);
	}
	list_candidates(view, open, nopen, spared, nspared, ret);
	if (!nopen)
		return;
	ret->victim = open[0].index;
	ret->sharers = spare_sharers(view, ret->victim, ret->sharer);
}
