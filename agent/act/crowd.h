/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * crowd.h - a reaper's work where the victim is many processes: a cgroup or a process group.
 *
 * Members are opened by number when they have had their signal. Should a number be another's by then,
 * nothing happens to it: process_mrelease refuses who has no SIGKILL pending.
 */
#ifndef REAPD_CROWD_H
#define REAPD_CROWD_H

#include "reap.h"

/* Between refusals of process_mrelease: 1, 2, 4 ... ms, at most this: little beside a second. */
#define RELEASE_PAUSE_MAX_MS 16

/* Signal the job's cgroup; `ret` is handed on to the others. */
void crowd_signal(struct reap_job *job, struct cgroup_toll *ret);

/* Take the memory of all members; of a group those are its targets. Reorders the members. */
void crowd_release(struct reap_job *job, const struct cgroup_toll *toll);

/*
 * See a cgroup that had SIGKILL off: help members over the line until then, kill who was forked
 * meanwhile, thaw it, leave the marks.
 */
void crowd_end(struct reap_job *job, const struct cgroup_toll *toll, __u64 until_ns);

#endif
