/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trace.h - pressure traces in text: rows of
 *
 *     Time | MemAvail SwapFree | some avg10 full avg10
 *
 * in seconds, MiB and percent, where some and full are stall time in hundredths of the nominal 100 ms
 * of a row. Lines without two '|', headings, rulers, comments and "[...]" are skipped.
 *
 * Totals are not in the file: memory's and swap's are the largest value met, unless given.
 */
#ifndef REAPCTL_TRACE_H
#define REAPCTL_TRACE_H

#include <stdbool.h>
#include <stdio.h>

#include "../agent/decide/facts.h"

struct trace {
	FILE *f;
	struct facts facts; /* of the row last read; sums run on */
	unsigned int line;
	int error; /* why trace_next() ended: 0 at the end, -EINVAL at a bad row */
};

/* Look through the file for totals. 0, -ENODATA (no row in it), -EINVAL (a bad row, see line). */
int trace_open(struct trace *t, FILE *f, __u64 mem_total_kib);

/* The next row, as facts. False at the end or at a bad row. */
bool trace_next(struct trace *t);

#endif
