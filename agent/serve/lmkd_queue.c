// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "lmkd_queue.h"

bool lmkd_queue_put(struct lmkd_queue *q, const struct lmkd_kill *kill)
{
	unsigned int head = atomic_load(&q->head);

	if (head - atomic_load(&q->tail) == LMKD_QUEUE_MAX)
		return false;
	q->kill[head % LMKD_QUEUE_MAX] = *kill;
	atomic_store(&q->head, head + 1);
	return true;
}

bool lmkd_queue_take(struct lmkd_queue *q, struct lmkd_kill *ret)
{
	unsigned int tail = atomic_load(&q->tail);

	if (tail == atomic_load(&q->head))
		return false;
	*ret = q->kill[tail % LMKD_QUEUE_MAX];
	atomic_store(&q->tail, tail + 1);
	return true;
}

static __s32 clamp(__s32 adj)
{
	return adj < LMKD_ADJ_MIN ? LMKD_ADJ_MIN : adj > LMKD_ADJ_MAX ? LMKD_ADJ_MAX : adj;
}

void lmkd_counts_add(struct lmkd_counts *c, __s32 adj)
{
	atomic_fetch_add(&c->at[clamp(adj) - LMKD_ADJ_MIN], 1);
	atomic_fetch_add(&c->all, 1);
}

__u32 lmkd_counts_sum(const struct lmkd_counts *c, __s32 min, __s32 max)
{
	__u32 sum = 0;

	if (min > max || max < LMKD_ADJ_MIN)
		return 0;
	if (min > LMKD_ADJ_MAX)
		return atomic_load(&c->all);
	for (__s32 adj = clamp(min); adj <= clamp(max); adj++)
		sum += atomic_load(&c->at[adj - LMKD_ADJ_MIN]);
	return sum;
}
