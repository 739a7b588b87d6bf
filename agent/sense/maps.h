/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * maps.h - the maps before they are made: how large, and where they are pinned.
 *
 * Pinned are those that outlive the agent: the filters (the user's), names and latency (ours).
 */
#ifndef REAPD_MAPS_H
#define REAPD_MAPS_H

#include "hook.h"

struct bpf_object;

/* Set sizes, and flags that depend on the kernel. */
void maps_size(struct bpf_object *obj, const struct hook_options *o, const struct features *f);

/*
 * Make the directory on bpffs (mounting /sys/fs/bpf where nothing is), and tell libbpf where each
 * map is pinned, so that load reuses or makes it. A filter map of another shape under our name is
 * somebody's data: -EEXIST, and `why` names it. A map of our own of another shape is replaced. Without
 * `names` that map is not pinned: notes that have no start time must not outlive who looks after them.
 */
int maps_pin(struct bpf_object *obj, const char *dir, bool names, char *why, size_t why_size);

#endif
