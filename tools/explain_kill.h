/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain_kill.h - one kill of the history, told to somebody who was not there.
 */
#ifndef REAPCTL_EXPLAIN_KILL_H
#define REAPCTL_EXPLAIN_KILL_H

#include <stddef.h>

#include "tool.h"
#include <reapd/record.h>

/* All that matters fits; what is longer is cut. */
#define EXPLAIN_MAX 8192

/*
 * One paragraph: when, who, whose, why, what else was considered and why that was spared, how fast, what
 * came of it. Times are local. user: the victim's, NULL when its name is not known. Returns buf.
 */
char *explain_paragraph(char *buf, size_t size, const struct kill_record *r, const char *user);

/* reapctl explain KILL-ID|last. An exit code; what is wrong was said. */
int explain_kill(const struct tool *t, const char *which);

#endif
