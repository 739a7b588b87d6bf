/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bench.h - medians, and the row that each benchmark prints:
 *
 *   what <TAB> figure <TAB> beside <TAB> ratio <TAB> target <TAB> met|missed
 */
#ifndef REAPD_BENCH_H
#define REAPD_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../agent/base/clock.h"

static inline int bench_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Sorts its argument. */
static inline uint64_t bench_median(uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), bench_compare);
	return values[n / 2];
}

static inline void bench_row(const char *what, const char *figure, const char *beside,
			     const char *ratio, const char *target, bool met)
{
	printf("%s\t%s\t%s\t%s\t%s\t%s\n", what, figure, beside, ratio, target,
	       met ? "met" : "missed");
	fflush(stdout);
}

#endif
