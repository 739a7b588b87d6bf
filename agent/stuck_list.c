// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "stuck_list.h"

#include <string.h>

#include "base/text.h"
#include "choice.h"
#include "decide/spare.h"

/* In `middle`: it has not been read yet. */
#define FRESH 4

void stuck_lists_init(struct stuck_lists *s)
{
	s->back = 0;
	s->front = 1;
	atomic_init(&s->middle, 2);
}

static int rank(const struct proc *p)
{
	return p->action == FILTER_PREFER ? 0 : p->action == FILTER_AVOID ? 2 : 1;
}

static bool goes_before(const struct proc *a, const struct proc *b)
{
	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	if (a->oom_score_adj != b->oom_score_adj)
		return a->oom_score_adj > b->oom_score_adj;
	return a->prio_ns < b->prio_ns;
}

/* Put a row where it belongs among the best so far; how many there are then. */
static __u32 insert(const struct proc *procs, __u32 *rows, __u32 n, __u32 row)
{
	__u32 at = n;

	while (at && goes_before(&procs[row], &procs[rows[at - 1]]))
		at--;
	if (at == STUCK_MAX)
		return n;
	n += n < STUCK_MAX; /* the last one falls off */
	memmove(&rows[at + 1], &rows[at], (n - 1 - at) * sizeof(*rows));
	rows[at] = row;
	return n;
}

static void fill(struct agent *a, struct stuck_one *one, __u32 row)
{
	const struct proc_info *info = &a->table.infos[row];
	const char *cgroup = cgroups_path(a->cgroups, info->cgroup_id);

	one->proc = a->table.procs[row];
	one->pidfs_ino = info->pidfs_ino;
	one->uid = one->proc.uid;
	if (a->registry)
		registry_uid(a->registry, one->proc.tgid, one->proc.start_ns, &one->uid);
	text_copy(one->comm, sizeof(one->comm), info->comm);
	text_copy(one->name, sizeof(one->name), info->name);
	text_copy(one->cgroup, sizeof(one->cgroup), cgroup ? cgroup : "");
}

__u32 stuck_rows(const struct view *view, __u32 rows[STUCK_MAX])
{
	const struct proc *procs = view->procs;
	__u32 n = 0;

	for (__u32 row = 0; row < view->nprocs; row++) {
		if (procs[row].oom_score_adj >= 0 && !(procs[row].flags & PROC_SHARED) &&
		    !spare(view, row))
			n = insert(procs, rows, n, row);
	}
	return n;
}

void stuck_publish(struct stuck_lists *s, struct agent *a)
{
	struct stuck_list *list = &s->list[s->back];
	struct view view = choice_view(a, NULL, 0);
	__u32 rows[STUCK_MAX], n;

	if (a->config.policy.choose.flags & CHOOSE_REGISTERED)
		view.flags |= VIEW_REGISTERED;
	n = stuck_rows(&view, rows);
	for (list->n = 0; list->n < n; list->n++)
		fill(a, &list->one[list->n], rows[list->n]);
	list->dry_run = a->config.dry_run;
	list->facts = a->facts;
	s->back = atomic_exchange(&s->middle, s->back | FRESH) & ~FRESH;
}

const struct stuck_list *stuck_latest(struct stuck_lists *s)
{
	if (atomic_load(&s->middle) & FRESH)
		s->front = atomic_exchange(&s->middle, s->front) & ~FRESH;
	return &s->list[s->front];
}
