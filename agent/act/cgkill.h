/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgkill.h - a cgroup as a victim, by its open directory, with its identity proven.
 *
 * An open directory pins the cgroup as a pidfd pins a process: when it is removed and another is made
 * in its place, every operation here fails with -ENOENT and the new one is not touched. All return 0
 * or a negative errno, are silent and allocate nothing. Writes to cgroupfs may wait for the kernel's
 * cgroup lock: call them from a reaper or an errand, not from the event loop.
 */
#ifndef REAPD_CGKILL_H
#define REAPD_CGKILL_H

#include <stdbool.h>

#include <reapd/types.h>

struct cgroup_target {
	int dirfd; /* -1 = not open */
	__u64 id;
};

/*
 * Open it. `id` is given; 0: take whoever has the path now. `mount_fd`: the directory where cgroup2 is
 * mounted; `path` begins with '/'. The kernel is asked by id first, where it allows that, because a
 * path may have been cut or cleaned; else what the path leads to must have that id. 0, -ENOENT (gone),
 * -ESTALE (the name belongs to another cgroup by now), or another negative errno; dirfd is then -1.
 */
int cgroup_target_open(struct cgroup_target *t, int mount_fd, const char *path);
void cgroup_target_close(struct cgroup_target *t);

/* 1: somebody is in it or below, 0: nobody is, negative errno (-ENOENT: it is gone). */
int cgroup_populated(const struct cgroup_target *t);

/* cgroup.events, to poll for POLLPRI: populated or frozen has changed. The caller closes it. */
int cgroup_events(const struct cgroup_target *t);

/* memory.oom.group: 1, 0, or negative errno (-ENOENT: no memory controller here). */
int cgroup_oom_group(const struct cgroup_target *t);

int cgroup_freeze(const struct cgroup_target *t, bool frozen);

/* What a signal to all of a cgroup came to. */
struct cgroup_toll {
	bool whole;	 /* by cgroup.kill: nobody was counted, nobody got away */
	__u32 signalled; /* processes; else, and then some may have been forked meanwhile */
	__u32 failed;	 /* processes that could not be signalled */
	int error;	 /* of the last of these */
};

/*
 * SIGKILL to everybody in it and below: cgroup.kill, or where that is absent or refused (before 5.14,
 * a read-only mount) cgroup_kill_each(). 0: at least one was signalled; -ESRCH: nobody is in it.
 */
int cgroup_kill(const struct cgroup_target *t, struct cgroup_toll *ret);

/*
 * The same, one by one. The cgroup stays frozen, so that nobody forks (SIGKILL reaches the frozen),
 * until cgroup_sweep() has killed who was forked meanwhile: it returns when nobody is left (0) or at
 * `until_ns` (-ETIMEDOUT).
 */
int cgroup_kill_each(const struct cgroup_target *t, struct cgroup_toll *ret);
int cgroup_sweep(const struct cgroup_target *t, __u64 until_ns);

/* SIGTERM to everybody, frozen meanwhile and then thawed, whoever had frozen it. As cgroup_kill(). */
int cgroup_term(const struct cgroup_target *t, struct cgroup_toll *ret);

/*
 * Leave the kill's traces on the cgroup: user.reapd_kills grows by so many processes,
 * user.reapd_kill_id is the last kill's. systemd-oomd's own counters (user.oomd_kill, user.oomd_ooms)
 * are left alone: from them PID 1 would log that systemd-oomd had killed.
 */
int cgroup_mark(const struct cgroup_target *t, __u64 kill_id, __u32 processes);

#endif
