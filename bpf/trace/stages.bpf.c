// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * stages.bpf.c - from anybody's SIGKILL to the victim's memory, for `reapctl latency --trace`.
 *
 * It asks the kernel, not an agent: signal_generate (who sent it, and what the victim was doing then),
 * signal_deliver (the victim's first thread got a CPU to die on), sched_process_exit of each thread, and
 * exit_mmap, in whichever task drops the last reference of the mm: if that is not the victim, it is the
 * one that had it pinned. mark_victim tells the kernel's own kills from others.
 *
 * Cost, while reapctl runs and else none: a comparison per signal; a lookup in a nearly always empty
 * table per thread that exits and per mm that goes.
 *
 * Accepted races. Which thread is first or last is told from counts that other CPUs change meanwhile; a
 * stage may be told twice, and reapctl keeps the first (last). Up to 6.15 sched_process_exit fires after
 * the thread has let go of its mm, so that memory may be back before the exit: each has its own time. An
 * mm's address may be used again once it is freed: reapctl takes it out of the table within
 * milliseconds, and a death that has no exit_mmap after a while is told as such.
 */
#include "../exit_mmap.bpf.h"
#include "trace.bpf.h"

#define SEND_SIG_MAX 2 /* "pointers" up to this are marks of the kernel itself */
#define SI_KERNEL    0x80

const volatile __u32 filtered, page_kib = 4;
__u64 lost;

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* A process has one mm, but its first thread may have let go of it. */
static __always_inline struct mm_struct *victim_mm(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	return mm ?: BPF_CORE_READ(task, group_leader, mm);
}

static __always_inline __u64 memory_kib(struct mm_struct *mm)
{
	if (!mm)
		return 0;
	return (compat_rss_pages(mm, RSS_ANON) + compat_rss_pages(mm, RSS_SHMEM) +
		compat_rss_pages(mm, RSS_SWAP)) *
	       page_kib;
}

static __always_inline __s32 sent_how(__u64 info)
{
	__s32 code = 0;

	if (info <= SEND_SIG_MAX)
		return info ? SI_KERNEL : 0;
	bpf_core_read(&code, sizeof(code), &((struct kernel_siginfo *)info)->si_code);
	return code;
}

/*
 * The event comes after the signal has woken its victim, which may run on another CPU by now: of a frozen
 * one its cgroup tells that it was.
 */
static __always_inline bool in_frozen_cgroup(struct task_struct *task)
{
	struct cgroup *cgrp = BPF_CORE_READ(task, cgroups, dfl_cgrp);

	return bpf_core_field_exists(cgrp->freezer.e_freeze) &&
	       BPF_CORE_READ(cgrp, freezer.e_freeze) > 0;
}

SEC("?tp_btf/signal_generate")
int BPF_PROG(killed, int sig, struct kernel_siginfo *info, struct task_struct *task, int group,
	     int result)
{
	struct death death = {};
	struct trace_stage *e;
	struct mm_struct *mm;
	__u64 mm_id;
	__u32 tgid;

	if (sig != TRACE_SIGKILL || result || compat_group_dead(task)) /* a zombie dies no more */
		return 0;
	tgid = BPF_CORE_READ(task, tgid);
	if (filtered && !bpf_map_lookup_elem(&wanted, &tgid))
		return 0;
	mm = victim_mm(task);
	death.mm_id = mm_id = (__u64)mm;
	if (bpf_map_update_elem(&deaths, &tgid, &death, BPF_NOEXIST)) {
		if (!bpf_map_lookup_elem(&deaths, &tgid))
			__sync_fetch_and_add(&lost, 1);
		return 0; /* else: signalled again */
	}
	if (mm_id)
		bpf_map_update_elem(&mms, &mm_id, &tgid, BPF_ANY);
	e = event_reserve(TRACE_KILL, tgid);
	if (!e)
		return 0;
	e->mm_id = mm_id;
	e->value = sent_how(ctx[1]);
	e->threads = BPF_CORE_READ(task, signal, nr_threads);
	e->kib = memory_kib(mm);
	describe(&e->task, task);
	if (in_frozen_cgroup(task))
		e->task.flags |= TRACE_F_FROZEN;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/* Before the stable trees took 72ba14deb40a it has the pid of a thread, mostly the first. */
SEC("?tp_btf/mark_victim")
int BPF_PROG(marked)
{
	struct task_struct *task;
	struct death *death;
	__u32 tgid;

	if (compat_mark_victim_has_task()) {
		task = (struct task_struct *)ctx[0];
		tgid = BPF_CORE_READ(task, tgid);
	} else {
		tgid = (__u32)ctx[0];
	}
	death = bpf_map_lookup_elem(&deaths, &tgid);
	if (death)
		event_send(TRACE_OOM, tgid, death->mm_id, 0);
	return 0;
}

SEC("?tp_btf/signal_deliver")
int BPF_PROG(delivered, int sig)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct death *death;

	if (sig != TRACE_SIGKILL)
		return 0;
	death = bpf_map_lookup_elem(&deaths, &tgid);
	if (!death || death->delivered)
		return 0;
	death->delivered = 1;
	event_send(TRACE_DELIVERED, tgid, death->mm_id, 0);
	return 0;
}

SEC("?tp_btf/sched_process_exit")
int BPF_PROG(exited, struct task_struct *task)
{
	__u32 tgid = BPF_CORE_READ(task, tgid);
	struct death *death = bpf_map_lookup_elem(&deaths, &tgid);
	int left;

	if (!death)
		return 0;
	left = BPF_CORE_READ(task, signal, live.counter);
	if (death->exited && left > 0)
		return 0;
	death->exited = 1;
	event_send(TRACE_EXIT, tgid, death->mm_id, left > 0 ? left : 0);
	return 0;
}

static __always_inline int freed(struct mm_struct *mm)
{
	__u64 mm_id = (__u64)mm;
	__u32 *tgid = bpf_map_lookup_elem(&mms, &mm_id);

	if (tgid)
		event_send(TRACE_FREED, *tgid, mm_id, 0);
	return 0;
}
