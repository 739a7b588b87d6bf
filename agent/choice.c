// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "choice.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/text.h"

/* Notes of what cgroups did lately open a file of each (sense/tree). */
#define NOTE_PERIOD_NS NS_PER_S
/* Victims that turn out to ask for something new, one after the other. */
#define NEWS_MAX       4

int choice_start(struct agent *a)
{
	size_t rows = TREE_ROWS_MAX * sizeof(*a->rows), sums = TREE_ROWS_MAX * sizeof(*a->sums);
	int err = tree_new(&a->tree, a->cgroups);

	if (err)
		return err;
	a->rows = mmap(NULL, rows, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	a->sums = mmap(NULL, sums, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->rows == MAP_FAILED)
		a->rows = NULL;
	if (a->sums == MAP_FAILED)
		a->sums = NULL;
	return a->rows && a->sums ? 0 : -ENOMEM;
}

void choice_stop(struct agent *a)
{
	if (a->rows)
		munmap(a->rows, TREE_ROWS_MAX * sizeof(*a->rows));
	if (a->sums)
		munmap(a->sums, TREE_ROWS_MAX * sizeof(*a->sums));
	a->tree = tree_free(a->tree);
}

static bool needs_tree(const struct rule *rule)
{
	return rule && (rule->flags & RULE_CGROUPS || rule->what == CHOOSE_CGROUP);
}

static bool needs_notes(const struct rule *rule)
{
	return rule->what == CHOOSE_CGROUP &&
	       (rule->order == ORDER_STALL || rule->order == ORDER_PGSCAN);
}

/* The row of the cgroup that a place is about. */
static __u32 top_of(const struct agent *a, __u32 place)
{
	__u64 id = place ? a->places.place[place].cgroup_id : cgroups_scope_id(a->cgroups);

	return id ? tree_find(a->tree, id) : TREE_ROOT;
}

/* Of all cgroups that rules with such an order are about, when that is due. */
static void note(struct agent *a)
{
	int stalls = hook_map_fd(a->hooks, HOOK_MAP_CGROUP_STALLS);
	const struct policy *policy = &a->config.policy;
	__u32 top;

	if (a->facts.time_ns < a->noted_ns + NOTE_PERIOD_NS)
		return;
	a->noted_ns = a->facts.time_ns;
	for (__u32 i = 0; i < policy->rules; i++) {
		for (__u32 p = 0; needs_notes(&policy->rule[i]) && p < a->places.n; p++) {
			if (!(a->places.place[p].rules & 1u << i))
				continue;
			top = top_of(a, p);
			if (top != CGROUP_NONE)
				tree_note(a->tree, top, stalls, a->facts.time_ns);
		}
	}
}

void choice_prepare(struct agent *a)
{
	const struct policy *policy = &a->config.policy;
	bool any = false;

	for (__u32 i = 0; i < policy->rules; i++) {
		if (!needs_tree(&policy->rule[i]))
			continue;
		tree_update(a->tree);
		any = true;
	}
	if (!any)
		return;
	note(a);
	tree_refresh_some(a->tree);
}

/* What the cgroups ask for themselves, and on top of it filters and scope. */
static __u32 make_rows(struct agent *a, __u32 top)
{
	struct filter_subject subject = { .name = "", .comm = "", .uid = UID_NOT_READ };
	__u32 n = tree_view(a->tree, top, a->rows), rule;
	enum filter_action action;

	for (__u32 i = 0; i < n; i++) {
		if (!(a->rows[i].flags & CGROUP_INSIDE))
			continue;
		subject.cgroup = tree_path(a->tree, i);
		if (!cgroups_in_scope(a->cgroups, subject.cgroup))
			a->rows[i].flags |= CGROUP_SCOPE;
		action = filter_match(&a->filters->set, &subject, &rule);
		if (rule == a->filters->set.n)
			continue;
		a->rows[i].action = (__u8)action;
		a->rows[i].flags |= CGROUP_FILTERED;
	}
	return n;
}

static void find_homes(struct agent *a)
{
	for (__u32 i = 0; i < a->table.n; i++)
		a->table.procs[i].home = tree_find(a->tree, a->table.infos[i].cgroup_id);
}

struct view choice_view(struct agent *a, const struct rule *rule, __u32 place)
{
	struct view view = {
		.facts = &a->facts,
		.procs = a->table.procs,
		.nprocs = a->table.n,
	};
	__u32 top;

	if (!needs_tree(rule))
		return view;
	tree_update(a->tree);
	top = top_of(a, place);
	if (top == CGROUP_NONE) {
		view.nprocs = 0; /* it is gone, and all that was in it */
		return view;
	}
	if (needs_notes(rule))
		note(a); /* in watch they are taken before; not while memory is short */
	view.ncgroups = make_rows(a, top);
	view.cgroups = a->rows;
	find_homes(a);
	return view;
}

void choice_make(struct agent *a, const struct rule *rule, const struct view *view,
		 struct verdict *ret)
{
	__u32 top = 0;

	choose(&a->config.policy.choose, rule, view, a->sums, ret);
	while (top < view->ncgroups && !(view->cgroups[top].flags & CGROUP_INSIDE))
		top++;
	for (int i = 0; i < NEWS_MAX; i++) {
		if (ret->list != CHOOSE_CGROUP || ret->cgroup == CGROUP_NONE ||
		    !tree_refresh(a->tree, ret->cgroup))
			return;
		make_rows(a, top);
		choose(&a->config.policy.choose, rule, view, a->sums, ret);
	}
}

__u64 choice_policy(const struct agent *a)
{
	const unsigned char *p = (const unsigned char *)&a->config.policy;
	__u64 hash = a->filters->hash;

	for (size_t i = 0; i < sizeof(a->config.policy); i++)
		hash = (hash ^ p[i]) * 0x100000001b3ULL;
	return hash;
}

static void describe_filter(const struct agent *a, __u32 index, struct record_candidate *ret)
{
	char rule[REAPD_PATH_LEN + 16];

	if (index >= a->filters->set.n)
		return;
	filter_describe(&a->filters->set.filter[index], rule, sizeof(rule));
	text_copy(ret->rule, sizeof(ret->rule), rule);
}

static void describe_cgroup(const struct agent *a, const struct candidate *c,
			    struct record_candidate *ret)
{
	const struct choose_sum *s = &a->sums[c->index];
	struct filter_subject subject = {
		.name = "", .comm = "", .cgroup = tree_path(a->tree, c->index), .uid = UID_NOT_READ
	};
	size_t len = strlen(subject.cgroup);
	__u32 rule;

	ret->action = s->action;
	ret->size_kib = s->size_kib;
	ret->processes = s->procs;
	/* The end of the path tells more than its beginning. */
	text_copy(ret->name, sizeof(ret->name),
		  len < sizeof(ret->name) ? subject.cgroup :
					    subject.cgroup + len - (sizeof(ret->name) - 1));
	filter_match(&a->filters->set, &subject, &rule);
	describe_filter(a, rule, ret);
}

void choice_candidate(const struct agent *a, const struct verdict *v, __u32 i,
		      struct record_candidate *ret)
{
	const struct candidate *c = &v->candidate[i];
	const struct proc_info *info;
	const struct proc *p;

	memset(ret, 0, sizeof(*ret));
	ret->veto = (__u8)c->veto;
	ret->score = c->score;
	if (v->list == CHOOSE_CGROUP) {
		describe_cgroup(a, c, ret);
		return;
	}
	info = &a->table.infos[c->index];
	p = &a->table.procs[c->index];
	ret->tgid = p->tgid;
	ret->oom_score_adj = p->oom_score_adj;
	ret->action = p->action;
	ret->size_kib = proc_size_kib(p);
	ret->growth_kib_s = p->growth_kib_s;
	ret->processes = 1;
	text_copy(ret->name, sizeof(ret->name), info->name[0] ? info->name : info->comm);
	describe_filter(a, p->rule, ret);
}
