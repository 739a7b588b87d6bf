/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmkd_queue.h - kills on their way to the thread that tells of them, and how many there were.
 *
 * Without locks. One thread puts into a queue and one takes out of it; anybody may count and read counts.
 */
#ifndef REAPD_LMKD_QUEUE_H
#define REAPD_LMKD_QUEUE_H

#include <stdatomic.h>

#include "lmkd_packet.h"

/* Kills come one by one, each after the memory of the one before. A power of two. */
#define LMKD_QUEUE_MAX 16

struct lmkd_queue {
	struct lmkd_kill kill[LMKD_QUEUE_MAX];
	atomic_uint head, tail;
};

/* False: it is full, nothing was put. */
bool lmkd_queue_put(struct lmkd_queue *q, const struct lmkd_kill *kill);
/* False: it is empty. */
bool lmkd_queue_take(struct lmkd_queue *q, struct lmkd_kill *ret);

struct lmkd_counts {
	atomic_uint at[LMKD_ADJ_MAX - LMKD_ADJ_MIN + 1];
	atomic_uint all;
};

/* adj outside its range counts as the nearest in it. */
void lmkd_counts_add(struct lmkd_counts *c, __s32 adj);

/* As GETKILLCNT has it: min above max: 0; min above 1000: all; else the sum of this range. */
__u32 lmkd_counts_sum(const struct lmkd_counts *c, __s32 min, __s32 max);

#endif
