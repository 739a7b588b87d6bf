/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * death.h - a victim from its signal to its end.
 */
#ifndef REAPD_DEATH_H
#define REAPD_DEATH_H

#include "agent.h"

/* A free place, NULL when there is none; its record is filled by the caller before death_begin(). */
struct death *death_free(struct agent *a);
/* Follow it; job may be NULL when no reaper is on it (it was gone already). */
void death_begin(struct agent *a, struct death *d, struct reap_job *job);
struct death *death_of(struct agent *a, __u32 tgid, __u64 start_ns);
/* Append to the history; a failure is logged. */
void death_record(struct agent *a, struct kill_record *r);
/* Something about a victim came in from the kernel side or from a reaper. */
void death_on_kill(struct agent *a, const struct event_kill *e);
/* False: it is not its end yet, which its pidfd will tell. */
bool death_on_exit(struct agent *a, const struct event_exit *e);
void death_on_reaper(void *ctx, uint32_t events);
/* Deadlines. */
void death_tick(struct agent *a);
/* Is a victim's memory still awaited? */
bool death_pending(const struct agent *a);
/* Has one given its memory back and not exited yet? Then it may be the one that stalls. */
bool death_lingers(const struct agent *a);
/* Is any victim still being followed? */
bool death_active(const struct agent *a);

#endif
