/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tree.h - all cgroups as rows for a choice among them: parents before children, with what they ask
 * for (memory.oom.group, xattrs) and what they did lately (stall, pages scanned).
 *
 * The rows follow the known cgroups (cgroup.h) and are made while there is memory. What is asked for is
 * read then too (some 20 us for each that is new), and again for the few that a choice is about to take.
 */
#ifndef REAPD_TREE_H
#define REAPD_TREE_H

#include "../decide/view.h"
#include "cgroup.h"

struct tree;

/* 0 or -ENOMEM. */
int tree_new(struct tree **ret, struct cgroups *cgroups);
struct tree *tree_free(struct tree *t); /* always NULL */

/*
 * Make the rows follow the cgroups, if those changed: 1 when they did, so that indices are others now.
 * Attributes of new ones are read.
 */
int tree_update(struct tree *t);

/* Read the attributes of a row and of all above it again: true when they are others now. */
bool tree_refresh(struct tree *t, __u32 index);

/* Of the next few rows, in turns: some set their attributes after they are made, or much later. */
void tree_refresh_some(struct tree *t);

/*
 * Note sums of stall time (`stall_map`: cgroup id to ns) and of scanned pages of the cgroups at and
 * below `top`, so that rows have what came since the last note but one. Opens a file of each: not more
 * often than each second.
 */
void tree_note(struct tree *t, __u32 top, int stall_map, __u64 now_ns);

/*
 * The rows for a choice at and below `top`: those are CGROUP_INSIDE. What a cgroup asks for in user.*
 * xattrs counts when its owner is root or that of `top` (systemd-oomd's rule, so that nobody shields
 * himself from a rule of somebody above); in trusted.* ones always. `ret`: room for TREE_ROWS_MAX.
 */
#define TREE_ROWS_MAX 8192
__u32 tree_view(const struct tree *t, __u32 top, struct cgroup *ret);

/* Is the first row the second or below it? */
bool tree_is_below(const struct tree *t, __u32 index, __u32 top);

/* Path of a row ("/" of the root). */
const char *tree_path(const struct tree *t, __u32 index);

/* Row of a cgroup, CGROUP_NONE when it has none. */
__u32 tree_find(const struct tree *t, __u64 id);

/* The row of the root. */
#define TREE_ROOT 0

#endif
