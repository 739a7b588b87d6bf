/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cghold.h - take memory from a cgroup without killing: reclaim it, or keep it from growing.
 *
 * Both block as long as the kernel reclaims: an errand's work. 0 or negative errno; -ENOENT: the kernel
 * has no such file (memory.reclaim: 5.19), or the cgroup is gone.
 */
#ifndef REAPD_CGHOLD_H
#define REAPD_CGHOLD_H

#include "cgkill.h"

/*
 * memory.reclaim so many KiB, in pieces, and no further piece after `until_ns` (-ETIMEDOUT). -EAGAIN:
 * the kernel found less. ret_kib: what was reclaimed at least.
 */
int cgroup_reclaim(const struct cgroup_target *t, __u64 kib, __u64 until_ns, __u64 *ret_kib);

/* memory.high before the clamp and with it, as the kernel writes them; empty: not clamped. */
struct cgroup_clamp {
	char before[24];
	char with[24];
};

/* memory.high becomes memory.current, where that is less. */
int cgroup_clamp(const struct cgroup_target *t, struct cgroup_clamp *ret);

/* And what it was; -ESTALE: somebody else has set it meanwhile, and it is left so. */
int cgroup_unclamp(const struct cgroup_target *t, const struct cgroup_clamp *clamp);

#endif
