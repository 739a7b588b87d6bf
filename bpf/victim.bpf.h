/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * victim.bpf.h - the victims whose death is followed, by the address of their mm.
 */
#ifndef REAPD_VICTIM_BPF_H
#define REAPD_VICTIM_BPF_H

#include "threads.bpf.h"

#define EEXIST 17

struct victim {
	__u64 start_ns;
	__u32 tgid;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256); /* deaths under way at once */
	__type(key, __u64);
	__type(value, struct victim);
} victims SEC(".maps") __weak;

/*
 * Follow this process through its death; returns the mm it is known by, 0 when it is not followed. Of
 * processes that share an mm and die together the first stands for all. Threads may die meanwhile,
 * so fields are read with care.
 */
static __always_inline __u64 victim_enrol(struct task_struct *task, struct victim *v)
{
	__u64 mm_id = (__u64)BPF_CORE_READ(task, mm);
	long err;

	if (!mm_id)
		mm_id = (__u64)threads_mm(BPF_CORE_READ(task, signal));

	v->tgid = BPF_CORE_READ(task, tgid);
	v->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	v->pad = 0;
	if (!mm_id)
		return 0;
	err = bpf_map_update_elem(&victims, &mm_id, v, BPF_NOEXIST);
	if (!err || err == -EEXIST)
		return mm_id;
	count(COUNT_VICTIM_FULL);
	return 0;
}

#endif
