// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * explain.c - reapctl explain: if pressure hit now, which rule is nearest, who would die, and why
 * not the others. (Of a kill that was: explain_kill.c.)
 */
#include "client.h"

#include "../agent/base/clock.h"
#include "../agent/base/record_text.h"
#include "../agent/base/signal_text.h"
#include "../agent/base/text.h"
#include "../agent/decide/place.h"
#include "explain_kill.h"
#include "out.h"

struct answer {
	const struct tool *t;
	struct json_object *json, *rules, *ranking;
	int rank;
	struct out_places places;
	bool victim_said;
	__u32 victim; /* pid, where the ranking is of processes */
};

static void print_rule(const struct control_rule *r)
{
	char text[TERM_TEXT], rests[32];

	printf("%srule %s%s: %s, %u.%u%% of the way", out_bold(), r->name, out_plain(),
	       r->fires ? "fires" : "does not fire", r->nearness_permille / 10,
	       r->nearness_permille % 10);
	if (r->rests_ms)
		printf("; rests for %s", text_ns(rests, sizeof(rests), r->rests_ms * NS_PER_MS));
	puts("");
	if (*r->place) {
		fputs("  in ", stdout);
		out_wrapped(5, r->place);
	}
	if (!r->terms)
		puts("  no  no cgroup is there now");
	for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++) {
		fputs(term_holds(&r->term[i]) ? "  yes " : "  no  ", stdout);
		out_wrapped(6, term_text(text, sizeof(text), &r->term[i]));
	}
}

/* What the rule does before it kills. */
static void print_steps(const struct control_choice *c)
{
	char amount[32];

	for (__u32 i = 0; i < c->steps && i < RULE_STEPS; i++) {
		__u32 kind = c->step[i].kind;

		printf("%s%s", i ? ", " : "  action: ", step_name(kind));
		if (kind == STEP_WAIT || kind == STEP_TERM)
			printf(" %s",
			       text_ns(amount, sizeof(amount), c->step[i].amount * NS_PER_MS));
		else if (kind == STEP_RECLAIM)
			printf(" %s", text_kib(amount, sizeof(amount), c->step[i].amount));
	}
	puts("");
}

/* Where importance ranks, not size alone. */
static void print_order(const struct control_choice *c)
{
	const char *words = order_explained(c->order);
	char text[256];

	if (words) {
		snprintf(text, sizeof(text), "order: %s. %s", order_name(c->order), words);
		fputs("  ", stdout);
		out_wrapped(2, text);
	}
	if (c->reason)
		printf("  nobody with an oom_score_adj below %d\n", c->min_score_adj);
}

static void print_choice(struct answer *a, const struct control_choice *c)
{
	char text[REAPD_PATH_LEN + 200], kib[32];

	printf("\n%snearest%s: rule %s%s%s\n", out_bold(), out_plain(),
	       *c->rule ? c->rule : "(none)", *c->place ? " in " : "", c->place);
	print_steps(c);
	print_order(c);
	a->victim_said = c->victim;
	a->victim = c->list == CHOOSE_PROCESS ? c->victim : 0;
	if (!c->victim)
		return;
	text_kib(kib, sizeof(kib), c->size_kib);
	if (c->what == CHOOSE_PROCESS)
		snprintf(text, sizeof(text), "pid %u (%s) in %s would die%s", c->victim, kib,
			 c->cgroup,
			 c->flags & RECORD_F_CAPPED ?
				 ", alone: all of what it is in is more than the rule may kill" :
			 c->flags & RECORD_F_ALONE ? ", alone: a spared process is with it" :
						     "");
	else
		snprintf(text, sizeof(text), "%s %s would die: %u process%s, %s",
			 c->what == CHOOSE_CGROUP ? "cgroup" : "the process group of the first in",
			 c->cgroup, c->processes, c->processes == 1 ? "" : "es", kib);
	printf("%s  ", out_red());
	out_wrapped(2, text);
	fputs(out_plain(), stdout);
}

static void print_candidate(struct answer *a, const struct control_proc *p)
{
	const char *name = *p->name ? p->name : *p->comm ? p->comm : p->candidate.name;

	if (!a->rank++) {
		puts("\nranking");
		out_candidate_head();
	}
	out_candidate_row(a->rank, &p->candidate, name);
	if (a->victim && p->candidate.tgid == a->victim)
		printf("%s   ^ would die%s\n", out_red(), out_plain());
}

static struct json_object *choice_json(const struct control_choice *c)
{
	struct json_object *o = json_object_new_object();

	out_str(o, "rule", c->rule);
	out_str(o, "place", c->place);
	out_str(o, "what", what_name(c->what));
	out_str(o, "cgroup", c->cgroup);
	out_str(o, "order", order_name(c->order));
	if (c->reason)
		out_int(o, "min_score_adj", c->min_score_adj);
	out_int(o, "processes", c->processes);
	out_int(o, "size_kib", (long long)c->size_kib);
	out_bool(o, "too_large", c->flags & RECORD_F_CAPPED);
	out_bool(o, "beside_spared", c->flags & RECORD_F_ALONE);
	return o;
}

static void on_json_frame(struct answer *a, const struct frame *f)
{
	const struct control_rule *rule = frame_as(f, CONTROL_RULE, sizeof(*rule));
	const struct control_proc *proc = frame_as(f, CONTROL_PROC, sizeof(*proc));
	const struct control_choice *choice = frame_as(f, CONTROL_CHOICE, sizeof(*choice));

	if (rule)
		json_object_array_add(a->rules, out_rule_json(rule));
	if (proc)
		json_object_array_add(a->ranking, out_candidate_json(&proc->candidate));
	if (!choice)
		return;
	if (choice->victim)
		out_int(a->json, "victim", choice->victim);
	json_object_object_add(a->json, "nearest", choice_json(choice));
}

static void on_frame(void *ctx, const struct frame *f)
{
	const struct control_rule *rule = frame_as(f, CONTROL_RULE, sizeof(*rule));
	const struct control_proc *proc = frame_as(f, CONTROL_PROC, sizeof(*proc));
	const struct control_choice *choice = frame_as(f, CONTROL_CHOICE, sizeof(*choice));
	struct answer *a = ctx;

	if (a->t->json)
		on_json_frame(a, f);
	else if (rule && out_place(&a->places, rule))
		print_rule(rule);
	else if (choice && out_place(&a->places, NULL))
		print_choice(a, choice);
	else if (proc)
		print_candidate(a, proc);
}

int verb_explain(const struct tool *t, int argc, char **argv)
{
	struct answer a = { .t = t };
	int code;

	if (argc > 2) {
		complain("usage: reapctl explain [KILL-ID|last]");
		return EXIT_USAGE;
	}
	if (argc == 2)
		return explain_kill(t, argv[1]);
	a.json = json_object_new_object();
	a.rules = json_object_new_array();
	a.ranking = json_object_new_array();
	json_object_object_add(a.json, "rules", a.rules);
	json_object_object_add(a.json, "ranking", a.ranking);
	code = client_ask(t, CONTROL_EXPLAIN, 0, on_frame, &a);
	if (!code && t->json)
		puts(json_object_to_json_string_ext(a.json, JSON_C_TO_STRING_PRETTY |
								    JSON_C_TO_STRING_SPACED));
	else if (!code && !a.victim_said)
		puts("\nnobody would die: there is no candidate that is not spared");
	json_object_put(a.json);
	return code;
}
