/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * latency.h - the parts of reapctl latency.
 */
#ifndef REAPCTL_LATENCY_H
#define REAPCTL_LATENCY_H

#include <stdio.h>

#include "tool.h"
#include <reapd/record.h>

/* Follow kills until a signal, or until `most` (0: no end) were printed. argv: pids, none = all. */
int latency_trace(const struct tool *t, unsigned long most, int argc, char **argv);

/* The slots of one step as bars, log2 of their time downwards; blocks of an eighth, or '#' in ASCII. */
void latency_bars(FILE *f, const char *name, const struct latency *l, bool utf8);

#endif
