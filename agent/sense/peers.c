// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "peers.h"

#include <stdio.h>
#include <string.h>

#include "../base/owner.h"
#include "../base/text.h"

static const struct {
	const char *name;
	const char *called[3]; /* names of the program; NULL: as above */
	const char *units[2];  /* scripts, which are called as their interpreter: where they run */
	const char *does;
	const char *advice; /* NULL: to disable its unit */
	bool pods;	    /* kills nothing but pods */
} kinds[PEER_KINDS] = {
	/* Its socket starts it again when it is only disabled. */
	{ .name = "systemd-oomd",
	  .does = "kills cgroups of units with ManagedOOMMemoryPressure= or ManagedOOMSwap=kill",
	  .advice = "systemctl mask --now systemd-oomd.service" },
	{ .name = "earlyoom", .does = "kills any process when little memory and swap are left" },
	{ .name = "nohang",
	  .units = { "nohang.service", "nohang-desktop.service" },
	  .does = "kills any process when little memory is left or pressure is high" },
	{ .name = "oomd", .does = "kills the cgroups that its configuration names" },
	{ .name = "bustd",
	  .called = { "bustd", "buztd" },
	  .does = "kills any process when memory pressure is high" },
	{ .name = "lmkd",
	  .does = "kills apps by their oom_score_adj",
	  .advice = "setprop ctl.stop lmkd" },
	{ .name = "kubelet",
	  .called = { "kubelet", "kubelite", "k3s-server" },
	  .does = "evicts pods when memory.available of the node falls below its threshold",
	  .advice = "set its evictionHard memory.available below the limits of reapd's rules, or "
		    "protect the cgroup of the pods here",
	  .pods = true },
};

static bool is_called(__u32 kind, const char *what)
{
	if (!kinds[kind].called[0])
		return !strcmp(what, kinds[kind].name);
	for (int i = 0; i < 3 && kinds[kind].called[i]; i++) {
		if (!strcmp(what, kinds[kind].called[i]))
			return true;
	}
	return false;
}

__u32 peer_find(const char *name, const char *comm)
{
	__u32 kind = 0;

	while (kind < PEER_KINDS && !is_called(kind, name) && !is_called(kind, comm))
		kind++;
	return kind;
}

static __u32 find_by_unit(const char *cgroup)
{
	struct owner o;

	owner_of(cgroup, &o);
	for (__u32 kind = 0; kind < PEER_KINDS; kind++) {
		for (int i = 0; i < 2 && kinds[kind].units[i]; i++) {
			if (!strcmp(o.unit, kinds[kind].units[i]))
				return kind;
		}
	}
	return PEER_NONE;
}

bool peer_concerns(__u32 kind, const char *scope)
{
	return !kinds[kind].pods || !strcmp(scope, "/") || owner_is_kube(scope);
}

static void add(struct peers *p, __u32 kind, __u32 tgid, const char *cgroup)
{
	if (p->kind[kind].count++)
		return;
	p->kind[kind].tgid = tgid;
	if (cgroup)
		text_copy(p->kind[kind].cgroup, sizeof(p->kind[kind].cgroup), cgroup);
}

__u32 peers_take(struct peers *p, const struct table *t, bool whole, peers_path_fn *path, void *ctx)
{
	struct peers found = {};
	__u32 news = 0;

	for (__u32 row = 0; row < t->n; row++) {
		const struct proc_info *info = &t->infos[row];
		const char *cgroup = NULL;
		__u32 kind;

		if (t->procs[row].flags & (PROC_KTHREAD | PROC_DYING))
			continue;
		kind = peer_find(info->name, info->comm);
		if (kind != PEER_NONE || !strncmp(info->comm, "python", 6))
			cgroup = path(ctx, info->cgroup_id);
		if (kind == PEER_NONE && cgroup)
			kind = find_by_unit(cgroup);
		if (kind != PEER_NONE)
			add(&found, kind, t->procs[row].tgid, cgroup);
	}
	for (__u32 kind = 0; kind < PEER_KINDS; kind++) {
		if (found.kind[kind].count && !p->kind[kind].count)
			news |= 1u << kind;
		if (whole || !p->kind[kind].count)
			p->kind[kind] = found.kind[kind];
	}
	return news;
}

void peer_describe(const struct peers *p, __u32 kind, struct control_peer *ret)
{
	struct owner o;
	char unit[96];

	memset(ret, 0, sizeof(*ret));
	ret->pid = p->kind[kind].tgid;
	ret->count = p->kind[kind].count;
	text_copy(ret->name, sizeof(ret->name), kinds[kind].name);
	text_copy(ret->does, sizeof(ret->does), kinds[kind].does);
	owner_of(p->kind[kind].cgroup, &o);
	owner_text(ret->where, sizeof(ret->where), &o);
	/* Units inside a container or of a user are not for our systemctl. */
	if (kinds[kind].advice)
		text_copy(ret->advice, sizeof(ret->advice), kinds[kind].advice);
	else if (o.container[0] || o.user != OWNER_NO_USER ||
		 !text_copy(unit, sizeof(unit), o.unit) || !*unit)
		snprintf(ret->advice, sizeof(ret->advice), "end pid %u", ret->pid);
	else
		snprintf(ret->advice, sizeof(ret->advice), "systemctl disable --now %s", unit);
}
