// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "rank.h"

#include <string.h>

#include "spare.h"

/* Growth learnt longer ago than this says nothing any more: sizes come at each quantum. */
#define GROWTH_STALE_NS 500000000ULL

/* Of lmkd: from here down the user sees the process, and one large one goes rather than many. */
#define PERCEPTIBLE_ADJ 200

#define NS_PER_MS 1000000

#define ADJ_MIN (-1000)
#define ADJ_MAX 1000

/* What is the same for all of one choice. */
struct ranking {
	const struct choose_policy *policy;
	const struct view *view;
	enum choose_order order;
	__s64 total_kib;
	__u8 importance[ADJ_MAX - ADJ_MIN + 1]; /* ORDER_BENEFIT: 0, the most important, and up */
};

enum rank_class {
	CLASS_AVOID,
	CLASS_SMALL,
	CLASS_NORMAL,
	CLASS_PREFER
};

void choose_default_bands(struct choose_policy *ret)
{
	/*
	 * Of ActivityManager: cached, service B, previous, home, service, heavy, backup, perceptible (low,
	 * medium, as such), visible, recently foreground, foreground; persistent service, persistent, system.
	 */
	static const __s16 bands[CHOOSE_BANDS] = {
		900, 800, 700, 600, 500, 400, 300, 250, 225, 200, 100, 50, 0, -700, -800, -900,
	};

	ret->bands = CHOOSE_BANDS;
	memcpy(ret->band, bands, sizeof(bands));
}

static __s64 growth_kib_s(const struct facts *facts, const struct proc *p)
{
	if (p->growth_kib_s <= 0 || facts->time_ns > p->updated_ns + GROWTH_STALE_NS)
		return 0;
	return p->growth_kib_s;
}

/* With what it will grow by in the horizon. */
static __s64 soon_kib(const struct choose_policy *policy, const struct facts *facts,
		      const struct proc *p)
{
	__s64 size = (__s64)proc_size_kib(p);
	__s64 growth = growth_kib_s(facts, p) * policy->growth_horizon_ms / 1000;

	return size + (growth > size ? size : growth);
}

static bool heaviest_first(const struct choose_policy *policy, const struct proc *p)
{
	return policy->flags & CHOOSE_HEAVIEST || p->oom_score_adj <= PERCEPTIBLE_ADJ;
}

__s64 choose_adjustment(const struct facts *facts, const struct proc *p)
{
	return p->oom_score_adj * (__s64)(facts->mem_total_kib + facts->swap_total_kib) / 1000;
}

__s64 choose_score(const struct choose_policy *policy, enum choose_order order,
		   const struct facts *facts, const struct proc *p)
{
	switch (order) {
	case ORDER_SIZE:
		return (__s64)proc_size_kib(p);
	case ORDER_SWAP:
		return p->swap_kib;
	case ORDER_GROWTH:
		return growth_kib_s(facts, p);
	case ORDER_BENEFIT:
		return soon_kib(policy, facts, p);
	case ORDER_LMKD:
		if (heaviest_first(policy, p))
			return (__s64)proc_size_kib(p);
		return facts->time_ns > p->prio_ns ?
			       (__s64)((facts->time_ns - p->prio_ns) / NS_PER_MS) :
			       0;
	default:
		return soon_kib(policy, facts, p) + p->pgtables_kib + choose_adjustment(facts, p);
	}
}

static void rank_begin(struct ranking *ret, const struct choose_policy *policy,
		       enum choose_order order, const struct view *view)
{
	const struct facts *facts = view->facts;
	int end = ADJ_MAX + 1, least;

	ret->policy = policy;
	ret->view = view;
	ret->order = order;
	ret->total_kib = (__s64)(facts->mem_total_kib + facts->swap_total_kib);
	if (order != ORDER_BENEFIT)
		return;
	/* From the top: each band from its least to the one above. */
	for (__u32 i = 0; i <= policy->bands && i <= CHOOSE_BANDS; i++) {
		least = i < policy->bands && i < CHOOSE_BANDS ? policy->band[i] : ADJ_MIN;
		if (least < ADJ_MIN || least >= end)
			continue;
		memset(ret->importance + (least - ADJ_MIN), (int)(CHOOSE_BANDS - i),
		       (size_t)(end - least));
		end = least;
	}
}

static enum rank_class class_of(const struct ranking *r, const struct proc *p)
{
	if (p->action == FILTER_PREFER)
		return CLASS_PREFER;
	if (p->action == FILTER_AVOID)
		return CLASS_AVOID;
	if (r->order != ORDER_LMKD && proc_size_kib(p) < r->policy->least_kib)
		return CLASS_SMALL;
	return CLASS_NORMAL;
}

static __s32 importance_of(const struct ranking *r, const struct proc *p)
{
	if (r->order == ORDER_LMKD)
		return p->oom_score_adj;
	if (r->order == ORDER_BENEFIT && p->oom_score_adj >= ADJ_MIN && p->oom_score_adj <= ADJ_MAX)
		return r->importance[p->oom_score_adj - ADJ_MIN];
	return 0;
}

static __s64 band_of(const struct ranking *r, const struct proc *p, __s64 score)
{
	if (r->order == ORDER_LMKD)
		return heaviest_first(r->policy, p) ? score : 0;
	if (!r->total_kib)
		return score;
	/* Floor, not truncation: the band around 0 is as wide as the others. */
	return score >= 0 ? score * 1000 / r->total_kib : -(-score * 1000 / r->total_kib) - 1;
}

static struct rank rank_of(const struct ranking *ranking, __u32 index)
{
	const struct proc *p = &ranking->view->procs[index];
	__s64 score = choose_score(ranking->policy, ranking->order, ranking->view->facts, p);

	return (struct rank){
		.score = score,
		.band = band_of(ranking, p, score),
		.prio_ns = p->prio_ns,
		.size_kib = proc_size_kib(p),
		.rank_class = class_of(ranking, p),
		.importance = importance_of(ranking, p),
		.index = index,
	};
}

bool rank_before(const struct rank *a, const struct rank *b)
{
	if (a->rank_class != b->rank_class)
		return a->rank_class > b->rank_class;
	if (a->importance != b->importance)
		return a->importance > b->importance;
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
		if (!rank_before(r, &best[at - 1]))
			return;
		at--;
	} else {
		(*n)++;
	}
	for (; at && rank_before(r, &best[at - 1]); at--)
		best[at] = best[at - 1];
	best[at] = *r;
}

bool rank_inside(const struct view *view, const struct proc *p)
{
	if (!view->ncgroups)
		return true;
	return p->home < view->ncgroups && view->cgroups[p->home].flags & CGROUP_INSIDE;
}

/* Never a candidate: not ours, nothing to gain, or not for this reason. */
static bool is_out(enum veto veto)
{
	return veto == VETO_SCOPE || veto == VETO_KTHREAD || veto == VETO_EMPTY ||
	       veto == VETO_FLOOR;
}

void rank_processes(const struct choose_policy *policy, enum choose_order order,
		    const struct view *view, struct ranks *ret)
{
	struct ranking ranking;
	enum veto veto;
	struct rank r;

	rank_begin(&ranking, policy, order, view);
	ret->considered = ret->vetoed = ret->nopen = ret->nspared = 0;
	for (__u32 i = 0; i < view->nprocs; i++) {
		veto = spare(view, i);
		if (is_out(veto) || !rank_inside(view, &view->procs[i]))
			continue;
		ret->considered++;
		ret->vetoed += veto != VETO_NONE;
		r = rank_of(&ranking, i);
		if (veto)
			keep_best(ret->spared, &ret->nspared, &r);
		else
			keep_best(ret->open, &ret->nopen, &r);
	}
}
