/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * oom.h - kills by the kernel's own killer.
 *
 * It would take its victim's memory back two seconds later; we do at once, and the kill goes into the
 * same history.
 */
#ifndef REAPD_OOM_H
#define REAPD_OOM_H

#include "agent.h"

/* The kernel chose a victim: of ours, or one that is not (or no longer) known. */
void oom_on_kill(struct agent *a, const struct event_oom *e);

#endif
