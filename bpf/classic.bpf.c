// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * classic.bpf.c - reclaim.bpf.c and oom.bpf.c without BTF: is the kernel looking for memory, and whom did
 * its own killer choose?
 *
 * Kernel threads cannot be told here: their reclaim counts as an edge, too, where the scope is the machine.
 *
 * Cost. None on a machine with memory to spare. Under pressure not measured.
 *
 * Accepted races. An end of reclaim that is missed leaves its slot on the board until the task reclaims
 * again or exits, or sense/snapshot.c finds it older than any reclaim is.
 */
#include "classic.bpf.h"
#include "reclaim.bpf.h"

RECORD classic_mm_vmscan_kswapd_wake
{
	int nid;
};
RECORD classic_mm_vmscan_kswapd_sleep
{
	int nid;
};
RECORD classic_reclaim_retry_zone
{
	int order;
	int no_progress_loops;
};

SEC("?tp/vmscan/mm_vmscan_kswapd_wake")
int kswapd_wake_tp(struct classic_mm_vmscan_kswapd_wake *r)
{
	return kswapd_wakes(r->nid);
}

SEC("?tp/vmscan/mm_vmscan_kswapd_sleep")
int kswapd_sleep_tp(struct classic_mm_vmscan_kswapd_sleep *r)
{
	return kswapd_sleeps(r->nid);
}

static __always_inline int reclaim_begin(__u32 kind)
{
	return runs_in_scope() ? reclaim_begins(kind) : 0;
}

SEC("?tp/vmscan/mm_vmscan_direct_reclaim_begin")
int direct_begin_tp(void *r)
{
	return reclaim_begin(EDGE_DIRECT);
}

SEC("?tp/vmscan/mm_vmscan_direct_reclaim_end")
int direct_end_tp(void *r)
{
	return reclaim_ends();
}

SEC("?tp/vmscan/mm_vmscan_memcg_reclaim_begin")
int memcg_begin_tp(void *r)
{
	return reclaim_begin(EDGE_MEMCG);
}

SEC("?tp/vmscan/mm_vmscan_memcg_reclaim_end")
int memcg_end_tp(void *r)
{
	return reclaim_ends();
}

SEC("?tp/oom/reclaim_retry_zone")
int reclaim_retry_tp(struct classic_reclaim_retry_zone *r)
{
	if (!retry_tells(r->order) || !runs_in_scope())
		return 0;
	return reclaim_retries(r->no_progress_loops);
}

/* All but pid came in 6.9 (72ba14deb40a) and to some stable trees; sizes are in KiB. */
RECORD classic_mark_victim
{
	int pid;
	__u32 comm;
	unsigned long anon_rss;
	unsigned long file_rss;
	unsigned long shmem_rss;
	__u32 uid;
	short oom_score_adj;
};

/* Whether the victim is in the scope is the agent's to say: it knows who is. */
SEC("?tp/oom/mark_victim")
int mark_victim_tp(struct classic_mark_victim *r)
{
	struct event_oom *e = critical_reserve(EV_OOM, sizeof(*e));

	if (!e)
		return 0;
	__builtin_memset((char *)e + sizeof(e->hdr), 0, sizeof(*e) - sizeof(e->hdr));
	e->tgid = r->pid;
	if (bpf_core_field_exists(r->anon_rss)) {
		e->uid = r->uid;
		e->anon_kib = r->anon_rss;
		e->file_kib = r->file_rss;
		e->shmem_kib = r->shmem_rss;
		e->oom_score_adj = r->oom_score_adj;
		record_text(e->comm, sizeof(e->comm), r, r->comm);
	}
	critical_submit(e);
	return 0;
}
