// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "rule_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/record_text.h"
#include "base/text.h"

static const char *program_of(const struct programs *p, const struct step *step)
{
	return step->amount < p->n ? p->path[step->amount] : "?";
}

/* "reclaim 64M", as configuration has it. */
static void print_step(const struct step *step, const struct programs *programs, FILE *f)
{
	char amount[32];

	fputs(step_name(step->kind), f);
	if (step->kind == STEP_RECLAIM)
		fprintf(f, " %s", text_kib_exact(amount, sizeof(amount), step->amount));
	else if (step->kind == STEP_WAIT || step->kind == STEP_TERM)
		fprintf(f, " %s", text_ms_exact(amount, sizeof(amount), step->amount));
	else if (step->kind == STEP_RUN)
		fprintf(f, " %s", program_of(programs, step));
}

void rule_print(const struct rule *r, const struct programs *programs, FILE *f)
{
	char text[TERM_TEXT];

	fprintf(f, "[rule %s]\n", r->name);
	for (__u32 i = 0; i < r->terms; i++)
		fprintf(f, "%s%s",
			i ? " and " : "when = ", term_rule_text(text, sizeof(text), &r->term[i]));
	fputs(r->terms ? "\n" : "", f);
	if (r->flags & RULE_CGROUPS)
		fprintf(f, "scope = %s\n", r->scope);
	fprintf(f, "choose = %s\n", what_name(r->what));
	fprintf(f, "order = %s\n", order_name(r->order));
	if (r->max_processes)
		fprintf(f, "max_processes = %u\n", r->max_processes);
	if (r->max_kib)
		fprintf(f, "max_bytes = %s\n", text_kib_exact(text, sizeof(text), r->max_kib));
	for (__u32 i = 0; i < r->steps; i++) {
		fputs(i ? ", " : "action = ", f);
		print_step(&r->step[i], programs, f);
	}
	fputs(r->steps ? "\n" : "", f);
	if (r->cooldown_ms)
		fprintf(f, "cooldown = %s\n", text_ms_exact(text, sizeof(text), r->cooldown_ms));
	if (r->flags & RULE_DRY_RUN)
		fputs("dry_run = yes\n", f);
	if (r->flags & RULE_SHADOW)
		fputs("shadow = yes\n", f);
}

static bool is_pattern(const char *scope)
{
	return strpbrk(scope, "*?[");
}

/* What the rule is about: "of each cgroup that matches" its pattern. */
static void say_place(const struct rule *r, const char *scope, FILE *f)
{
	if (r->flags & RULE_CGROUPS)
		fprintf(f, "%s %s",
			is_pattern(r->scope) ? "of each cgroup that matches" : "of cgroup",
			r->scope);
	else if (strcmp(scope, "/"))
		fprintf(f, "of cgroup %s", scope);
	else
		fputs("of the whole machine", f);
}

/* "full memory stall over 2s is at least 60% for 20s". */
static void say_term(const struct record_term *t, const char *scope, FILE *f)
{
	const struct signal_info *info = signal_info(t->signal);
	char text[32];

	if (t->flags & TERM_SYSTEM)
		fprintf(f, "%s's ", strcmp(scope, "/") ? scope : "the whole machine");
	fputs(info->words, f);
	if (t->window_ms)
		fprintf(f, " over %s", text_ms_exact(text, sizeof(text), t->window_ms));
	fprintf(f, " is %s ", term_op_words(t->op));
	fputs(term_limit_text(text, sizeof(text), t), f);
	if (t->signal == SIGNAL_SWAP_FREE)
		fputs(" (or there is no swap)", f);
	if (t->for_ms)
		fprintf(f, " for %s without a break", text_ms_exact(text, sizeof(text), t->for_ms));
}

/* "with the highest badness". */
static const char *order_words(__u32 order)
{
	static const char *const words[ORDERS] = {
		[ORDER_BADNESS] = "with the highest badness",
		[ORDER_SIZE] = "with the most memory and swap",
		[ORDER_GROWTH] = "that grows the fastest",
		[ORDER_SWAP] = "with the most swap",
		[ORDER_BENEFIT] = "that gives back the most in the least important band",
		[ORDER_LMKD] = "that lmkd would choose",
		[ORDER_STALL] = "that stalled the most",
		[ORDER_PGSCAN] = "in which reclaim scanned the most",
	};

	return words[order];
}

/* The one that is chosen, or its cgroup. */
static const char *victim_words(__u32 what, bool its_cgroup)
{
	if (what == CHOOSE_CGROUP)
		return "the cgroup";
	if (its_cgroup)
		return "the cgroup of the process";
	return what == CHOOSE_GROUP ? "the process group of the process" : "the process";
}

static void say_step(const struct rule *r, const struct step *step, const struct programs *programs,
		     FILE *f)
{
	char text[32];

	switch (step->kind) {
	case STEP_NOTIFY:
		fputs("warn", f);
		break;
	case STEP_RECLAIM:
		fprintf(f, "reclaim %s of %s", text_kib_exact(text, sizeof(text), step->amount),
			r->flags & RULE_CGROUPS ? "the cgroup" : "all memory");
		break;
	case STEP_FREEZE:
	case STEP_CLAMP:
		fprintf(f, "%s %s %s", step_name(step->kind), victim_words(r->what, true),
			order_words(r->order));
		break;
	case STEP_WAIT:
		fprintf(f, "wait %s", text_ms_exact(text, sizeof(text), step->amount));
		break;
	case STEP_TERM:
		fprintf(f, "ask %s %s to end and kill it %s later", victim_words(r->what, false),
			order_words(r->order), text_ms_exact(text, sizeof(text), step->amount));
		break;
	case STEP_RUN:
		fprintf(f, "run %s", program_of(programs, step));
		break;
	default:
		fprintf(f, "kill %s %s", victim_words(r->what, false), order_words(r->order));
		break;
	}
}

static void say_limits(const struct rule *r, FILE *f)
{
	char text[32];

	if (!r->max_processes && !r->max_kib)
		return;
	fputs(" (of more than ", f);
	if (r->max_processes)
		fprintf(f, "%u processes", r->max_processes);
	if (r->max_kib)
		fprintf(f, "%s%s", r->max_processes ? " or " : "",
			text_kib_exact(text, sizeof(text), r->max_kib));
	fputs(" only the largest process)", f);
}

static void say(const struct rule *r, const struct programs *programs, const char *scope, FILE *f)
{
	char text[32];

	fprintf(f, "rule %s: when, ", r->name);
	say_place(r, scope, f);
	for (__u32 i = 0; i < r->terms; i++) {
		fputs(i ? " and " : ", ", f);
		say_term(&r->term[i], scope, f);
	}
	fputs("; then ", f);
	for (__u32 i = 0; i < r->steps; i++) {
		fputs(i ? "; if that still holds, " : "", f);
		say_step(r, &r->step[i], programs, f);
	}
	say_limits(r, f);
	if (r->cooldown_ms)
		fprintf(f, "; then rest %s", text_ms_exact(text, sizeof(text), r->cooldown_ms));
	else
		fputs("; no cooldown", f);
	if (r->flags & RULE_SHADOW)
		fputs("; but only as a shadow: recorded, never done", f);
	else if (r->flags & RULE_DRY_RUN)
		fputs("; but only recorded: a dry run", f);
	fputs(".", f);
	if (rule_is_level_only(r))
		fputs(" No edge of the kernel announces this: it costs a look every so often in calm.",
		      f);
}

void rule_print_words(const struct rule *r, const struct programs *programs, const char *scope,
		      const char *prefix, int columns, FILE *f)
{
	char *text = NULL;
	size_t size;
	FILE *words = open_memstream(&text, &size);

	if (!words)
		return;
	say(r, programs, scope, words);
	fclose(words);
	fputs(prefix, f);
	text_wrap(f, prefix, columns, text);
	free(text);
}
