// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "out.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../agent/base/counter_text.h"
#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "../agent/decide/filter.h"
#include <reapd/board.h>

#define COLUMNS	    80
#define NAME_COLUMN 20
#define WHY_COLUMN  33 /* where names stand */

static const char *code(const char *escape)
{
	static int colours = -1;

	if (colours < 0)
		colours = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	return colours ? escape : "";
}

const char *out_bold(void)
{
	return code("\033[1m");
}

const char *out_red(void)
{
	return code("\033[31m");
}

const char *out_dim(void)
{
	return code("\033[2m");
}

const char *out_plain(void)
{
	return code("\033[0m");
}

void out_json(struct json_object *value)
{
	puts(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PRETTY |
							   JSON_C_TO_STRING_SPACED |
							   JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(value);
}

void out_str(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, json_object_new_string(value));
}

void out_int(struct json_object *o, const char *name, long long value)
{
	json_object_object_add(o, name, json_object_new_int64(value));
}

void out_bool(struct json_object *o, const char *name, bool value)
{
	json_object_object_add(o, name, json_object_new_boolean(value));
}

struct json_object *out_term_json(const struct record_term *term)
{
	struct json_object *o = json_object_new_object();
	char text[128];

	out_str(o, "signal", signal_name(term->signal));
	out_bool(o, "applies", !(term->flags & TERM_NA));
	out_int(o, "value", term->value);
	out_str(o, "compare", term_op_text(term->op));
	out_int(o, "limit", term->limit);
	out_int(o, "window_ms", term->window_ms);
	out_str(o, "text", term_text(text, sizeof(text), term));
	return o;
}

struct json_object *out_candidate_json(const struct record_candidate *c)
{
	struct json_object *o = json_object_new_object();
	const char *action = filter_action_name(c->action);

	out_int(o, "pid", c->tgid);
	out_str(o, "name", c->name);
	out_int(o, "oom_score_adj", c->oom_score_adj);
	out_int(o, "score", c->score);
	out_int(o, "size_kib", (long long)c->size_kib);
	out_int(o, "growth_kib_s", c->growth_kib_s);
	out_str(o, "action", action ? action : "?");
	out_str(o, "rule", c->rule);
	out_bool(o, "spared", c->veto != VETO_NONE);
	if (c->veto)
		out_str(o, "why", veto_text(c->veto));
	return o;
}

const char *out_state(__u32 state)
{
	static const char *const names[] = { "calm", "watch", "pressure" };

	return state <= STATE_PRESSURE ? names[state] : "?";
}

bool out_place(struct out_places *p, const struct control_rule *r)
{
	bool same = r && !strcmp(p->rule, r->name);

	if (same)
		return ++p->n <= PLACES_SHOWN;
	if (p->n > PLACES_SHOWN)
		printf("          and for %u more cgroups that rule %s is about\n",
		       p->n - PLACES_SHOWN, p->rule);
	*p = (struct out_places){ .n = 1 };
	if (r)
		text_copy(p->rule, sizeof(p->rule), r->name);
	return true;
}

struct json_object *out_rule_json(const struct control_rule *r)
{
	struct json_object *o = json_object_new_object(), *terms = json_object_new_array();

	out_str(o, "name", r->name);
	out_bool(o, "fires", r->fires);
	out_int(o, "nearness_permille", r->nearness_permille);
	out_str(o, "place", r->place);
	out_int(o, "rests_ms", (long long)r->rests_ms);
	for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++)
		json_object_array_add(terms, out_term_json(&r->term[i]));
	json_object_object_add(o, "terms", terms);
	return o;
}

unsigned long long out_lost(const struct control_status *s, bool critical)
{
	unsigned long long sum = 0;

	for (__u32 i = EV_EDGE; i < EV_TYPES; i++) {
		if (critical == !strcmp(counter_ring(i), "critical"))
			sum += s->counters[i];
	}
	return sum;
}

struct json_object *out_status_json(const struct control_status *s)
{
	struct json_object *o = json_object_new_object();
	struct json_object *counters = json_object_new_object();
	char tier[2] = { s->tier, 0 };

	out_str(o, "version", s->version);
	out_int(o, "pid", s->pid);
	out_str(o, "tier", tier);
	out_str(o, "state", out_state(s->state));
	out_str(o, "strategy", s->strategy);
	out_str(o, "scope", s->scope);
	out_bool(o, "dry_run", s->dry_run);
	out_int(o, "uptime_ns", (long long)(s->now_ns - s->start_ns));
	out_int(o, "filters", s->filters);
	out_int(o, "psi_some_permille", s->some_permille);
	out_int(o, "psi_full_permille", s->full_permille);
	out_int(o, "mem_total_kib", (long long)s->mem_total_kib);
	out_int(o, "mem_available_kib", (long long)s->mem_available_kib);
	out_int(o, "swap_total_kib", (long long)s->swap_total_kib);
	out_int(o, "swap_free_kib", (long long)s->swap_free_kib);
	out_int(o, "kills", (long long)s->kills);
	out_int(o, "kernel_ooms", (long long)s->kernel_ooms);
	out_int(o, "no_victim", (long long)s->no_victim);
	out_int(o, "watches", (long long)s->watches);
	out_int(o, "snapshots", (long long)s->snapshots);
	out_int(o, "processes", s->processes);
	out_int(o, "processes_max", s->processes_max);
	out_int(o, "processes_full", s->processes_full);
	out_int(o, "critical_bytes", (long long)s->critical_bytes);
	out_int(o, "bulk_bytes", (long long)s->bulk_bytes);
	out_int(o, "lost_critical", (long long)out_lost(s, true));
	out_int(o, "lost_bulk", (long long)out_lost(s, false));
	for (__u32 i = EV_EDGE; i < COUNTERS; i++)
		out_int(counters, counter_name(i), (long long)s->counters[i]);
	json_object_object_add(o, "counters", counters);
	out_int(o, "malformed", (long long)s->malformed);
	if (s->lmkd) {
		out_int(o, "lmkd_clients", s->lmkd_clients);
		out_int(o, "lmkd_registered", s->lmkd_registered);
		out_int(o, "lmkd_lost", (long long)s->lmkd_lost);
		out_int(o, "lmkd_malformed", (long long)s->lmkd_malformed);
	}
	out_int(o, "reapers_busy", s->reapers_busy);
	out_int(o, "rss_error_kib", (long long)s->rss_error_kib);
	return o;
}

void out_wrapped(int indent, const char *text)
{
	char prefix[COLUMNS / 2 + 1];

	snprintf(prefix, sizeof(prefix), "%*s", indent, "");
	text_wrap(stdout, prefix, COLUMNS, text);
}

void out_candidate_head(void)
{
	printf("%s%2s %7s %5s %8s %9s %-20s %s%s\n", out_bold(), "#", "PID", "ADJ", "SIZE",
	       "GROWTH/s", "NAME", "", out_plain());
}

void out_candidate_row(int rank, const struct record_candidate *c, const char *name)
{
	char size[32], growth[32] = "-", why[160], pid[16], adj[16] = "-";

	/* Of a cgroup how many processes it has stands where a process has its number. */
	if (!c->tgid && strlen(name) > NAME_COLUMN)
		name += strlen(name) - NAME_COLUMN; /* the end of a path says more */
	if (c->tgid)
		snprintf(adj, sizeof(adj), "%d", c->oom_score_adj);
	snprintf(pid, sizeof(pid), c->tgid ? "%u" : "(%u)", c->tgid ? c->tgid : c->processes);
	if (c->growth_kib_s > 0)
		text_kib(growth, sizeof(growth), (uint64_t)c->growth_kib_s);
	printf("%2d %7s %5s %8s %9s %-*.*s ", rank, pid, adj,
	       text_kib(size, sizeof(size), c->size_kib), growth, NAME_COLUMN, NAME_COLUMN, name);
	/* The reason on a line of its own: rules can be long. */
	puts(c->veto ? "spared" : c->action ? filter_action_name(c->action) : "");
	if (!c->veto && !c->action)
		return;
	snprintf(why, sizeof(why), "%s%s%s", c->veto ? veto_text(c->veto) : "by",
		 !*c->rule ? "" :
		 c->veto   ? ": " :
			     " ",
		 c->rule);
	printf("%s%*s", out_dim(), WHY_COLUMN, "");
	out_wrapped(WHY_COLUMN, why);
	fputs(out_plain(), stdout);
}

char *out_duration(char *buf, size_t size, unsigned long long ns)
{
	unsigned long long s = ns / 1000000000;

	if (s < 60)
		snprintf(buf, size, "%llu s", s);
	else if (s < 3600)
		snprintf(buf, size, "%llu min %llu s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, size, "%llu h %llu min", s / 3600, s / 60 % 60);
	else
		snprintf(buf, size, "%llu d %llu h", s / 86400, s / 3600 % 24);
	return buf;
}

int out_done(const struct tool *t)
{
	struct json_object *o = json_object_new_object();

	if (t->json) {
		out_bool(o, "ok", true);
		out_json(o);
	} else {
		json_object_put(o);
	}
	return EXIT_SUCCESS;
}
