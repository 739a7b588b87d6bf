/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.h - all processes at once, from the `tasks` iterator into the table; from the files of /proc
 * where there is none (procs.h).
 *
 * The first read of a pass makes the kernel allocate a buffer of 32 KiB. When memory is gone that
 * would make the agent itself call the kernel's killer (seen: reapd invoked oom-killer). So passes are
 * prepared while there is memory: opened and read from with a size of 0, which allocates the buffer
 * and shows no more than the first process, PID 1, whose size does not matter.
 */
#ifndef REAPD_SNAPSHOT_H
#define REAPD_SNAPSHOT_H

#include "hook.h"
#include "procs.h"
#include "table.h"

/* One for the begin of watch, the others for losses and second looks under pressure. 32 KiB each. */
#define SNAPSHOTS_READY 4

struct snapshots {
	const struct hooks *hooks;
	__u32 n;
	int fd[SNAPSHOTS_READY];
	struct procs procs; /* only if hook_classic() */
};

/* cgroup_fd: somewhere in cgroup2. Both are borrowed. 0 or negative errno. */
int snapshots_open(struct snapshots *s, const struct hooks *hooks, int cgroup_fd);

/*
 * Prepare passes until there are SNAPSHOTS_READY; of files: those of the largest of t. 0 or negative
 * errno. Costs nothing when all is ready.
 */
int snapshots_prepare(struct snapshots *s, const struct table *t);

/* Where nothing tells of new processes and sizes: go on with the pass that does. As procs_go_on(). */
bool snapshots_go_on(struct snapshots *s, bool memory_short, struct table *t);

void snapshots_done(struct snapshots *s);

/*
 * Take in a whole pass. flags: SNAPSHOT_*; mm_id not 0: only processes with this mm. One that was
 * prepared is used; where there is none it is opened now if may_allocate, else -EAGAIN. From files: sizes
 * may be those of the largest and of who is new alone (procs_look), all else comes only at times while not
 * may_allocate, and an mm_id gives -EOPNOTSUPP.
 */
int snapshots_take(struct snapshots *s, __u32 flags, __u64 mm_id, bool may_allocate,
		   struct table *t);

/*
 * Take in what the iterator writes to fd, which is closed. 0 or negative errno (fd itself when it is
 * one): -EPROTO: cut off, or a record that is none.
 */
int snapshot_read(int fd, struct table *t);

#endif
