/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * compat.bpf.h - every difference between kernels, once, with the change that made it.
 *
 * Each getter asks BTF whether a field or value exists (CO-RE); the branch that does not apply is a
 * constant and the verifier drops it. Never a version number: stable trees and GKI backport.
 */
#ifndef REAPD_COMPAT_BPF_H
#define REAPD_COMPAT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define PF_KTHREAD	  0x00200000
#define PF_EXITING	  0x00000004
#define SIGNAL_GROUP_EXIT 0x00000004
#define RSS_FILE	  0 /* MM_FILEPAGES, the same in every kernel */
#define RSS_ANON	  1
#define RSS_SWAP	  2
#define RSS_SHMEM	  3

/*
 * mm->rss_stat. Before 6.2 (f1a7941243c1 "mm: convert mm's rss stats into percpu_counter") it was
 * struct mm_rss_stat with plain atomics, fed from per-thread caches of up to 64 pages.
 */
struct mm_rss_stat___before_6_2 {
	atomic_long_t count[4];
} __attribute__((preserve_access_index));

struct mm_struct___before_6_2 {
	struct mm_rss_stat___before_6_2 rss_stat;
} __attribute__((preserve_access_index));

struct mm_struct___since_6_2 {
	struct percpu_counter rss_stat[4];
} __attribute__((preserve_access_index));

/*
 * One RSS counter in pages, never negative. Exactness: before 6.2 up to 64 pages a thread behind;
 * since then up to max(32, 2 * cpus) pages a CPU either way (the batch of percpu_counter).
 */
static __always_inline __u64 compat_rss_pages(struct mm_struct *mm, int member)
{
	__s64 pages;

	if (bpf_core_type_exists(struct mm_rss_stat___before_6_2)) {
		struct mm_struct___before_6_2 *old = (void *)mm;

		pages = BPF_CORE_READ(old, rss_stat.count[member].counter);
	} else {
		struct mm_struct___since_6_2 *new = (void *)mm;

		pages = BPF_CORE_READ(new, rss_stat[member].count);
	}
	return pages < 0 ? 0 : pages;
}

/*
 * The same for an mm that the verifier trusts (an argument of tp_btf): a plain load since 6.2, where
 * it is asked for at every fault. Before, the verifier lets nobody into an array of atomics.
 */
static __always_inline __u64 compat_rss_pages_trusted(struct mm_struct *mm, int member)
{
	__s64 pages;

	if (bpf_core_type_exists(struct mm_rss_stat___before_6_2))
		return compat_rss_pages(mm, member);
	pages = ((struct mm_struct___since_6_2 *)mm)->rss_stat[member].count;
	return pages < 0 ? 0 : pages;
}

/*
 * oom:mark_victim got (task, uid) in place of (pid) in 6.9 (72ba14deb40a), which came to the 5.10
 * and 6.1 stable trees; the event's record grew the field `uid` at the same time.
 */
struct trace_event_raw_mark_victim___with_uid {
	uid_t uid;
} __attribute__((preserve_access_index));

static __always_inline bool compat_mark_victim_has_task(void)
{
	return bpf_core_field_exists(struct trace_event_raw_mark_victim___with_uid, uid);
}

/*
 * sched_process_exit fires once per thread; 6.16 added the argument group_dead. Before, the
 * thread that brought signal->live to 0 is the last one (it is decremented before the event).
 */
static __always_inline bool compat_group_dead(struct task_struct *task)
{
	return BPF_CORE_READ(task, signal, live.counter) <= 0;
}

/*
 * Ancestors of a cgroup: an array of pointers since 6.1 (7f203bc89eb6), of ids before. Both end with
 * the struct and are as long as the cgroup is deep.
 */
struct cgroup___before_6_1 {
	int level;
	__u64 ancestor_ids[1];
} __attribute__((preserve_access_index));

static __always_inline __u64 compat_ancestor_id(struct cgroup *cgrp, __u32 level)
{
	struct cgroup___before_6_1 *old = (void *)cgrp;
	struct cgroup *ancestor = NULL;
	__u64 id = 0;

	if (BPF_CORE_READ(cgrp, level) < (int)level)
		return 0;
	if (bpf_core_field_exists(struct cgroup___before_6_1, ancestor_ids)) {
		bpf_probe_read_kernel(&id, sizeof(id),
				      (void *)old + bpf_core_field_offset(old->ancestor_ids) +
					      level * sizeof(id));
		return id;
	}
	bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
			      (void *)cgrp + bpf_core_field_offset(cgrp->ancestors) +
				      level * sizeof(ancestor));
	return BPF_CORE_READ(ancestor, kn, id);
}

/*
 * Is a core being dumped? Its threads have SIGNAL_GROUP_EXIT then, but may stay for as long as the
 * reader of the core likes. core_state moved from mm_struct to signal_struct in 5.16 (0258b5fd7c71).
 */
struct mm_struct___before_5_16 {
	struct core_state *core_state;
} __attribute__((preserve_access_index));

static __always_inline bool compat_dumping(struct signal_struct *signal, struct mm_struct *mm)
{
	struct mm_struct___before_5_16 *old = (void *)mm;

	if (bpf_core_field_exists(signal->core_state))
		return BPF_CORE_READ(signal, core_state) != NULL;
	return old && BPF_CORE_READ(old, core_state) != NULL;
}

/*
 * Inode of a pidfd to this process, once pidfds have inodes of their own (pidfs, 6.9,
 * cb12fd8e0dab): lets the agent check a pidfd with one fstat. 0 where there is none.
 */
struct pid___with_ino {
	__u64 ino;
} __attribute__((preserve_access_index));

static __always_inline __u64 compat_pidfs_ino(struct task_struct *leader)
{
	struct pid___with_ino *pid;

	if (!bpf_core_field_exists(struct pid___with_ino, ino))
		return 0;
	pid = (void *)BPF_CORE_READ(leader, thread_pid);
	return BPF_CORE_READ(pid, ino);
}

/*
 * The number of the state "some task was runnable" moved with each state added before it (5.13:
 * PSI_CPU_FULL; 6.1: PSI_IRQ_FULL). PSI_MEM_SOME and PSI_MEM_FULL never moved.
 */
static __always_inline __u32 compat_psi_nonidle(void)
{
	return bpf_core_enum_value(enum psi_states, PSI_NONIDLE);
}

#endif
