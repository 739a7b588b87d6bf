/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * watch.h - the three states: calm, watch, pressure.
 */
#ifndef REAPD_WATCH_H
#define REAPD_WATCH_H

#include "agent.h"

/* First snapshot, in calm. 0 or negative errno. */
int watch_start(struct agent *a);
/* All that a look does, without consequences. */
void watch_rehearse(struct agent *a);
/* Handlers of the loop. */
void watch_on_critical(void *ctx, uint32_t events);
void watch_on_bulk(void *ctx, uint32_t events);
void watch_on_trigger(void *ctx, uint32_t events);
void watch_on_tick(void *ctx, uint32_t events);
/* One pass of the iterator into the table. 0 or negative errno. */
int watch_snapshot(struct agent *a, __u32 flags);
/* Take in whoever has this mm, in scope or not. 0 or negative errno. */
int watch_sharers(struct agent *a, __u64 mm_id);
/* Filters and scope for rows that need it; `all`: the filters changed. */
void watch_resolve(struct agent *a, bool all);

#endif
