// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "metrics.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/counter_text.h"
#include "../base/record_text.h"
#include "../base/text.h"

#define OVERFLOW_RULE "other"

struct out {
	char *buf;
	size_t size, len;
	bool full;
};

static void __attribute__((format(printf, 2, 3))) put(struct out *o, const char *fmt, ...)
{
	va_list args;
	int len;

	if (o->full)
		return;
	va_start(args, fmt);
	len = vsnprintf(o->buf + o->len, o->size - o->len, fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= o->size - o->len)
		o->full = true;
	else
		o->len += (size_t)len;
}

static void family(struct out *o, const char *name, const char *type, const char *help)
{
	put(o, "# HELP reapd_%s %s\n# TYPE reapd_%s %s\n", name, help, name, type);
}

/* A family of one number. */
static void single(struct out *o, const char *name, const char *type, __u64 value, const char *help)
{
	family(o, name, type, help);
	put(o, "reapd_%s %llu\n", name, value);
}

/* A label's value: three characters have to be escaped. */
static const char *label(char *buf, size_t size, const char *value)
{
	size_t len = 0;

	for (; *value && len + 3 < size; value++) {
		char one = *value;

		if (strchr("\\\"\n", one))
			buf[len++] = '\\';
		if (one == '\n')
			one = 'n';
		buf[len++] = one;
	}
	buf[len] = 0;
	return buf;
}

struct metrics_rule *metrics_rule(struct metrics_kills *kills, const char *name)
{
	struct metrics_rule *rule;

	for (__u32 i = 0; i < kills->rules; i++) {
		if (!strcmp(kills->rule[i].name, name))
			return &kills->rule[i];
	}
	if (kills->rules == METRICS_RULES)
		return &kills->rule[METRICS_RULES - 1];
	rule = &kills->rule[kills->rules++];
	text_copy(rule->name, sizeof(rule->name),
		  kills->rules == METRICS_RULES ? OVERFLOW_RULE : name);
	return rule;
}

static void put_agent(struct out *o, const struct control_status *s, __u64 start_wall_ns)
{
	char version[64], strategy[64], tier[2] = { s->tier, 0 };

	family(o, "info", "gauge", "The agent; always 1.");
	put(o, "reapd_info{version=\"%s\",tier=\"%s\",strategy=\"%s\"} 1\n",
	    label(version, sizeof(version), s->version), tier,
	    label(strategy, sizeof(strategy), s->strategy));
	single(o, "start_time_seconds", "gauge", start_wall_ns / NS_PER_S,
	       "When the agent started, Unix time.");
	single(o, "state", "gauge", s->state, "Calm is 0, watch 1, pressure 2.");
	single(o, "tier", "gauge", s->tier ? (__u64)(s->tier - 'A' + 1) : 0,
	       "Kernel hooks in use: 1 is tier A, the fastest, 3 is tier C.");
	single(o, "dry_run", "gauge", s->dry_run, "1: decides and records, kills nobody.");
	single(o, "processes", "gauge", s->processes, "Processes known.");
	single(o, "filters", "gauge", s->filters, "Package, cgroup and uid filters in force.");
	single(o, "watches_total", "counter", s->watches, "How often calm ended.");
}

static void put_memory(struct out *o, const struct control_status *s)
{
	family(o, "pressure_ratio", "gauge", "Share of the last second lost waiting for memory.");
	put(o, "reapd_pressure_ratio{kind=\"some\"} %u.%03u\n", s->some_permille / 1000,
	    s->some_permille % 1000);
	put(o, "reapd_pressure_ratio{kind=\"full\"} %u.%03u\n", s->full_permille / 1000,
	    s->full_permille % 1000);
	single(o, "memory_available_bytes", "gauge", s->mem_available_kib * 1024,
	       "Memory free or easily freed, of the scope.");
	single(o, "memory_total_bytes", "gauge", s->mem_total_kib * 1024, "Memory of the scope.");
	single(o, "swap_free_bytes", "gauge", s->swap_free_kib * 1024, "Swap not in use.");
	single(o, "swap_total_bytes", "gauge", s->swap_total_kib * 1024, "Swap.");
}

static void put_kills(struct out *o, const struct metrics *m)
{
	char name[80];

	family(o, "kills_total", "counter",
	       "Kills by the rule that fired and by what came of them.");
	for (__u32 i = 0; i < m->kills.rules; i++) {
		const struct metrics_rule *rule = &m->kills.rule[i];

		label(name, sizeof(name), rule->name);
		/* Zeros too: a series that begins at 1 has no increase. */
		for (__u32 n = 0; n < OUTCOMES; n++) {
			if (n != OUTCOME_PENDING && n != OUTCOME_NONE)
				put(o, "reapd_kills_total{rule=\"%s\",outcome=\"%s\"} %llu\n", name,
				    outcome_name(n), rule->outcome[n]);
		}
	}
	single(o, "kernel_oom_kills_total", "counter", m->status.kernel_ooms,
	       "Kills by the kernel's own out-of-memory killer.");
	single(o, "no_victim_total", "counter", m->status.no_victim,
	       "Times a rule fired and every candidate was spared.");
}

static void put_losses(struct out *o, const struct control_status *s)
{
	family(o, "lost_total", "counter", "What the kernel side could not report or keep.");
	for (__u32 i = EV_EDGE; i < COUNTERS; i++) {
		const char *ring = counter_ring(i);

		put(o, "reapd_lost_total{ring=\"%s\",counter=\"%s\"} %llu\n", ring ? ring : "none",
		    counter_name(i), s->counters[i]);
	}
	single(o, "malformed_total", "counter", s->malformed,
	       "Ring records that were not believed.");
	single(o, "processes_full_total", "counter", s->processes_full,
	       "Processes that found no room in the table (max_processes).");
}

/* Buckets as the map has them; the count is their sum, so that the two never disagree. */
static void put_step(struct out *o, const char *step, const struct latency *l)
{
	__u64 count = 0;

	for (int i = 0; i < LATENCY_SLOTS; i++) {
		__u64 us = 1ULL << i;

		count += l->slots[i];
		if (i < LATENCY_SLOTS - 1)
			put(o, "reapd_stage_seconds_bucket{step=\"%s\",le=\"%llu.%06llu\"} %llu\n",
			    step, us / 1000000, us % 1000000, count);
	}
	put(o, "reapd_stage_seconds_bucket{step=\"%s\",le=\"+Inf\"} %llu\n", step, count);
	put(o, "reapd_stage_seconds_sum{step=\"%s\"} %llu.%09llu\n", step,
	    (unsigned long long)(l->sum_ns / NS_PER_S), (unsigned long long)(l->sum_ns % NS_PER_S));
	put(o, "reapd_stage_seconds_count{step=\"%s\"} %llu\n", step, count);
}

int metrics_text(char *buf, size_t size, const struct metrics *m)
{
	struct out o = { .buf = buf, .size = size };
	char step[64];

	put_agent(&o, &m->status, m->start_wall_ns);
	put_memory(&o, &m->status);
	put_kills(&o, m);
	put_losses(&o, &m->status);
	family(&o, "stage_seconds", "histogram", "Time from one stage of a kill to another.");
	for (__u32 i = 0; i < LATENCY_STEPS; i++)
		put_step(&o, label(step, sizeof(step), latency_name(i)), &m->latency[i]);
	put(&o, "# EOF\n");
	return o.full ? -ENOSPC : (int)o.len;
}
