// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../base/clock.h"
#include "../base/resident.h"
#include "../base/text.h"

/* Growth over less than this is noise of the quantum; over more than a second it is history. */
#define GROWTH_MIN_NS (20 * NS_PER_MS)
#define GROWTH_MAX_NS NS_PER_S

/* Numbers are given in sequence: the slots of as many new processes, threads between them. */
#define HEADROOM_SLOTS (4 * TABLE_HEADROOM)

/* Zeroed and lazily resident, unlike malloc's; mlockall(MCL_ONFAULT) keeps what was touched. */
static void *reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static size_t index_size(const struct table *t)
{
	return ((size_t)t->mask + 1) * sizeof(*t->index);
}

int table_init(struct table *t, __u32 max)
{
	memset(t, 0, sizeof(*t));
	t->max = max;
	t->mask = 1;
	while (t->mask < 2 * max)
		t->mask = t->mask * 2 + 1;
	t->procs = reserve(max * sizeof(*t->procs));
	t->infos = reserve(max * sizeof(*t->infos));
	t->index = reserve(index_size(t));
	if (t->procs && t->infos && t->index)
		return 0;
	table_done(t);
	return -ENOMEM;
}

void table_headroom(struct table *t)
{
	__u32 rows = t->max - t->n < TABLE_HEADROOM ? t->max - t->n : TABLE_HEADROOM;
	__u32 next = t->n ? t->procs[t->n - 1].tgid & t->mask : 0;
	__u32 slots = t->mask + 1 - next < HEADROOM_SLOTS ? t->mask + 1 - next : HEADROOM_SLOTS;

	if (t->headroom >= t->n + rows / 2)
		return;
	t->headroom = t->n + rows;
	resident_touch(&t->procs[t->n], rows * sizeof(*t->procs));
	resident_touch(&t->infos[t->n], rows * sizeof(*t->infos));
	resident_touch(&t->index[next], slots * sizeof(*t->index));
}

void table_done(struct table *t)
{
	if (t->procs)
		munmap(t->procs, t->max * sizeof(*t->procs));
	if (t->infos)
		munmap(t->infos, t->max * sizeof(*t->infos));
	if (t->index)
		munmap(t->index, index_size(t));
	memset(t, 0, sizeof(*t));
}

/*
 * Open addressing with linear probing; a slot holds row + 1. tgids come in sequence, so the number
 * itself spreads them and keeps the pages in use few.
 */
static __u32 *slot_of(const struct table *t, __u32 tgid)
{
	__u32 at = tgid & t->mask;

	while (t->index[at] && t->procs[t->index[at] - 1].tgid != tgid)
		at = (at + 1) & t->mask;
	return &t->index[at];
}

/* Empty a slot and move up what had to probe past it. */
static void slot_clear(struct table *t, __u32 *slot)
{
	__u32 hole = (__u32)(slot - t->index), at = hole, home;

	for (;;) {
		at = (at + 1) & t->mask;
		if (!t->index[at])
			break;
		home = t->procs[t->index[at] - 1].tgid & t->mask;
		if (((at - home) & t->mask) < ((at - hole) & t->mask))
			continue;
		t->index[hole] = t->index[at];
		hole = at;
	}
	t->index[hole] = 0;
}

__u32 table_find(const struct table *t, __u32 tgid, __u64 start_ns)
{
	__u32 row = *slot_of(t, tgid);

	if (!row || (start_ns && t->procs[row - 1].start_ns != start_ns))
		return TABLE_NONE;
	return row - 1;
}

static void unresolve(struct table *t, __u32 row)
{
	if (t->infos[row].resolved) {
		t->infos[row].resolved = false;
		t->unresolved++;
	}
}

/* The last row takes the place of the removed one. */
static void remove_row(struct table *t, __u32 row)
{
	__u32 last = t->n - 1;

	t->unresolved -= !t->infos[row].resolved;
	slot_clear(t, slot_of(t, t->procs[row].tgid));
	if (row != last) {
		*slot_of(t, t->procs[last].tgid) = row + 1;
		t->procs[row] = t->procs[last];
		t->infos[row] = t->infos[last];
	}
	t->n--;
}

/* Row of this process, made when it is new; whoever had the tgid before is gone. */
static __u32 row_for(struct table *t, __u32 tgid, __u64 start_ns)
{
	__u32 row = table_find(t, tgid, 0);

	if (row != TABLE_NONE && t->procs[row].start_ns == start_ns)
		return row;
	if (row != TABLE_NONE)
		remove_row(t, row);
	if (t->n == t->max) {
		t->full++;
		return TABLE_NONE;
	}
	row = t->n++;
	t->added++;
	memset(&t->procs[row], 0, sizeof(*t->procs));
	memset(&t->infos[row], 0, sizeof(*t->infos));
	t->procs[row].tgid = tgid;
	t->procs[row].start_ns = start_ns;
	t->procs[row].prio_ns = start_ns; /* until it is known when its priority was set */
	t->procs[row].rule = PROC_NO_RULE;
	*slot_of(t, tgid) = row + 1;
	t->unresolved++;
	return row;
}

/* A new size at time_ns. Growth is the mean of the last two, without dma-bufs: only passes see those. */
static void set_size(struct proc *p, struct proc_info *info, __u64 time_ns)
{
	__u32 kib = (__u32)proc_size_kib(p) - p->dmabuf_kib;
	__u64 span = time_ns - info->base_ns;
	__s64 rate;

	if (time_ns < info->base_ns)
		return;
	p->updated_ns = time_ns;
	if (!info->base_ns) {
		info->base_ns = time_ns;
		info->base_kib = kib;
	} else if (span >= GROWTH_MIN_NS) {
		rate = ((__s64)kib - info->base_kib) * (__s64)NS_PER_S / (__s64)span;
		if (span < GROWTH_MAX_NS)
			rate = (p->growth_kib_s + rate) / 2;
		p->growth_kib_s = (__s32)(rate > INT32_MAX ? INT32_MAX :
					  rate < INT32_MIN ? INT32_MIN :
							     rate);
		info->base_ns = time_ns;
		info->base_kib = kib;
	}
}

static void set_identity(struct table *t, __u32 row, __u32 uid, __u64 mm_id)
{
	struct proc *p = &t->procs[row];

	if (p->uid != uid)
		unresolve(t, row);
	p->uid = uid;
	if (p->mm_id != mm_id)
		p->flags &= (__u16)~PROC_SHARED;
	p->mm_id = mm_id;
}

/* Of a registered process its priority is what was registered, whatever else is written. */
static void set_prio(struct proc *p, __s16 oom_score_adj, __u64 prio_ns)
{
	if (p->flags & PROC_REGISTERED)
		return;
	p->oom_score_adj = oom_score_adj;
	if (prio_ns)
		p->prio_ns = prio_ns;
}

static void apply_rss(struct table *t, const struct event_rss *e)
{
	__u32 row = table_find(t, e->tgid, e->start_ns);
	struct proc *p;

	/* A process that is not known yet comes with the next snapshot, whole. */
	if (row == TABLE_NONE)
		return;
	p = &t->procs[row];
	set_identity(t, row, e->uid == UID_NOT_READ ? p->uid : e->uid, e->mm_id);
	set_prio(p, e->oom_score_adj, 0);
	p->anon_kib = e->anon_kib;
	p->file_kib = e->file_kib;
	p->shmem_kib = e->shmem_kib;
	p->swap_kib = e->swap_kib;
	if (e->dmabuf_kib != DMABUF_NOT_READ)
		p->dmabuf_kib = e->dmabuf_kib;
	set_size(p, &t->infos[row], e->hdr.time_ns);
}

/* All that have this mm share it. */
static void mark_shared(struct table *t, __u64 mm_id)
{
	for (__u32 i = 0; i < t->n; i++) {
		if (t->procs[i].mm_id == mm_id)
			t->procs[i].flags |= PROC_SHARED;
	}
}

static void set_flags(struct table *t, __u32 row, const struct event_task *e)
{
	struct proc *p = &t->procs[row];

	if (e->flags & TASK_F_KTHREAD)
		p->flags |= PROC_KTHREAD;
	p->flags &= (__u16) ~(PROC_DYING | PROC_CHANGED);
	if (e->flags & TASK_F_DYING)
		p->flags |= PROC_DYING;
	if (e->flags & TASK_F_SHARED && e->mm_id)
		mark_shared(t, e->mm_id);
}

static void set_names(struct table *t, __u32 row, const struct event_task *e)
{
	struct proc_info *info = &t->infos[row];
	char comm[REAPD_COMM_LEN];

	memcpy(comm, e->comm, sizeof(comm));
	comm[sizeof(comm) - 1] = 0;
	text_clean(comm);
	if (strcmp(comm, info->comm))
		unresolve(t, row);
	memcpy(info->comm, comm, sizeof(comm));
	if (e->name_len && e->name_len < REAPD_NAME_LEN) {
		char name[REAPD_NAME_LEN];

		memcpy(name, e->name, e->name_len);
		name[e->name_len] = 0;
		table_name(t, row, name);
	}
}

static void apply_task(struct table *t, const struct event_task *e)
{
	__u32 row = row_for(t, e->tgid, e->start_ns);
	struct proc_info *info;
	struct proc *p;

	if (row == TABLE_NONE)
		return;
	p = &t->procs[row];
	info = &t->infos[row];
	info->pass = t->pass;
	info->ppid = e->ppid;
	info->threads = e->threads;
	info->pidfs_ino = e->pidfs_ino;
	if (info->cgroup_id != e->cgroup_id)
		unresolve(t, row);
	info->cgroup_id = e->cgroup_id;
	set_identity(t, row, e->uid, e->mm_id);
	set_flags(t, row, e);
	set_names(t, row, e);
	p->pgid = e->pgid;
	set_prio(p, e->oom_score_adj, e->prio_ns);
	p->anon_kib = e->anon_kib;
	p->file_kib = e->file_kib;
	p->shmem_kib = e->shmem_kib;
	p->swap_kib = e->swap_kib;
	p->pgtables_kib = e->pgtables_kib;
	if (e->what == TASK_SNAPSHOT)
		p->dmabuf_kib = e->dmabuf_kib;
	set_size(p, info, e->hdr.time_ns);
}

static void apply_adj(struct table *t, const struct event_adj *e)
{
	__u32 row = table_find(t, e->tgid, e->start_ns);

	if (row != TABLE_NONE)
		set_prio(&t->procs[row], e->oom_score_adj, e->hdr.time_ns);
}

static void apply_exit(struct table *t, const struct event_exit *e)
{
	__u32 row = table_find(t, e->tgid, e->start_ns);

	if (row != TABLE_NONE)
		remove_row(t, row);
}

void table_apply(struct table *t, const struct event *e)
{
	switch (e->type) {
	case EV_RSS:
		apply_rss(t, (const struct event_rss *)e);
		break;
	case EV_TASK:
		apply_task(t, (const struct event_task *)e);
		break;
	case EV_ADJ:
		apply_adj(t, (const struct event_adj *)e);
		break;
	case EV_EXIT:
		apply_exit(t, (const struct event_exit *)e);
		break;
	default:
		break;
	}
}

void table_sweep_begin(struct table *t)
{
	t->pass++;
}

void table_sweep_end(struct table *t)
{
	for (__u32 row = 0; row < t->n;) {
		if (t->infos[row].pass != t->pass)
			remove_row(t, row);
		else
			row++;
	}
}

void table_seen(struct table *t, __u32 row)
{
	t->infos[row].pass = t->pass;
}

void table_mark_ancestors(struct table *t, __u32 tgid)
{
	/* A chain of parents; bounded, since a snapshot is not taken in one instant. */
	for (int depth = 0; depth < 64; depth++) {
		__u32 row = table_find(t, tgid, 0);

		if (row == TABLE_NONE)
			return;
		t->procs[row].flags |= PROC_SELF;
		tgid = t->infos[row].ppid;
	}
}

/* Names are chosen by programs: only what may be printed is kept, and no filter can ask for more. */
void table_name(struct table *t, __u32 row, const char *name)
{
	struct proc_info *info = &t->infos[row];
	char clean[REAPD_NAME_LEN];

	text_copy(clean, sizeof(clean), name);
	text_clean(clean);
	if (!*clean || !strcmp(clean, info->name))
		return;
	memcpy(info->name, clean, sizeof(clean));
	unresolve(t, row);
}

void table_resolve(struct table *t, bool all,
		   bool (*resolve)(void *ctx, struct proc *p, const struct proc_info *info),
		   void *ctx)
{
	if (!all && !t->unresolved)
		return;
	t->unresolved = 0;
	for (__u32 row = 0; row < t->n; row++) {
		if (!t->infos[row].resolved || all)
			t->infos[row].resolved = resolve(ctx, &t->procs[row], &t->infos[row]);
		t->unresolved += !t->infos[row].resolved;
	}
}
