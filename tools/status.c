// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * status.c - reapctl status: what the agent sees, did and lost.
 */
#include "client.h"

#include <stdlib.h>

#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "out.h"

static void print_memory(const struct control_status *s)
{
	char available[32], total[32], swap_free[32], swap[32];

	printf("memory    %s available of %s (%.1f%%)\n",
	       text_kib(available, sizeof(available), s->mem_available_kib),
	       text_kib(total, sizeof(total), s->mem_total_kib),
	       s->mem_total_kib ? 100.0 * (double)s->mem_available_kib / (double)s->mem_total_kib :
				  0.0);
	if (s->swap_total_kib)
		printf("swap      %s free of %s\n",
		       text_kib(swap_free, sizeof(swap_free), s->swap_free_kib),
		       text_kib(swap, sizeof(swap), s->swap_total_kib));
	else
		puts("swap      none");
}

static void print_losses(const struct control_status *s)
{
	char critical[32], bulk[32];

	printf("rings     critical %s (%llu lost), bulk %s (%llu lost), %llu malformed\n",
	       text_kib(critical, sizeof(critical), s->critical_bytes >> 10), out_lost(s, true),
	       text_kib(bulk, sizeof(bulk), s->bulk_bytes >> 10), out_lost(s, false), s->malformed);
	if (s->processes_full)
		printf("no room   for %u processes\n", s->processes_full);
	for (__u32 i = EV_EDGE; i < COUNTERS; i++) {
		if (s->counters[i])
			printf("counted   %s %llu\n", out_counter(i), s->counters[i]);
	}
}

static void print(const struct control_status *s)
{
	char up[32], error[32];

	printf("%sreapd %s%s  pid %u, up %s, %stier %c, %s%s\n", out_bold(), s->version,
	       out_plain(), s->pid, out_duration(up, sizeof(up), s->now_ns - s->start_ns),
	       out_bold(), s->tier, out_state(s->state), out_plain());
	if (s->dry_run)
		printf("%sdry run   nobody will be killed%s\n", out_red(), out_plain());
	printf("policy    strategy %s, rules: %u, filters: %u\n", s->strategy, s->rules,
	       s->filters);
	printf("scope     ");
	out_wrapped(10, s->scope);
	print_memory(s);
	printf("pressure  some %u.%u%%, full %u.%u%% of the last second\n", s->some_permille / 10,
	       s->some_permille % 10, s->full_permille / 10, s->full_permille % 10);
	printf("kills     %llu by reapd, %llu by the kernel; nobody to kill %llu times\n", s->kills,
	       s->kernel_ooms, s->no_victim);
	printf("watched   %llu times, %llu snapshots, %u processes known (room for %u)\n",
	       s->watches, s->snapshots, s->processes, s->processes_max);
	printf("sizes     exact to %s each\n", text_kib(error, sizeof(error), s->rss_error_kib));
	print_losses(s);
}

/* "mem.available < 5% (now 71%)": the limit, and how things stand. */
static int limit_text(char *buf, size_t size, const struct record_term *t)
{
	char value[32], limit[32], window[32] = "";

	if (t->window_ms)
		snprintf(window, sizeof(window), " over %u ms", t->window_ms);
	return snprintf(buf, size, "%s %s %s%s (now %s)", signal_name(t->signal),
			t->over ? ">=" : "<",
			signal_value_text(limit, sizeof(limit), t->signal, t->limit), window,
			t->na ? "does not apply" :
				signal_value_text(value, sizeof(value), t->signal, t->value));
}

/* A name of 31 bytes and RECORD_TERMS terms of at most 110 fit. */
static void print_rule(const struct control_rule *r)
{
	char line[512];
	int len = snprintf(line, sizeof(line), "%s%s:", r->name, r->fires ? " fires" : "");

	for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++) {
		len += snprintf(line + len, sizeof(line) - (size_t)len, i ? " and " : " ");
		len += limit_text(line + len, sizeof(line) - (size_t)len, &r->term[i]);
	}
	printf("rule      ");
	out_wrapped(10, line);
}

struct answer {
	const struct tool *t;
	struct json_object *json, *rules;
};

static void on_frame(void *ctx, const struct frame *f)
{
	const struct control_status *s = frame_as(f, CONTROL_STATUS_IS, sizeof(*s));
	const struct control_rule *rule = frame_as(f, CONTROL_RULE, sizeof(*rule));
	struct answer *a = ctx;

	if (s && a->t->json)
		a->json = out_status_json(s);
	else if (s)
		print(s);
	if (rule && a->t->json)
		json_object_array_add(a->rules, out_rule_json(rule));
	else if (rule)
		print_rule(rule);
}

int verb_status(const struct tool *t, int argc, char **argv)
{
	struct answer a = { .t = t };
	int code;

	if (argc > 1) {
		complain("status takes no argument '%s'", argv[1]);
		return EXIT_USAGE;
	}
	a.rules = json_object_new_array();
	code = client_ask(t, CONTROL_STATUS, 0, on_frame, &a);
	if (!a.json) {
		json_object_put(a.rules);
		return code;
	}
	json_object_object_add(a.json, "rules", a.rules);
	out_json(a.json);
	return code;
}
