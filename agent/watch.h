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
void watch_on_trigger(void *ctx, uint32_t events);
void watch_on_tick(void *ctx, uint32_t events);
void watch_on_level(void *ctx, uint32_t events);
/* The rules are others now: is there something to look at in calm, is there a level with an edge? */
void watch_rules_changed(struct agent *a);

#endif
