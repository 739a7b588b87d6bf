/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgroup.h - which cgroup has which path, and what is in the scope.
 *
 * Paths are those below the cgroup2 mount ("/system.slice/ssh.service"), ids those that BPF and the
 * kernel use. The tree is walked once at the start; cgroups that come later tell their path in
 * EV_CGROUP. One whose event was lost is looked up by its id (open_by_handle_at).
 *
 * Memory of the scope is in scope.h. On a hybrid host, where the memory controller is on cgroup v1, the
 * v1 cgroup of the same path counts, as systemd makes them.
 */
#ifndef REAPD_CGROUP_H
#define REAPD_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "scope.h"
#include <reapd/event.h>

struct cgroups;

/*
 * Find the cgroup2 mount and the scope in it. Returns 0, -ENODEV (no cgroup2 mounted), -ENOENT (no
 * such cgroup), or another negative errno.
 */
int cgroups_open(struct cgroups **ret, const char *scope);
struct cgroups *cgroups_free(struct cgroups *c); /* always NULL */

/* Walk the whole tree and learn every path; in calm only. */
int cgroups_scan(struct cgroups *c);

/* Take in an EV_CGROUP. */
void cgroups_apply(struct cgroups *c, const struct event_cgroup *e);

/* Path of a cgroup, NULL when it cannot be found (any more). Stays valid until the next change. */
const char *cgroups_path(struct cgroups *c, __u64 id);

/* Grows with each cgroup that is made or removed. */
__u32 cgroups_changes(const struct cgroups *c);

/* Call fn() for every known cgroup, in no order. fn() must not change the set. */
void cgroups_each(const struct cgroups *c, void (*fn)(void *ctx, __u64 id, const char *path),
		  void *ctx);

/* Where cgroup2 is mounted, and that directory, open. */
const char *cgroups_mount(const struct cgroups *c);
int cgroups_mount_fd(const struct cgroups *c);

/* Is this path the scope or below it? */
bool cgroups_in_scope(const struct cgroups *c, const char *path);

/* 0 and 0 when the scope is the whole machine. */
__u64 cgroups_scope_id(const struct cgroups *c);
__u32 cgroups_scope_level(const struct cgroups *c);

/* Full path of a file of the scope in cgroupfs ("memory.pressure"). Returns buf. */
char *cgroups_scope_file(const struct cgroups *c, char *buf, size_t size, const char *name);

/* Memory of the scope; nothing is limited when it is the whole machine. As scope_read(). */
int cgroups_memory(const struct cgroups *c, struct scope_memory *ret);

#endif
