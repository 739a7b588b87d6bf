// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * status.c - reapctl status: what the agent sees, did and lost.
 */
#include "client.h"

#include <stdlib.h>

#include "../agent/base/counter_text.h"
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
			printf("counted   %s %llu\n", counter_name(i), s->counters[i]);
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
	if (s->lmkd)
		printf("lmkd      %u clients, %u processes registered, %llu packets lost, %llu "
		       "malformed\n",
		       s->lmkd_clients, s->lmkd_registered, s->lmkd_lost, s->lmkd_malformed);
	printf("sizes     exact to %s each\n", text_kib(error, sizeof(error), s->rss_error_kib));
	print_losses(s);
}

/* "mem.available < 5% (now 71%)": the limit, and how things stand. */
static int limit_text(char *buf, size_t size, const struct record_term *t)
{
	char rule[TERM_TEXT], value[32];

	return snprintf(buf, size, "%s (now %s)", term_rule_text(rule, sizeof(rule), t),
			t->flags & TERM_NA ? "does not apply" :
					     signal_value_text(value, sizeof(value), t->signal,
							       t->flags, t->value));
}

static void print_rule(const struct control_rule *r)
{
	char line[320 + RECORD_TERMS * (TERM_TEXT + 64)];
	int len = snprintf(line, sizeof(line), "%s%s%s%s%s:", r->name, *r->place ? " in " : "",
			   r->place, r->fires ? " fires" : "", r->rests_ms ? ", rests" : "");

	if (!r->terms)
		len += snprintf(line + len, sizeof(line) - (size_t)len, " no cgroup is there now");
	for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++) {
		len += snprintf(line + len, sizeof(line) - (size_t)len, i ? " and " : " ");
		len += limit_text(line + len, sizeof(line) - (size_t)len, &r->term[i]);
	}
	printf("rule      ");
	out_wrapped(10, line);
}

static void print_peer(const struct control_peer *p)
{
	char line[480], more[32] = "";

	if (p->count > 1)
		snprintf(more, sizeof(more), " and %u more", p->count - 1);
	snprintf(line, sizeof(line),
		 "%s (pid %u%s%s%s) is active too: it %s; beside reapd that can mean two kills for "
		 "one shortage. To end that: %s",
		 p->name, p->pid, more, *p->where ? ", " : "", p->where, p->does, p->advice);
	printf("%speer      ", out_red());
	out_wrapped(10, line);
	fputs(out_plain(), stdout);
}

static struct json_object *peer_json(const struct control_peer *p)
{
	struct json_object *o = json_object_new_object();

	out_str(o, "name", p->name);
	out_int(o, "pid", p->pid);
	out_int(o, "count", p->count);
	out_str(o, "where", p->where);
	out_str(o, "does", p->does);
	out_str(o, "advice", p->advice);
	return o;
}

struct answer {
	const struct tool *t;
	struct json_object *json, *rules, *peers;
	struct out_places places;
};

static void on_frame(void *ctx, const struct frame *f)
{
	const struct control_status *s = frame_as(f, CONTROL_STATUS_IS, sizeof(*s));
	const struct control_rule *rule = frame_as(f, CONTROL_RULE, sizeof(*rule));
	const struct control_peer *peer = frame_as(f, CONTROL_PEER, sizeof(*peer));
	struct answer *a = ctx;

	if (s && a->t->json)
		a->json = out_status_json(s);
	else if (s)
		print(s);
	if (rule && a->t->json)
		json_object_array_add(a->rules, out_rule_json(rule));
	else if (rule && out_place(&a->places, rule))
		print_rule(rule);
	if (peer && a->t->json)
		json_object_array_add(a->peers, peer_json(peer));
	else if (peer)
		print_peer(peer);
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
	a.peers = json_object_new_array();
	code = client_ask(t, CONTROL_STATUS, 0, on_frame, &a);
	out_place(&a.places, NULL);
	if (!a.json) {
		json_object_put(a.rules);
		json_object_put(a.peers);
		return code;
	}
	json_object_object_add(a.json, "peers", a.peers);
	json_object_object_add(a.json, "rules", a.rules);
	out_json(a.json);
	return code;
}
