/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * intake.h - what the kernel side tells of processes, into the table.
 */
#ifndef REAPD_INTAKE_H
#define REAPD_INTAKE_H

#include "agent.h"

/* Listen to `bulk`. 0 or negative errno. */
int intake_open(struct agent *a);

/* While there is memory: have what a crisis will need of it. 0 or negative errno. */
int intake_prepare(struct agent *a);

/* Watch begins: who is there now. */
void intake_begin(struct agent *a);

/* All that came in `bulk`, healed after losses, with filters and scope applied. */
void intake_all(struct agent *a);

/* The same, as a handler of the loop. */
void intake_on_bulk(void *ctx, uint32_t events);

/* One pass of the iterator. 0 or negative errno; -EAGAIN: none is prepared and memory is short. */
int intake_snapshot(struct agent *a, __u32 flags);

/* Take in whoever has this mm, in scope or not. 0 or negative errno. */
int intake_sharers(struct agent *a, __u64 mm_id);

/* Filters, scope and registration for rows that need it; `all`: the filters changed. */
void intake_resolve(struct agent *a, bool all);

/*
 * In calm: names that the kernel side could not learn, of older processes and of those that were renamed
 * lately (sense/names.h), from /proc, which must not be asked when memory is short. Then older ones go by
 * their comm for now.
 */
void intake_names(struct agent *a);

/* Is something missing in the table that may come in a moment? Then decisions wait for it. */
bool intake_is_stale(const struct agent *a);

/* As last seen. Then nothing is done that can wait and makes the kernel allocate. */
bool intake_memory_short(const struct agent *a);

#endif
