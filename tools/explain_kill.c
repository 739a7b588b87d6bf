// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "explain_kill.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../agent/base/owner.h"
#include "../agent/base/record_text.h"
#include "../agent/base/signal_text.h"
#include "../agent/base/text.h"
#include "explain_prose.h"
#include "history.h"
#include "out.h"

static void say_when(struct prose *p, const struct kill_record *r)
{
	time_t t = (time_t)(r->wall_ns / 1000000000);
	char text[64];
	struct tm tm;

	if (!localtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), "%A %Y-%m-%d at %H:%M:%S (%Z)", &tm))
		snprintf(text, sizeof(text), "an unknown day");
	say(p, "Kill %llu: on %s ", r->kill_id, text);
}

static void say_size(struct prose *p, const struct kill_record *r)
{
	const struct {
		__u32 kib;
		const char *kind;
	} parts[] = {
		{ r->anon_kib, "anonymous" },
		{ r->file_kib, "of files" },
		{ r->shmem_kib, "shared" },
		{ r->swap_kib, "in swap" },
		{ r->dmabuf_kib, "in buffers shared with devices" },
	};
	const char *between = ": ";
	char text[32];

	say(p, "%s of memory", text_kib(text, sizeof(text), record_size_kib(r)));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].kib)
			continue;
		say(p, "%s%s %s", between, text_kib(text, sizeof(text), parts[i].kib),
		    parts[i].kind);
		between = ", ";
	}
}

static void say_process(struct prose *p, const struct kill_record *r, const char *user)
{
	char where[400];
	struct owner o;

	say(p, "%s (pid %u, uid %u%s%s, oom_score_adj %d). It had ", history_name(r), r->tgid,
	    r->uid, user ? " " : "", user ? user : "", r->oom_score_adj);
	say_size(p, r);
	if (r->threads > 1)
		say(p, ", and %u threads", r->threads);
	owner_of(r->cgroup, &o);
	owner_text(where, sizeof(where), &o);
	if (*where)
		say(p, ", and ran in %s, cgroup %s. ", where, r->cgroup);
	else if (r->cgroup[0])
		say(p, ", and ran in cgroup %s. ", r->cgroup);
	else
		say(p, ". ");
}

/* Why one process, where the rule is about more. */
static void say_flags(struct prose *p, const struct kill_record *r)
{
	if (r->flags & RECORD_F_CAPPED)
		say(p, "The rule is about more than one process, but all of it was more than the "
		       "rule may kill, so it was the largest process alone. ");
	else if (r->flags & RECORD_F_ALONE)
		say(p, "The rule is about more than one process, but among them was one that is "
		       "spared, so it was the largest of the others alone. ");
	if (r->flags & RECORD_F_ASKED)
		say(p, "It was asked first (SIGTERM) and did not go in the time that it had. ");
}

/* A cgroup or a process group. */
static void say_crowd(struct prose *p, const struct kill_record *r)
{
	char size[32], where[400];
	struct owner o;

	owner_of(r->cgroup, &o);
	owner_text(where, sizeof(where), &o);
	say(p,
	    "all %u processes of %s %s%s%s, which had %s of memory; the largest was %s (pid %u). ",
	    r->processes, r->what == CHOOSE_CGROUP ? "cgroup" : "a process group in cgroup",
	    r->cgroup, *where ? ", " : "", where, text_kib(size, sizeof(size), record_size_kib(r)),
	    history_name(r), r->tgid);
	say_flags(p, r);
}

static void say_who(struct prose *p, const struct kill_record *r, const char *user)
{
	if (r->what != CHOOSE_PROCESS) {
		say_crowd(p, r);
		return;
	}
	say_process(p, r, user);
	say_flags(p, r);
}

/* A step short of killing. */
static void say_step(struct prose *p, const struct kill_record *r)
{
	char line[RECORD_LINE];

	say(p, "reapd took a step of a rule short of killing (%s): %s. ", step_name(r->step),
	    record_line(line, sizeof(line), r));
}

static void say_term(struct prose *p, const struct record_term *t)
{
	const struct signal_info *info = signal_info(t->signal);
	char value[32], limit[32], window[32], held[32];

	say(p, "%s%s", t->flags & TERM_SYSTEM ? "system." : "", signal_name(t->signal));
	if (info)
		say(p, " (%s)", info->words);
	if (t->flags & TERM_NA) {
		say(p, " does not apply here and counts as met");
		return;
	}
	say(p, " was %s", signal_value_text(value, sizeof(value), t->signal, t->flags, t->value));
	if (t->window_ms)
		say(p, " over %s", text_ns(window, sizeof(window), t->window_ms * 1000000ULL));
	if (t->for_ms)
		say(p, " for %s", text_ns(held, sizeof(held), t->held_ms * 1000000ULL));
	say(p, ", the limit being %s %s", term_op_words(t->op),
	    term_limit_text(limit, sizeof(limit), t));
	if (t->for_ms)
		say(p, " for %s", text_ns(held, sizeof(held), t->for_ms * 1000000ULL));
}

static void say_memory(struct prose *p, const struct kill_record *r)
{
	char a[32], b[32], c[32], d[32];

	if (!r->mem_total_kib)
		return;
	say(p, "Of %s of memory %s were available then, ", text_kib(a, sizeof(a), r->mem_total_kib),
	    text_kib(b, sizeof(b), r->mem_available_kib));
	if (r->swap_total_kib)
		say(p, "and of %s of swap %s were free. ",
		    text_kib(c, sizeof(c), r->swap_total_kib),
		    text_kib(d, sizeof(d), r->swap_free_kib));
	else
		say(p, "and there was no swap. ");
}

static void say_why(struct prose *p, const struct kill_record *r)
{
	char limit[300];

	if (r->kind == RECORD_KERNEL_OOM) {
		oom_limit_text(limit, sizeof(limit), r);
		say(p, "This was the kernel's own OOM killer, not a rule of reapd: %s. ",
		    *limit ? limit : "whose limit was reached is not known");
	} else {
		say(p, "The rule was %s%s%s", r->rule, *r->place ? ", in cgroup " : "", r->place);
		for (__u32 i = 0; i < r->terms && i < RECORD_TERMS; i++) {
			say(p, "%s", i ? "; and " : ": ");
			say_term(p, &r->term[i]);
		}
		say(p, ". ");
	}
	say_memory(p, r);
}

/* "…, 45 us after that": what happened in which order. */
static void say_stages(struct prose *p, const struct kill_record *r)
{
	static const struct {
		enum stage from, to;
		const char *what;
	} steps[] = {
		{ STAGE_EDGE, STAGE_DECIDED, "from the first sign of pressure to the decision" },
		{ STAGE_DECIDED, STAGE_SIGNALLED, "from there to SIGKILL" },
		{ STAGE_SIGNALLED, STAGE_RELEASED,
		  "from SIGKILL until process_mrelease had its memory" },
		{ STAGE_SIGNALLED, STAGE_EXITED, "from SIGKILL to its exit" },
		{ STAGE_SIGNALLED, STAGE_FREED, "from SIGKILL until all its memory was free" },
	};
	const char *between = "It took ";
	char time[32];

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		__u64 from = r->stage_ns[steps[i].from], to = r->stage_ns[steps[i].to];

		/* The kernel decides and kills in one. */
		if (!from || to < from || (!i && r->kind == RECORD_KERNEL_OOM) || to == from)
			continue;
		say(p, "%s%s %s", between, text_ns(time, sizeof(time), to - from), steps[i].what);
		between = ", ";
	}
	if (*between == ',')
		say(p, ". ");
}

static void say_outcome(struct prose *p, const struct kill_record *r)
{
	static const char *const texts[OUTCOMES] = {
		[OUTCOME_PENDING] = "How it ended is not recorded (yet).",
		[OUTCOME_FREED] = "All of its memory came back.",
		[OUTCOME_EXITED] = "It exited; when its memory was free was not seen.",
		[OUTCOME_RELEASED] = "Its private memory was taken back; it did not exit in time.",
		[OUTCOME_STUCK] = "When reapd stopped waiting its memory had not come back.",
		[OUTCOME_GONE] = "It had exited by itself just before the signal.",
		[OUTCOME_FAILED] = "The signal could not be sent.",
		[OUTCOME_DRY_RUN] = "Nobody was killed: this was a dry run.",
		[OUTCOME_NONE] = "Nobody was killed.",
	};
	char a[32], b[32];
	__u64 returned = (__u64)llabs(r->returned_kib);

	if (r->outcome == OUTCOME_DRY_RUN && r->kind == RECORD_KERNEL_OOM)
		say(p, "In its dry run reapd left the victim's memory alone.");
	else
		say(p, "%s",
		    r->outcome < OUTCOMES ? texts[r->outcome] : "How it ended is not known.");
	if (r->outcome == OUTCOME_DRY_RUN)
		return;
	if (r->error)
		say(p, " The kernel's answer was: %s.", strerror(-r->error));
	if (r->sharers && r->outcome != OUTCOME_FAILED)
		say(p, " %u more processes that shared its memory were killed with it.",
		    r->sharers);
	if (r->returned_kib)
		say(p, " %s were expected back; until the end available memory %s by %s.",
		    text_kib(a, sizeof(a), r->expected_kib), r->returned_kib < 0 ? "fell" : "grew",
		    text_kib(b, sizeof(b), returned));
}

/* The signal reached nobody. */
static bool failed(const struct kill_record *r)
{
	return r->outcome == OUTCOME_FAILED || r->outcome == OUTCOME_GONE;
}

char *explain_paragraph(char *buf, size_t size, const struct kill_record *r, const char *user)
{
	struct prose p = { .text = buf, .size = size };

	say_when(&p, r);
	if (r->kind == RECORD_NO_VICTIM) {
		say(&p, "reapd had to kill but found nobody that it may kill. ");
	} else if (r->kind == RECORD_STEP) {
		say_step(&p, r);
	} else if (r->kind == RECORD_SHADOW && !r->tgid) {
		say(&p, "a shadow rule of reapd fired and would have found nobody to kill. ");
	} else {
		say(&p, "%s ",
		    r->kind == RECORD_KERNEL_OOM ? "the kernel killed" :
		    r->kind == RECORD_SHADOW	 ? "reapd, by a shadow rule, would have killed" :
		    r->dry_run			 ? "reapd, in a dry run, would have killed" :
		    failed(r)			 ? "reapd tried to kill" :
						   "reapd killed");
		say_who(&p, r, user);
	}
	say_why(&p, r);
	say_ranking(&p, r);
	if (r->kind == RECORD_STEP || r->kind == RECORD_SHADOW) {
		say(&p, "Nobody was killed.");
		return buf;
	}
	if (r->kind == RECORD_KERNEL_OOM || !(r->dry_run || failed(r)))
		say_stages(&p, r);
	say_outcome(&p, r);
	return buf;
}

int explain_kill(const struct tool *t, const char *which)
{
	static char text[EXPLAIN_MAX];
	const struct kill_record *r;
	struct json_object *o;
	struct history h = {};
	struct passwd *pw;
	uint64_t id = 0;
	int code;

	if (strcmp(which, "last") && (text_to_u64(which, &id) || !id)) {
		complain("explain: '%s' is neither the id of a kill nor 'last'", which);
		return EXIT_USAGE;
	}
	code = history_read(&h, t->state_dir);
	r = code ? NULL : history_find(&h, id, t->state_dir);
	if (r) {
		pw = getpwuid(r->uid);
		explain_paragraph(text, sizeof(text), r, pw ? pw->pw_name : NULL);
	}
	if (r && t->json) {
		o = history_json(r);
		if (pw)
			out_str(o, "user", pw->pw_name);
		out_str(o, "explanation", text);
		out_json(o);
	} else if (r) {
		out_wrapped(0, text);
	}
	history_free(&h);
	return r ? EXIT_SUCCESS : code ? code : EXIT_FAILURE;
}
