// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "coexist.h"

#include "base/log.h"
#include "intake.h"

static const char *path(void *ctx, __u64 cgroup_id)
{
	return cgroups_path(ctx, cgroup_id);
}

static void look(struct agent *a, const struct table *t, bool whole)
{
	__u32 news = peers_take(&a->peers, t, whole, path, a->cgroups);
	struct control_peer p;

	a->peers.look = false;
	for (__u32 kind = 0; kind < PEER_KINDS; kind++) {
		if (!(news & 1u << kind) || !peer_concerns(kind, a->config.scope))
			continue;
		peer_describe(&a->peers, kind, &p);
		log_warn("%s is active too (pid %u%s%s): it %s; beside reapd that can mean two "
			 "kills for one shortage. To end that: %s",
			 p.name, p.pid, *p.where ? ", " : "", p.where, p.does, p.advice);
	}
}

void coexist_start(struct agent *a)
{
	look(a, &a->table, true);
}

void coexist_on_task(struct agent *a, const struct event_task *e)
{
	__u32 row;

	if (e->what != TASK_EXEC && e->what != TASK_RENAME)
		return;
	row = table_find(&a->table, e->tgid, e->start_ns);
	if (row != TABLE_NONE &&
	    peer_find(a->table.infos[row].name, a->table.infos[row].comm) != PEER_NONE)
		a->peers.look = true;
}

void coexist_tick(struct agent *a)
{
	if (a->peers.look && !intake_memory_short(a))
		look(a, &a->table, false);
}

/*
 * The table has the scope's processes, but a peer may be anywhere: a pass of its own, which the table
 * never sees.
 */
static void look_everywhere(struct agent *a)
{
	struct table all;

	if (table_init(&all, a->config.max_processes))
		return;
	if (!snapshots_take(&a->snapshots, SNAPSHOT_NAMES | SNAPSHOT_ALL, 0, true, &all))
		look(a, &all, true);
	table_done(&all);
}

void coexist_answer(struct agent *a, struct control_client *client)
{
	struct control_peer p;

	if (!cgroups_scope_id(a->cgroups))
		look(a, &a->table, true);
	else if (!intake_memory_short(a))
		look_everywhere(a);
	for (__u32 kind = 0; kind < PEER_KINDS; kind++) {
		if (!a->peers.kind[kind].count || !peer_concerns(kind, a->config.scope))
			continue;
		peer_describe(&a->peers, kind, &p);
		control_send(client, CONTROL_PEER, 0, &p, sizeof(p));
	}
}
