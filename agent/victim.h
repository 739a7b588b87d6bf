/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * victim.h - from a verdict to the job of a reaper and the beginning of a record.
 */
#ifndef REAPD_VICTIM_H
#define REAPD_VICTIM_H

#include "agent.h"

/*
 * Identity, once more. 0, -ESRCH: it is exiting by itself; -ESTALE: its number is another's by now; or
 * another negative errno. What is learnt is noted in its row.
 */
int victim_take(struct agent *a, struct target *t, __u32 row);

/*
 * The job of sending `sig` (as in struct reap_job) to all that this verdict says. -EBUSY: all reapers are at work; -ENOENT: the cgroup is
 * gone; else as victim_take().
 */
int victim_job(struct agent *a, const struct view *view, const struct verdict *v, int sig,
	       struct reap_job **ret);

/* Everybody in this cgroup, as members of a job that has its cgroup; the largest first. */
void victim_members(struct agent *a, struct reap_job *job);

/* What was decided and of whom, into a record; of nobody where the verdict has no victim. */
void victim_record(struct agent *a, struct kill_record *r, const struct verdict *v);

/* Those who die by this verdict are dying from now on. */
void victim_doom(struct agent *a, const struct view *view, const struct verdict *v);

/*
 * Is somebody in this cgroup or below it who must not be stopped: we, init, a protected process? Also
 * when it is gone.
 */
bool victim_holds_spared(struct agent *a, __u64 cgroup_id);

/* Is nobody touched by this rule? */
bool victim_is_dry(const struct agent *a, __u32 rule);

#endif
