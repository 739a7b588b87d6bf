/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * table.h - every process, by (tgid, start_ns).
 *
 * Two parallel arrays: `procs` is what a choice reads whole (88 bytes a row), `infos` the
 * rest. A process with many threads is one row, also when its leader is dead. Memory is reserved for
 * `max` rows at the start and becomes resident as rows are used, some in advance (table_headroom).
 *
 * Sources: the events of the bulk ring and whole snapshots. Order does not matter much: identity has
 * the start time, and a snapshot's sweep removes whoever it did not see.
 */
#ifndef REAPD_TABLE_H
#define REAPD_TABLE_H

#include <stdbool.h>

#include "../decide/facts.h"
#include <reapd/event.h>

/* What is known of a process beyond struct proc. */
struct proc_info {
	__u64 cgroup_id;
	__u64 pidfs_ino;
	__u64 base_ns; /* growth is measured from here */
	__u32 base_kib;
	__u32 ppid;
	__u32 threads;
	__u32 pass;    /* of the last snapshot that saw it */
	bool resolved; /* filters and scope were looked up for the present name, cgroup and uid */
	char comm[REAPD_COMM_LEN];
	char name[REAPD_NAME_LEN]; /* package name; empty = not known */
};

struct table {
	struct proc *procs;
	struct proc_info *infos;
	__u32 n;
	__u32 max;
	__u32 unresolved; /* rows that table_resolve() has to look at */
	__u32 full;	  /* processes that found no room; a sum */
	__u32 added;	  /* rows that were made; a sum */
	/* private */
	__u32 *index;
	__u32 mask;
	__u32 pass;
	__u32 headroom; /* rows that are resident */
};

#define TABLE_NONE 0xffffffffu

/* 0 or -ENOMEM. */
int table_init(struct table *t, __u32 max);
void table_done(struct table *t);

/*
 * Make room resident for TABLE_HEADROOM further processes: to be called while there is memory. Costs
 * nothing while half of the last headroom is left.
 */
#define TABLE_HEADROOM 256
void table_headroom(struct table *t);

/* Row of a process, or TABLE_NONE. start_ns 0: whoever has this tgid now. */
__u32 table_find(const struct table *t, __u32 tgid, __u64 start_ns);

/* Take in one event of the bulk ring or of a snapshot; other types are ignored. */
void table_apply(struct table *t, const struct event *e);

/* Before the first and after the last record of a snapshot: rows it did not see are removed. */
void table_sweep_begin(struct table *t);
void table_sweep_end(struct table *t);

/* A snapshot did not look at this row, which is to stay. */
void table_seen(struct table *t, __u32 row);

/* Mark this process and its ancestors (as far as they are in the table) PROC_SELF. */
void table_mark_ancestors(struct table *t, __u32 tgid);

/* Give a process its package name, when it was learnt from elsewhere. Empty names are ignored. */
void table_name(struct table *t, __u32 row, const char *name);

/*
 * Call resolve() for every row whose name, cgroup or uid changed (or for all): it sets action, rule
 * and the flag PROC_OUTSIDE of the row. False: not all of it could be found out, ask again.
 */
void table_resolve(struct table *t, bool all,
		   bool (*resolve)(void *ctx, struct proc *p, const struct proc_info *info),
		   void *ctx);

#endif
