/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * held.h - cgroups that are frozen or clamped for a rule, noted on disk: should the agent die before it
 * lets them go, the next one does.
 *
 * One small file for each, held-* in state_dir: the cgroup's id, its memory.high before and with the
 * clamp ("-" when it is frozen), its path. All return 0 or a negative errno and are silent.
 */
#ifndef REAPD_HELD_H
#define REAPD_HELD_H

#include <reapd/event.h>

#include "cghold.h"

#define HELD_PREFIX "held-"

/* Note it in `file`. clamp NULL: it is frozen. */
int held_note(const char *file, __u64 id, const char *path, const struct cgroup_clamp *clamp);

/* It was let go. */
void held_forget(const char *file);

/*
 * Let go of all that is noted in `dir`, and forget it: also what is gone by now, or was set by somebody
 * else meanwhile, or is no note of ours. Returns how many were let go. `mount_fd`: as for
 * cgroup_target_open().
 */
unsigned int held_undo(const char *dir, int mount_fd);

#endif
