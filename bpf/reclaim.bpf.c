// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reclaim.bpf.c - is the kernel looking for memory, for whom, and does it find any?
 *
 * kswapd waking is the earliest cheap sign: a node fell below its low watermark, usually some ten
 * milliseconds before anyone stalls. Direct reclaim means a task is being made to wait; memcg
 * reclaim means a cgroup met its own limit; reclaim_retry_zone counts the fruitless rounds (16 of
 * them and the kernel's own killer comes). mark_victim says that it came.
 *
 * State is kept per task and per node on the board, with the time of the event: "stuck in reclaim"
 * means the task that is longest in it, and one task's end never hides another's.
 *
 * Cost. 0 events a second on a machine with memory to spare; 10 to 10,000 under pressure at about
 * 200 ns. No argument whose place differs between kernels is read (7.x reorders those of
 * direct_reclaim_begin and passes a NULL memcg).
 *
 * Accepted races. Times on the board are plain words; an end that meets no begin adds nothing.
 */
#include "victim.bpf.h"

#define COSTLY_ORDER 3 /* PAGE_ALLOC_COSTLY_ORDER */

SEC("?tp_btf/mm_vmscan_kswapd_wake")
int BPF_PROG(kswapd_wake, int nid)
{
	__u32 node = (__u32)nid % BOARD_NODES;

	if (!board.kswapd_since_ns[node])
		board.kswapd_since_ns[node] = bpf_ktime_get_ns();
	if (!knobs.scope_id)
		edge((void *)bpf_get_current_task(), EDGE_KSWAPD, node);
	return 0;
}

SEC("?tp_btf/mm_vmscan_kswapd_sleep")
int BPF_PROG(kswapd_sleep, int nid)
{
	__u32 node = (__u32)nid % BOARD_NODES;

	board.kswapd_since_ns[node] = 0;
	return 0;
}

static __always_inline int reclaim_begin(__u32 kind)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD || !in_scope(task))
		return 0;
	slot_begin(board.reclaims, bpf_get_current_pid_tgid(), kind);
	edge(task, kind, 0);
	return 0;
}

static __always_inline int reclaim_end(void)
{
	slot_end(board.reclaims, bpf_get_current_pid_tgid());
	return 0;
}

SEC("?tp_btf/mm_vmscan_direct_reclaim_begin")
int BPF_PROG(direct_begin)
{
	return reclaim_begin(EDGE_DIRECT);
}

SEC("?tp_btf/mm_vmscan_direct_reclaim_end")
int BPF_PROG(direct_end)
{
	return reclaim_end();
}

SEC("?tp_btf/mm_vmscan_memcg_reclaim_begin")
int BPF_PROG(memcg_begin)
{
	return reclaim_begin(EDGE_MEMCG);
}

SEC("?tp_btf/mm_vmscan_memcg_reclaim_end")
int BPF_PROG(memcg_end)
{
	return reclaim_end();
}

/* Args: zoneref, order, reclaimable, available, min_wmark, no_progress_loops, wmark_check. */
SEC("?tp_btf/reclaim_retry_zone")
int BPF_PROG(reclaim_retry)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int order = ctx[1], loops = ctx[5];

	/* Of costly orders rounds are counted although they make progress: those requests just fail. */
	if (order > COSTLY_ORDER || !in_scope(task))
		return 0;
	if (loops > (int)board.retry_loops)
		board.retry_loops = loops;
	edge(task, EDGE_RETRY, loops);
	return 0;
}

static __always_inline void oom_describe(struct event_oom *e, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	e->tgid = BPF_CORE_READ(task, tgid);
	e->uid = BPF_CORE_READ(task, cred, uid.val);
	e->start_ns = BPF_CORE_READ(leader, start_boottime);
	e->mm_id = (__u64)mm;
	e->cgroup_id = cgroup_id_of(task);
	e->anon_kib = compat_rss_pages(mm, RSS_ANON) * knobs.page_kib;
	e->file_kib = compat_rss_pages(mm, RSS_FILE) * knobs.page_kib;
	e->shmem_kib = compat_rss_pages(mm, RSS_SHMEM) * knobs.page_kib;
	e->swap_kib = compat_rss_pages(mm, RSS_SWAP) * knobs.page_kib;
	e->oom_score_adj = BPF_CORE_READ(task, signal, oom_score_adj);
	BPF_CORE_READ_INTO(&e->comm, leader, comm);
}

/* One victim of the kernel's own killer. Old kernels tell its pid only; the agent knows the rest. */
SEC("?tp_btf/mark_victim")
int BPF_PROG(mark_victim)
{
	struct task_struct *task = NULL;
	struct event_oom *e;
	struct victim v;

	if (compat_mark_victim_has_task()) {
		task = (struct task_struct *)ctx[0];
		if (!in_scope(task))
			return 0;
		victim_enrol(task, &v);
	}
	e = critical_reserve(EV_OOM, sizeof(*e));
	if (!e)
		return 0;
	__builtin_memset((char *)e + sizeof(e->hdr), 0, sizeof(*e) - sizeof(e->hdr));
	if (compat_mark_victim_has_task())
		oom_describe(e, task);
	else
		e->tgid = ctx[0];
	critical_submit(e);
	return 0;
}
