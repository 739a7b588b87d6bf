/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel.h - the kernel side. All return 0, or an exit code after the reason was logged.
 */
#ifndef REAPD_KERNEL_H
#define REAPD_KERNEL_H

#include "agent.h"

#define EXIT_CONFIG	 2
#define EXIT_UNAVAILABLE 3

/* 40 bytes an edge: a thousand and more, when the agent is held up for seconds. */
#define KERNEL_CRITICAL_BYTES 65536U
/* 72 bytes a size: 3,600, what 100,000 a second bring in 36 ms. Resident twice over, as mapped. */
#define KERNEL_BULK_BYTES     262144U

/* Does this kernel have what cannot be done without? */
int kernel_features(struct agent *a);
/* Load and attach the hooks; maps are pinned in bpf_dir (NULL: not at all). */
int kernel_hooks(struct agent *a, const char *bpf_dir);
/* Load, tell over this socket what there is, and unload. */
int kernel_probe(struct agent *a, int fd);

#endif
