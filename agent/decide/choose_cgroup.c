// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * choose_cgroup.c - a cgroup as the victim.
 *
 * Sums go up the tree once, siblings are put into their order, and one walk down and back gives the
 * leaves as they go. Of these, class by class, the first that may die does.
 */
#include "choose.h"

#include <string.h>

#include "rank.h"
#include "spare.h"

enum leaf_class {
	LEAF_PREFER,
	LEAF_NORMAL,
	LEAF_SMALL, /* too small to help */
	LEAF_AVOID,
	LEAF_CLASSES
};

struct choice {
	const struct choose_policy *policy;
	const struct rule *rule;
	const struct view *view;
	struct choose_sum *sum;
	struct verdict *verdict;
};

/* Does the order rank processes? The others are of cgroups themselves. */
static bool by_process(const struct rule *rule)
{
	return rule->order != ORDER_STALL && rule->order != ORDER_PGSCAN;
}

static bool larger(const struct choice *c, __u32 a, __u32 b)
{
	return b == NO_VICTIM ||
	       proc_size_kib(&c->view->procs[a]) > proc_size_kib(&c->view->procs[b]);
}

static void add_process(const struct choice *c, __u32 index)
{
	const struct proc *p = &c->view->procs[index];
	enum veto veto = spare(c->view, index);
	struct choose_sum *s;

	if (p->home >= c->view->ncgroups || veto == VETO_KTHREAD || veto == VETO_DYING ||
	    veto == VETO_EMPTY)
		return;
	s = &c->sum[p->home];
	s->procs++;
	s->own++;
	if (veto) {
		s->spared++;
		return;
	}
	s->size_kib += proc_size_kib(p);
	s->private_kib += proc_private_kib(p);
	if (larger(c, index, s->largest))
		s->largest = index;
	if (by_process(c->rule))
		s->score += choose_score(c->policy, c->rule->order, c->view->facts, p);
	/* Of a cgroup it counts once, not once for each process: see adjust(). */
	if (c->rule->order == ORDER_BADNESS)
		s->score -= choose_adjustment(c->view->facts, p);
}

static void add_to_parent(const struct choice *c, __u32 index)
{
	const struct choose_sum *s = &c->sum[index];
	__u32 parent = c->view->cgroups[index].parent;
	struct choose_sum *up;

	if (parent == CGROUP_NONE || !s->procs)
		return;
	up = &c->sum[parent];
	up->procs += s->procs;
	if (s->omit && !up->omit) {
		up->spared += s->procs;
		return;
	}
	up->spared += s->spared;
	up->size_kib += s->size_kib;
	up->private_kib += s->private_kib;
	if (c->rule->order != ORDER_PGSCAN) /* which is of a whole subtree by itself */
		up->score += s->score;
	if (s->largest != NO_VICTIM && larger(c, s->largest, up->largest))
		up->largest = s->largest;
}

/* The badness of one process as large as all of them, with the oom_score_adj of the largest. */
static void adjust(const struct choice *c, struct choose_sum *s)
{
	if (c->rule->order == ORDER_BADNESS && s->largest != NO_VICTIM)
		s->score += choose_adjustment(c->view->facts, &c->view->procs[s->largest]);
}

/* What it or one above asks for. */
static void inherit(const struct choice *c, __u32 index)
{
	const struct cgroup *row = &c->view->cgroups[index];
	struct choose_sum *s = &c->sum[index];

	s->action = row->action;
	s->omit = !!(row->flags & CGROUP_OMIT);
	if (row->parent == CGROUP_NONE)
		return;
	if (row->action == FILTER_NORMAL && !(row->flags & CGROUP_FILTERED))
		s->action = c->sum[row->parent].action;
	s->omit |= c->sum[row->parent].omit;
}

static void sum_up(const struct choice *c)
{
	const struct cgroup *row = c->view->cgroups;
	__u32 n = c->view->ncgroups;

	memset(c->sum, 0, n * sizeof(*c->sum));
	for (__u32 i = 0; i < n; i++) {
		c->sum[i].largest = NO_VICTIM;
		c->sum[i].child = c->sum[i].next = CGROUP_NONE;
		if (!by_process(c->rule))
			c->sum[i].score = (__s64)(c->rule->order == ORDER_STALL ? row[i].stall_ns :
										  row[i].scanned);
		inherit(c, i);
	}
	for (__u32 i = 0; i < c->view->nprocs; i++)
		add_process(c, i);
	for (__u32 i = n; i-- > 0;)
		add_to_parent(c, i);
	for (__u32 i = 0; i < n; i++)
		adjust(c, &c->sum[i]);
}

static bool before(const struct choice *c, __u32 a, __u32 b)
{
	const struct choose_sum *x = &c->sum[a], *y = &c->sum[b];

	if (x->score != y->score)
		return x->score > y->score;
	return x->size_kib != y->size_kib ? x->size_kib > y->size_kib : a < b;
}

/* Heap sort: put what is at `at` below all that go after it. */
static void sift(const struct choice *c, __u32 at, __u32 n)
{
	struct choose_sum *s = c->sum;
	__u32 below, held = s[at].order;

	while ((below = 2 * at + 1) < n) {
		if (below + 1 < n && before(c, s[below].order, s[below + 1].order))
			below++;
		if (!before(c, held, s[below].order))
			break;
		s[at].order = s[below].order;
		at = below;
	}
	s[at].order = held;
}

/* Link siblings, the first to go first. */
static void put_in_order(const struct choice *c)
{
	__u32 n = c->view->ncgroups, last, parent;
	struct choose_sum *s = c->sum;

	for (__u32 i = 0; i < n; i++)
		s[i].order = i;
	for (__u32 i = n / 2; i-- > 0;)
		sift(c, i, n);
	/* The top of the heap goes last of all that are left: to the head of its siblings. */
	for (__u32 left = n; left-- > 0;) {
		last = s[0].order;
		s[0].order = s[left].order;
		sift(c, 0, left);
		parent = c->view->cgroups[last].parent;
		if (parent == CGROUP_NONE || !s[last].procs)
			continue;
		s[last].next = s[parent].child;
		s[parent].child = last;
	}
}

/*
 * Where the walk ends: nothing is below, or it dies as a whole anyway. Or it has processes of its own:
 * then nothing below has a memory controller (but for the root), and all of it is one.
 */
static bool is_leaf(const struct choice *c, __u32 index)
{
	const struct cgroup *row = &c->view->cgroups[index];
	const struct choose_sum *s = &c->sum[index];

	return row->parent != CGROUP_NONE && s->procs && (s->own || row->flags & CGROUP_OOM_GROUP);
}

/* From `top` down and back: the leaves, as they go, into `order`. Returns how many. */
static __u32 walk(const struct choice *c, __u32 top)
{
	struct choose_sum *s = c->sum;
	__u32 at = top, n = 0;

	for (;;) {
		if (is_leaf(c, at)) {
			s[n++].order = at;
		} else if (s[at].child != CGROUP_NONE) {
			at = s[at].child;
			continue;
		}
		while (at != top && s[at].next == CGROUP_NONE)
			at = c->view->cgroups[at].parent;
		if (at == top)
			return n;
		at = s[at].next;
	}
}

static enum veto veto_of(const struct choice *c, __u32 index)
{
	const struct choose_sum *s = &c->sum[index];

	if (c->view->cgroups[index].flags & CGROUP_SCOPE)
		return VETO_SCOPE;
	if (s->omit)
		return VETO_OMIT;
	if (s->action == FILTER_PROTECT)
		return VETO_FILTER;
	if (s->largest == NO_VICTIM)
		return VETO_CONTAINS;
	/* Killing it gives nothing of what is short. */
	if (!s->private_kib ||
	    ((c->rule->order == ORDER_SWAP || c->rule->order == ORDER_PGSCAN) && s->score <= 0))
		return VETO_EMPTY;
	return VETO_NONE;
}

static enum leaf_class class_of(const struct choice *c, __u32 index)
{
	const struct choose_sum *s = &c->sum[index];

	if (s->action == FILTER_PREFER)
		return LEAF_PREFER;
	if (s->action == FILTER_AVOID)
		return LEAF_AVOID;
	return s->size_kib < c->policy->least_kib ? LEAF_SMALL : LEAF_NORMAL;
}

static bool too_large(const struct rule *rule, const struct choose_sum *s)
{
	return (rule->max_processes && s->procs > rule->max_processes) ||
	       (rule->max_kib && s->size_kib > rule->max_kib);
}

static int liking(const struct proc *p)
{
	return p->action == FILTER_PREFER ? 1 : p->action == FILTER_AVOID ? -1 : 0;
}

/* The largest process that may die in it: a preferred one first, one to be avoided last. */
static __u32 best_alone(const struct choice *c, __u32 index)
{
	const struct proc *procs = c->view->procs, *p;
	__u32 best = NO_VICTIM;

	for (__u32 i = 0; i < c->view->nprocs; i++) {
		p = &procs[i];
		if (!view_is_below(c->view, p->home, index) || c->sum[p->home].omit ||
		    spare(c->view, i))
			continue;
		if (best == NO_VICTIM || liking(p) > liking(&procs[best]) ||
		    (liking(p) == liking(&procs[best]) && larger(c, i, best)))
			best = i;
	}
	return best;
}

static void take(const struct choice *c, __u32 index)
{
	const struct choose_sum *s = &c->sum[index];
	struct verdict *v = c->verdict;

	v->cgroup = index;
	v->victim = s->largest;
	v->what = CHOOSE_CGROUP;
	v->members = s->procs;
	v->member_kib = s->size_kib;
	if (too_large(c->rule, s))
		v->flags |= RECORD_F_CAPPED;
	if (s->spared)
		v->flags |= RECORD_F_ALONE;
	if (!v->flags)
		return;
	v->victim = best_alone(c, index);
	v->what = CHOOSE_PROCESS;
	v->members = 1;
	v->member_kib = proc_size_kib(&c->view->procs[v->victim]);
	v->sharers = spare_sharers(c->view, v->victim, v->sharer);
}

static void visit_leaf(const struct choice *c, __u32 index)
{
	struct verdict *v = c->verdict;
	enum veto veto = veto_of(c, index);

	v->considered++;
	v->vetoed += veto != VETO_NONE;
	/* The victim is always listed: the vetoed alone do not fill the list. */
	if (v->candidates + (veto && v->victim == NO_VICTIM) < RECORD_CANDIDATES)
		v->candidate[v->candidates++] = (struct candidate){ .index = index,
								    .veto = veto,
								    .score = c->sum[index].score };
	if (!veto && v->victim == NO_VICTIM)
		take(c, index);
}

/* The rule's cgroup: inside, with nothing inside above it. */
static __u32 find_top(const struct view *view)
{
	for (__u32 i = 0; i < view->ncgroups; i++) {
		if (view->cgroups[i].flags & CGROUP_INSIDE)
			return i;
	}
	return CGROUP_NONE;
}

void choose_cgroup(const struct choose_policy *policy, const struct rule *rule,
		   const struct view *view, struct choose_sum *sums, struct verdict *ret)
{
	struct choice c = {
		.policy = policy, .rule = rule, .view = view, .sum = sums, .verdict = ret
	};
	__u32 top = find_top(view), leaves;

	ret->list = CHOOSE_CGROUP;
	if (top == CGROUP_NONE)
		return;
	sum_up(&c);
	put_in_order(&c);
	leaves = walk(&c, top);
	for (__u32 class = 0; class < LEAF_CLASSES; class ++) {
		for (__u32 i = 0; i < leaves; i++) {
			if (class_of(&c, sums[i].order) == class)
				visit_leaf(&c, sums[i].order);
		}
	}
}
