/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * grace.h - victims that were asked to go (SIGTERM), and victims that are many.
 */
#ifndef REAPD_GRACE_H
#define REAPD_GRACE_H

#include "agent.h"

/* Asked: what pins the victim goes from the job to the death, so that the reaper is free meanwhile. */
void grace_begin(struct agent *a, struct death *d);

/*
 * The grace is over: SIGKILL to whoever was asked, whatever memory does. False: no reaper is free, ask
 * again; it is tried at each look.
 */
bool grace_end(struct agent *a, struct death *d);

/* Forget who was asked. */
void grace_close(struct death *d);

/* It was asked, nothing went wrong with that, and its grace is not over. */
bool grace_runs(const struct death *d);

/*
 * Has whoever was asked exited, or everybody of a cgroup or group? Of one process that was killed the
 * kernel side and its pidfd tell.
 */
bool grace_exited(struct agent *a, const struct death *d);

#endif
