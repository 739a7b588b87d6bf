/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * types.h - __u8 to __u64 on both sides of the boundary: from vmlinux.h in BPF, else from uapi.
 */
#ifndef REAPD_TYPES_H
#define REAPD_TYPES_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#endif
