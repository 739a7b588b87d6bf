/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reclaim.bpf.h - what the events of reclaim leave on the board: for reclaim.bpf.c, and for classic.bpf.c
 * without BTF. Who calls has seen that the task is in the scope; a node is in none.
 */
#ifndef REAPD_RECLAIM_BPF_H
#define REAPD_RECLAIM_BPF_H

#include "emit.bpf.h"

#define COSTLY_ORDER 3 /* PAGE_ALLOC_COSTLY_ORDER */

static __always_inline int kswapd_wakes(int nid)
{
	__u32 node = (__u32)nid % BOARD_NODES;

	if (!board.kswapd_since_ns[node])
		board.kswapd_since_ns[node] = bpf_ktime_get_ns();
	if (!knobs.scope_id)
		edge(EDGE_KSWAPD, node);
	return 0;
}

static __always_inline int kswapd_sleeps(int nid)
{
	board.kswapd_since_ns[(__u32)nid % BOARD_NODES] = 0;
	return 0;
}

static __always_inline int reclaim_begins(__u32 kind)
{
	slot_begin(board.reclaims, bpf_get_current_pid_tgid(), kind);
	edge(kind, 0);
	return 0;
}

static __always_inline int reclaim_ends(void)
{
	slot_end(board.reclaims, bpf_get_current_pid_tgid());
	return 0;
}

/* Of costly orders rounds are counted although they make progress: those requests just fail. */
static __always_inline bool retry_tells(int order)
{
	return order <= COSTLY_ORDER;
}

static __always_inline int reclaim_retries(int loops)
{
	if (loops > (int)board.retry_loops)
		board.retry_loops = loops;
	edge(EDGE_RETRY, loops);
	return 0;
}

#endif
