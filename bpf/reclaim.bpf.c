// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reclaim.bpf.c - is the kernel looking for memory, for whom, and does it find any?
 *
 * kswapd waking is the earliest cheap sign: a node fell below its low watermark, usually some ten
 * milliseconds before anyone stalls. Direct reclaim means a task is being made to wait; memcg
 * reclaim means a cgroup met its own limit; reclaim_retry_zone counts the fruitless rounds (16 of
 * them and the kernel's own killer comes: oom.bpf.c).
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
#include "reclaim.bpf.h"

SEC("?tp_btf/mm_vmscan_kswapd_wake")
int BPF_PROG(kswapd_wake, int nid)
{
	return kswapd_wakes(nid);
}

SEC("?tp_btf/mm_vmscan_kswapd_sleep")
int BPF_PROG(kswapd_sleep, int nid)
{
	return kswapd_sleeps(nid);
}

static __always_inline int reclaim_begin(__u32 kind)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD || !in_scope(task))
		return 0;
	return reclaim_begins(kind);
}

SEC("?tp_btf/mm_vmscan_direct_reclaim_begin")
int BPF_PROG(direct_begin)
{
	return reclaim_begin(EDGE_DIRECT);
}

SEC("?tp_btf/mm_vmscan_direct_reclaim_end")
int BPF_PROG(direct_end)
{
	return reclaim_ends();
}

SEC("?tp_btf/mm_vmscan_memcg_reclaim_begin")
int BPF_PROG(memcg_begin)
{
	return reclaim_begin(EDGE_MEMCG);
}

SEC("?tp_btf/mm_vmscan_memcg_reclaim_end")
int BPF_PROG(memcg_end)
{
	return reclaim_ends();
}

/* Watermarks were computed anew: memory was added, CMA or a setting changed (6.16; Android has it before). */
SEC("?tp_btf/mm_calculate_totalreserve_pages")
int BPF_PROG(watermarks_changed)
{
	__sync_fetch_and_add(&board.watermarks, 1);
	return 0;
}

#define VENDOR_REASONS 1000
#define SCORE_MAX      1000

/* Android only, where a vendor's module calls it. Args: reason, min_oom_score_adj (a short). */
SEC("?tp_btf/android_trigger_vendor_lmk_kill")
int BPF_PROG(vendor_kill)
{
	__u32 reason = ctx[0];
	__s16 score = ctx[1];

	if (reason >= VENDOR_REASONS || score < 0 || score > SCORE_MAX)
		return 0;
	edge_raise(bpf_ktime_get_ns());
	edge_publish(EDGE_VENDOR, reason << 16 | score);
	return 0;
}

/* Args: zoneref, order, reclaimable, available, min_wmark, no_progress_loops, wmark_check. */
SEC("?tp_btf/reclaim_retry_zone")
int BPF_PROG(reclaim_retry)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int order = ctx[1], loops = ctx[5];

	if (!retry_tells(order) || !in_scope(task))
		return 0;
	return reclaim_retries(loops);
}
