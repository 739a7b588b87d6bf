// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "base/resident.h"
#include "serve/outbox.h"

/* A level that was left and comes again within this time was not left: a warning is not to flutter. */
#define LEVEL_HOLD_NS	  (10 * NS_PER_S)
/* While watching: what Prometheus asks for at most. In calm nothing changes. */
#define METRICS_PERIOD_NS (15 * NS_PER_S)

struct report {
	struct outbox *outbox;
	enum control_level level;
	__u64 level_ns;	  /* when it was last reached */
	__u64 metrics_ns; /* when the metrics were last taken */
	struct metrics_kills kills;
};

int report_start(struct agent *a)
{
	a->report = calloc(1, sizeof(*a->report));
	if (!a->report)
		return -ENOMEM;
	resident_touch(a->report, sizeof(*a->report));
	return outbox_start(&a->report->outbox, a->config.metrics_file);
}

void report_stop(struct agent *a)
{
	if (a->report)
		outbox_stop(a->report->outbox);
	free(a->report);
	a->report = NULL;
}

int report_subscribe(struct agent *a, struct control_client *client)
{
	return outbox_subscribe(a->report->outbox, control_client_fd(client),
				(int)a->report->level);
}

static void set_level(struct agent *a, enum control_level level)
{
	if (a->report->level != level)
		outbox_event(a->report->outbox, CONTROL_LEVEL, (int)level, NULL, 0);
	a->report->level = level;
}

static void reach_level(struct agent *a, enum control_level level, __u64 now_ns)
{
	struct report *r = a->report;

	if (level < r->level && now_ns < r->level_ns + LEVEL_HOLD_NS)
		return;
	r->level_ns = now_ns;
	set_level(a, level);
}

void report_metrics(struct agent *a)
{
	struct metrics *m = outbox_metrics(a->report->outbox);

	if (!m)
		return;
	a->report->metrics_ns = clock_now_ns();
	answers_status(a, &m->status);
	m->start_wall_ns = clock_wall_ns() - (a->report->metrics_ns - a->start_ns);
	memcpy(m->latency, hook_latency(a->hooks), sizeof(m->latency));
	for (__u32 i = 0; i < a->config.policy.rules; i++)
		metrics_rule(&a->report->kills, a->config.policy.rule[i].name);
	m->kills = a->report->kills;
	outbox_write(a->report->outbox);
}

void report_look(struct agent *a, __u32 nearness)
{
	enum control_level level = nearness >= 1000 ? LEVEL_CRITICAL :
				   nearness >= 800  ? LEVEL_MEDIUM :
				   nearness >= 500  ? LEVEL_LOW :
						      LEVEL_CALM;

	reach_level(a, level, a->facts.time_ns);
	if (a->facts.time_ns >= a->report->metrics_ns + METRICS_PERIOD_NS)
		report_metrics(a);
}

void report_record(struct agent *a, const struct kill_record *r)
{
	if (r->kind == RECORD_KILL && r->outcome < OUTCOMES)
		metrics_rule(&a->report->kills, r->rule)->outcome[r->outcome]++;
	reach_level(a, LEVEL_CRITICAL, clock_now_ns());
	outbox_event(a->report->outbox, CONTROL_KILL, 0, r, sizeof(*r));
	if (r->kind != RECORD_STEP) /* after which there may be a kill */
		report_metrics(a);
}

void report_calm(struct agent *a)
{
	set_level(a, LEVEL_CALM);
	report_metrics(a);
}
