/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * task.bpf.h - one process, described: used by the iterator and by the life-cycle hooks.
 */
#ifndef REAPD_TASK_BPF_H
#define REAPD_TASK_BPF_H

#include "threads.bpf.h"

/* The mm of a process; *dead: its leader exited, other threads live on. */
static __always_inline struct mm_struct *process_mm(struct task_struct *leader, bool *dead)
{
	struct mm_struct *mm = leader->mm;

	*dead = false;
	if (mm || leader->signal->live.counter <= 0)
		return mm;
	*dead = true;
	return threads_mm(BPF_CORE_READ(leader, signal));
}

static __always_inline void describe_name(struct event_task *t)
{
	__u32 tgid = t->tgid; /* on the stack: before 6.2 a key could not be in a ring's record */
	struct task_note *note = bpf_map_lookup_elem(&names, &tgid);

	if (!note || note->start_ns != t->start_ns)
		return;
	t->prio_ns = note->prio_ns;
	t->name_len = note->name_len;
	__builtin_memcpy(t->name, note->name, sizeof(t->name));
}

/* The mm of a dead leader's thread was found by walking a list: read with care. */
static __always_inline void describe_rss_of_walked(struct event_task *t, struct mm_struct *mm)
{
	if (!mm)
		return;
	t->anon_kib = compat_rss_pages(mm, RSS_ANON) * knobs.page_kib;
	t->file_kib = compat_rss_pages(mm, RSS_FILE) * knobs.page_kib;
	t->shmem_kib = compat_rss_pages(mm, RSS_SHMEM) * knobs.page_kib;
	t->swap_kib = compat_rss_pages(mm, RSS_SWAP) * knobs.page_kib;
	t->pgtables_kib = BPF_CORE_READ(mm, pgtables_bytes.counter) >> 10;
}

static __always_inline void describe_rss(struct event_task *t, struct mm_struct *mm)
{
	t->anon_kib = compat_rss_pages_trusted(mm, RSS_ANON) * knobs.page_kib;
	t->file_kib = compat_rss_pages_trusted(mm, RSS_FILE) * knobs.page_kib;
	t->shmem_kib = compat_rss_pages_trusted(mm, RSS_SHMEM) * knobs.page_kib;
	t->swap_kib = compat_rss_pages_trusted(mm, RSS_SWAP) * knobs.page_kib;
	t->pgtables_kib = mm->pgtables_bytes.counter >> 10;
	/* Also true for a moment while somebody reads /proc/PID/maps: a hint to look closer. */
	if (mm->mm_users.counter > (int)t->threads)
		t->flags |= TASK_F_SHARED;
}

/*
 * Everything about the process but its name. *t must be zeroed. The leader is a pointer that the
 * verifier knows (from an iterator or tp_btf), so fields are plain loads: 30 helper calls a process
 * were two thirds of the iterator's time.
 */
static __always_inline void describe(struct event_task *t, struct task_struct *leader, __u32 what)
{
	struct signal_struct *signal = leader->signal;
	struct mm_struct *mm;
	bool leader_dead;

	event_init(&t->hdr, EV_TASK, sizeof(*t));
	t->what = what;
	t->tgid = leader->tgid;
	t->start_ns = leader->start_boottime;
	t->cgroup_id = leader->cgroups->dfl_cgrp->kn->id;
	t->pidfs_ino = compat_pidfs_ino(leader);
	t->ppid = leader->real_parent->tgid;
	t->uid = leader->cred->uid.val;
	t->threads = signal->nr_threads;
	t->oom_score_adj = signal->oom_score_adj;
	t->pgid = BPF_CORE_READ(signal, pids[PIDTYPE_PGID], numbers[0].nr);
	mm = process_mm(leader, &leader_dead);
	t->mm_id = (__u64)mm;
	if (leader->flags & PF_KTHREAD)
		t->flags |= TASK_F_KTHREAD;
	if (leader_dead)
		t->flags |= TASK_F_LEADER_DEAD;
	/* The leader may exit alone. */
	if (leader->flags & PF_EXITING && signal->live.counter <= 0)
		t->flags |= TASK_F_DYING;
	if (signal->flags & SIGNAL_GROUP_EXIT && !compat_dumping(signal, mm))
		t->flags |= TASK_F_DYING;
	BPF_CORE_READ_INTO(&t->comm, leader, comm);
	if (leader_dead)
		describe_rss_of_walked(t, mm);
	else if (mm)
		describe_rss(t, mm);
}

#endif
