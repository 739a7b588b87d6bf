// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * explain.c - reapctl explain: if pressure hit now, which rule is nearest, who would die, and why
 * not the others.
 */
#include "client.h"

#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "out.h"

struct answer {
	const struct tool *t;
	struct json_object *json, *rules, *ranking;
	int rank;
	bool victim_said;
};

static void print_rule(const struct control_rule *r)
{
	char text[128];

	printf("%srule %s%s: %s, %u.%u%% of the way\n", out_bold(), r->name, out_plain(),
	       r->fires ? "fires" : "does not fire", r->nearness_permille / 10,
	       r->nearness_permille % 10);
	for (__u32 i = 0; i < r->terms; i++) {
		const struct record_term *term = &r->term[i];
		bool holds = term->na ||
			     (term->over ? term->value >= term->limit : term->value < term->limit);

		printf("  %s %s\n", holds ? "yes" : "no ", term_text(text, sizeof(text), term));
	}
}

static void print_proc(struct answer *a, const struct control_proc *p)
{
	const char *name = *p->name ? p->name : p->comm;

	if (!a->rank++) {
		puts("\nranking");
		out_candidate_head();
	}
	out_candidate_row(a->rank, &p->candidate, name);
	if (!p->candidate.veto && !a->victim_said) {
		printf("%s   ^ would die, in ", out_red());
		out_wrapped(19, *p->cgroup ? p->cgroup : "?");
		fputs(out_plain(), stdout);
		a->victim_said = true;
	}
}

static void on_frame(void *ctx, const struct frame *f)
{
	const struct control_rule *rule = frame_as(f, CONTROL_RULE, sizeof(*rule));
	const struct control_proc *proc = frame_as(f, CONTROL_PROC, sizeof(*proc));
	struct answer *a = ctx;

	if (rule && a->t->json)
		json_object_array_add(a->rules, out_rule_json(rule));
	else if (rule)
		print_rule(rule);
	if (proc && a->t->json) {
		if (!proc->candidate.veto && !a->victim_said)
			out_int(a->json, "victim", proc->candidate.tgid);
		a->victim_said |= !proc->candidate.veto;
		json_object_array_add(a->ranking, out_candidate_json(&proc->candidate));
	} else if (proc) {
		print_proc(a, proc);
	}
}

int verb_explain(const struct tool *t, int argc, char **argv)
{
	struct answer a = { .t = t };
	int code;

	if (argc > 1) {
		complain("explain takes no argument '%s'", argv[1]);
		return EXIT_USAGE;
	}
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
