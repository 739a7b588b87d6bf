/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * metrics.h - figures for Prometheus, as text for node_exporter's textfile collector.
 *
 * That collector reads the Prometheus text format (0.0.4) and refuses what OpenMetrics has beyond it
 * (types `info` and `stateset`); where the two differ (a counter's TYPE line has its whole name) this is
 * the former. It ends with OpenMetrics' `# EOF`, so that a file cut short shows.
 */
#ifndef REAPD_METRICS_H
#define REAPD_METRICS_H

#include <stddef.h>

#include <reapd/control.h>

/* Rules of a configuration, and some of earlier ones: the last row counts for all that came later. */
#define METRICS_RULES	 40
/* All rows in use, every number at its longest: 64 KiB (tests/unit/test_metrics.c). */
#define METRICS_TEXT_MAX 65536

/* Kills of one rule, by what came of them: enum outcome. */
struct metrics_rule {
	char name[32];
	__u64 outcome[OUTCOMES];
};

struct metrics_kills {
	__u32 rules;
	struct metrics_rule rule[METRICS_RULES];
};

/* All that the text is made of. */
struct metrics {
	struct control_status status;
	__u64 start_wall_ns;
	struct latency latency[LATENCY_STEPS];
	struct metrics_kills kills;
};

/* The row of a rule, made when there is none: from then on its zeros are shown. */
struct metrics_rule *metrics_rule(struct metrics_kills *kills, const char *name);

/* The text, ended with NUL. Its length, or -ENOSPC. Pure. */
int metrics_text(char *buf, size_t size, const struct metrics *m);

#endif
