/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * leaving.h - a large process that exits, by itself or by another's hand, and still has its memory: while
 * that is on its way back nobody else has to die.
 */
#ifndef REAPD_LEAVING_H
#define REAPD_LEAVING_H

#include <stdbool.h>

#include <reapd/event.h>

struct agent;

/* It exits: waited for if it is of ours, large enough, and its end will be seen. */
void leaving_begin(struct agent *a, const struct event_exit *e);

/* This mm is back. True: it was waited for. */
bool leaving_end(struct agent *a, __u64 mm_id);

/* Is one still waited for, not longer than for a victim of ours? */
bool leaving_pending(const struct agent *a);

#endif
