/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tree.h - cgroups that are only told of, as by the kernel side, and the tree of them.
 */
#ifndef REAPD_TEST_TREE_H
#define REAPD_TEST_TREE_H

#include "test.h"

#include "../../agent/sense/tree.h"
#include "events.h"

static struct cgroups *cgroups;
static struct tree *tree;
static struct cgroup rows[TREE_ROWS_MAX];

static inline int begin(void **state)
{
	struct event_cgroup root = cgroup_event(CGROUP_MADE, 1, "/");

	(void)state;
	cgroups = NULL;
	tree = NULL;
	if (cgroups_open(&cgroups, "/"))
		return 0; /* no cgroup2 here */
	cgroups_apply(cgroups, &root);
	return tree_new(&tree, cgroups);
}

static inline int end(void **state)
{
	(void)state;
	tree = tree_free(tree);
	cgroups = cgroups_free(cgroups);
	return 0;
}

static inline void made(__u64 id, const char *path)
{
	struct event_cgroup e = cgroup_event(CGROUP_MADE, id, path);

	if (!cgroups)
		skip();
	cgroups_apply(cgroups, &e);
}

static inline void removed(__u64 id)
{
	struct event_cgroup e = cgroup_event(CGROUP_GONE, id, "");

	cgroups_apply(cgroups, &e);
}

#endif
