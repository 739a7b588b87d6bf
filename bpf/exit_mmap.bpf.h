/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exit_mmap.bpf.h - the three ways to see that the last page of an mm is back in the allocator.
 *
 * A tracepoint since 6.1, else fexit, else a kprobe on its entry: what is left then is freed from there on.
 * User space attaches the first that the kernel takes. Who includes this defines freed().
 */
#ifndef REAPD_EXIT_MMAP_BPF_H
#define REAPD_EXIT_MMAP_BPF_H

#include "compat.bpf.h"

static __always_inline int freed(struct mm_struct *mm);

SEC("?tp_btf/exit_mmap")
int BPF_PROG(freed_tp, struct mm_struct *mm)
{
	return freed(mm);
}

SEC("?fexit/exit_mmap")
int BPF_PROG(freed_fexit, struct mm_struct *mm)
{
	return freed(mm);
}

SEC("?kprobe/exit_mmap")
int BPF_KPROBE(freed_kprobe, struct mm_struct *mm)
{
	return freed(mm);
}

#endif
