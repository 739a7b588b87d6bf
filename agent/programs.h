/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * programs.h - the administrator's programs and hooks around a kill, in errand threads.
 */
#ifndef REAPD_PROGRAMS_H
#define REAPD_PROGRAMS_H

#include "agent.h"

/* Run a program about a rule ("rule") or a kill ("kill"); it is not waited for. */
void programs_run(struct agent *a, const char *path, const char *event,
		  const struct kill_record *r);

/*
 * The hooks before a kill, if there are any: then the job of this death is submitted when they are done.
 * False: there is nothing to wait for.
 */
bool programs_prekill(struct agent *a, struct death *d);

/* An errand of one of these is done. */
void programs_on_done(struct agent *a, const struct errand *e);

#endif
