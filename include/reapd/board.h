/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * board.h - the levels that the kernel side and the agent share in memory.
 *
 * Rings carry edges; the board carries levels: the state word, who is in reclaim now, stall time.
 * It is one page-mapped map (section .data.board), so the agent reads it without a system call, and
 * a lost ring record never leaves a level wrong.
 *
 * Writers: BPF writes everything except where a field says "agent". Fields are read and written
 * without a lock; each is one aligned word, and a torn pair of fields costs at most one sample.
 */
#ifndef REAPD_BOARD_H
#define REAPD_BOARD_H

#include <reapd/types.h>

/*
 * calm: nothing stalls, nothing reclaims. Kernel side: one load and a return.
 * watch: set by BPF itself at the first edge. Sizes and life cycle flow.
 * pressure: set by the agent while a rule is over its limit. To BPF the same as watch.
 */
enum reapd_state {
	STATE_CALM = 0,
	STATE_WATCH = 1,
	STATE_PRESSURE = 2,
};

/* Nodes whose kswapd is told apart; the kernel allows 1024, there some share a slot. */
#define BOARD_NODES 64

/*
 * Tasks in reclaim or stalled right now, found by tid with a short probe. More at once than slots
 * fit are counted (COUNT_SLOTS_FULL) and only missing from "longest": no decision needs them all.
 */
#define BOARD_SLOTS 256
#define BOARD_PROBE 4

struct board_slot {
	__u32 tid;  /* 0 = free */
	__u32 kind; /* enum edge_kind: EDGE_STALL, EDGE_DIRECT or EDGE_MEMCG */
	__u64 since_ns;
};
_Static_assert(sizeof(struct board_slot) == 16, "board_slot");

#define SNAPSHOT_NAMES (1u << 0) /* look up package names too (costs a hash lookup per process) */
#define SNAPSHOT_ALL   (1u << 1) /* processes outside the scope too */
#define SNAPSHOT_SIZES (1u << 2) /* sizes and oom_score_adj alone, as EV_RSS: the quick look */

struct board {
	__u32 state; /* enum reapd_state; BPF raises it to watch, the agent sets the rest */
	__u32 snapshot_flags; /* agent: SNAPSHOT_*, read by the next pass of the iterator */
	__u64 snapshot_mm_id; /* agent: not 0 = only processes with this mm, in scope or not */
	__u64 snapshot_ns;    /* agent: time of the pass, which its sizes have */
	__u64 last_edge_ns;   /* last edge seen, published or not */
	__u64 published_ns;   /* last edge published */
	__u32 edges;	      /* count of all edges; wraps */
	__u32 bulk_lost;      /* records lost in `bulk`; wraps; a change means: snapshot again */

	/* Fruitless reclaim. */
	__u32 retry_loops; /* highest no_progress_loops since the agent last took (zeroed) it */
	__u32 watermarks;  /* times the kernel computed them anew; wraps */

	/* Stall time of the machine by psi_sample, as the kernel weighs it; sums since load. */
	__u64 psi_time_ns; /* of the last sample; 0 = none yet */
	__u64 psi_some_ns;
	__u64 psi_full_ns;

	/* Memory that is left, free or file cache, has its edges (bpf/charge.bpf.c). */
	__u64 low_pages;      /* agent: when it falls below this; 0 = never */
	__u64 low_step_pages; /* agent: and for each such step that it falls on */
	__u64 low_mark_pages; /* the next edge is below this */

	__u64 dmabuf_ops; /* f_op of the file of every dma-buf; 0 = none was seen (bpf/dmabuf.bpf.c) */

	__u64 kswapd_since_ns[BOARD_NODES]; /* awake since; 0 = asleep */
	struct board_slot stalls[BOARD_SLOTS];
	struct board_slot reclaims[BOARD_SLOTS];
};
_Static_assert(sizeof(struct board) == 112 + 8 * BOARD_NODES + 32 * BOARD_SLOTS, "board");

#endif
