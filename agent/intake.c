// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * intake.c - what the kernel side tells of processes, into the table: records as they come, whole
 * passes, what filters and scope make of each, names of programs older than we are.
 */
#include "intake.h"

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "coexist.h"
#include "death.h"
#include "lmkd_link.h"
#include "sense/names.h"

/* Records taken in one go: some 1 ms. */
#define DRAIN_BULK	  4096
/* No decision is made on a stale table for so long; then a doubtful one is better than none. */
#define STALE_HOLD_NS	  (50 * NS_PER_MS)
/* Less than a tenth of memory available: above every rule's default limit. */
#define MEMORY_SHORT_PART 10
/* No decision is made on a stale table for so long; then a doubtful one is better than none. */
#define STALE_HOLD_NS	  (50 * NS_PER_MS)

/* What filters and scope say of one process. */
static bool resolve(void *ctx, struct proc *p, const struct proc_info *info)
{
	struct agent *a = ctx;
	const char *cgroup = cgroups_path(a->cgroups, info->cgroup_id);
	struct filter_subject subject = {
		.name = info->name,
		.comm = info->comm,
		.cgroup = cgroup,
		.uid = p->uid,
		.users = config_is_android(&a->config),
	};
	__u32 rule;

	p->action = (__u8)filter_match(&a->filters->set, &subject, &rule);
	p->rule = rule < a->filters->set.n ? (__u16)rule : PROC_NO_RULE;
	/* A cgroup that cannot be found (any more) is not known to be ours. */
	if (!cgroups_scope_id(a->cgroups) || (cgroup && cgroups_in_scope(a->cgroups, cgroup)))
		p->flags &= (__u16)~PROC_OUTSIDE;
	else
		p->flags |= PROC_OUTSIDE;
	return cgroup != NULL;
}

void intake_resolve(struct agent *a, bool all)
{
	lmkd_link_mark(a);
	table_resolve(&a->table, all, resolve, a);
}

bool intake_memory_short(const struct agent *a)
{
	return a->facts.mem_available_kib < a->facts.mem_total_kib / MEMORY_SHORT_PART;
}

int intake_snapshot(struct agent *a, __u32 flags)
{
	bool whole = !(flags & SNAPSHOT_SIZES);
	int err;

	if (whole)
		table_sweep_begin(&a->table);
	/* In calm there is time to look for a page, as when the next pass is prepared. */
	err = snapshots_take(&a->snapshots, flags, 0, !a->tick_ns || !intake_memory_short(a),
			     &a->table);
	if (err)
		return err;
	if (whole) {
		table_sweep_end(&a->table);
		table_mark_ancestors(&a->table, (__u32)getpid());
	}
	a->count.snapshots++;
	a->pass_ns = clock_now_ns();
	return 0;
}

int intake_sharers(struct agent *a, __u64 mm_id)
{
	int err = snapshots_take(&a->snapshots, SNAPSHOT_ALL | SNAPSHOT_NAMES, mm_id,
				 !intake_memory_short(a), &a->table);

	intake_resolve(a, false);
	return err;
}

static void on_rename(struct agent *a, const struct event_rss *e)
{
	if (e->renamed)
		names_learn(&a->table, hook_map_fd(a->hooks, HOOK_MAP_NAMES), e->tgid, e->start_ns);
}

static void on_bulk_event(void *ctx, const struct event *e)
{
	struct agent *a = ctx;

	if (e->type == EV_CGROUP)
		cgroups_apply(a->cgroups, (const struct event_cgroup *)e);
	else if (e->type == EV_EXIT && !death_on_exit(a, (const struct event_exit *)e))
		return;
	table_apply(&a->table, e);
	if (e->type == EV_RSS)
		on_rename(a, (const struct event_rss *)e);
	if (e->type == EV_TASK)
		coexist_on_task(a, (const struct event_task *)e);
}

/*
 * Read everything anew, names too. What is lost during the pass is lost again. If it cannot be done
 * now, the table is stale and each call tries again.
 */
static int read_anew(struct agent *a)
{
	__u32 lost = a->board->bulk_lost;
	int err;

	stream_drain(a->bulk, DRAIN_BULK);
	err = intake_snapshot(a, SNAPSHOT_NAMES);
	if (!err) {
		a->bulk_lost = lost;
		a->stale_ns = 0;
	} else if (!a->stale_ns) {
		a->stale_ns = clock_now_ns();
	}
	return err;
}

/* Were records lost? */
static void heal(struct agent *a)
{
	if (a->board->bulk_lost != a->bulk_lost || a->stale_ns)
		read_anew(a);
}

bool intake_is_stale(const struct agent *a)
{
	return a->stale_ns && a->facts.time_ns < a->stale_ns + STALE_HOLD_NS;
}

void intake_all(struct agent *a)
{
	stream_drain(a->bulk, DRAIN_BULK);
	heal(a);
	if (a->tick_ns && snapshots_go_on(&a->snapshots, intake_memory_short(a), &a->table)) {
		table_mark_ancestors(&a->table, (__u32)getpid());
		a->count.snapshots++;
	}
	intake_resolve(a, false);
}

int intake_open(struct agent *a)
{
	return stream_open(&a->bulk, hook_map_fd(a->hooks, HOOK_MAP_BULK), on_bulk_event, a);
}

int intake_prepare(struct agent *a)
{
	int err = snapshots_prepare(&a->snapshots, &a->table);

	if (err)
		log_debug("no pass over the processes could be prepared: %s", strerror(-err));
	table_headroom(&a->table);
	return err;
}

void intake_begin(struct agent *a)
{
	a->peers.look = true;
	if (read_anew(a))
		log_warn("cannot list processes; going on with those known");
}

void intake_names(struct agent *a)
{
	int map = hook_map_fd(a->hooks, HOOK_MAP_NAMES);
	bool whole = config_is_android(&a->config);

	if (intake_memory_short(a)) {
		if (!a->names_filled)
			log_warn(
				"memory is short: names of older programs are their comm until later");
		return;
	}
	if (!a->names_filled)
		names_fill(&a->table, map, whole);
	/* Where not every name is noted as it comes, there are others the next time. */
	a->names_filled = !hook_classic(a->hooks);
	names_settle(&a->table, map, whole);
}

void intake_on_bulk(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	intake_all(a);
}
