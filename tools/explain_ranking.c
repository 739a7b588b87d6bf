// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "explain_prose.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "../agent/base/clock.h"
#include "../agent/base/record_text.h"
#include "../agent/base/text.h"
#include "../agent/decide/filter.h"

void say(struct prose *p, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(p->text + p->len, p->size - p->len, fmt, args);
	va_end(args);
	if (n > 0)
		p->len += (size_t)n;
	if (p->len >= p->size)
		p->len = p->size - 1;
}

static bool by_importance(const struct kill_record *r)
{
	return r->order && order_explained(r->order - 1u);
}

static const char *action_text(__u32 action)
{
	const char *name = filter_action_name(action);

	return name ? name : "?";
}

/* Of Android's orders: what ranked it. */
static void say_importance(struct prose *p, const struct kill_record *r,
			   const struct record_candidate *c)
{
	char text[32];

	if (!by_importance(r) || !c->tgid)
		return;
	say(p, ", oom_score_adj %d", c->oom_score_adj);
	if (r->order == ORDER_BENEFIT + 1 && c->score > (__s64)c->size_kib)
		say(p, ", soon %s", text_kib(text, sizeof(text), (uint64_t)c->score));
	/* Where the heaviest goes first the score is the size. */
	else if (r->order == ORDER_LMKD + 1 && c->score != (__s64)c->size_kib)
		say(p, ", its priority set %s before",
		    text_ns(text, sizeof(text), (uint64_t)c->score * NS_PER_MS));
}

static void say_candidate(struct prose *p, const struct kill_record *r,
			  const struct record_candidate *c)
{
	char size[32];

	text_kib(size, sizeof(size), c->size_kib);
	if (c->tgid)
		say(p, "%s (pid %u, %s", c->name, c->tgid, size);
	else
		say(p, "cgroup %s (%u processes, %s", c->name, c->processes, size);
	say_importance(p, r, c);
	if (c->veto)
		say(p, "; spared: %s", veto_text(c->veto));
	else if (c->action)
		say(p, "; marked %s by a filter", action_text(c->action));
	say(p, "%s%s)", *c->rule ? ": " : "", c->rule);
}

/* Those of [first, end) under a heading. */
static void say_candidates(struct prose *p, const struct kill_record *r, const char *heading,
			   __u32 first, __u32 end)
{
	for (__u32 i = first; i < end; i++) {
		say(p, "%s", i == first ? heading : i + 1 == end ? " and " : ", ");
		say_candidate(p, r, &r->candidate[i]);
	}
	if (first < end)
		say(p, ". ");
}

/* What the order was, where it is not the kernel's. */
static void say_order(struct prose *p, const struct kill_record *r)
{
	if (r->reason)
		say(p, "For this reason nobody with an oom_score_adj below %d may be killed. ",
		    r->min_score_adj);
	if (by_importance(r))
		say(p, "%s. ", order_explained(r->order - 1u));
}

void say_ranking(struct prose *p, const struct kill_record *r)
{
	__u32 n = r->candidates < RECORD_CANDIDATES ? r->candidates : RECORD_CANDIDATES, at = 0;

	if (r->kind != RECORD_KERNEL_OOM)
		say_order(p, r);
	if (!r->considered)
		return;
	say(p, "%u %s were considered and %u of them spared. ", r->considered,
	    n && !r->candidate[0].tgid ? "cgroups" : "processes", r->vetoed);
	if (r->kind == RECORD_NO_VICTIM) {
		say_candidates(p, r, "First in the ranking came ", 0, n);
		return;
	}
	/* Of cgroups the victim is the first that may die. */
	while (at < n && (r->candidate[at].veto ||
			  (r->candidate[at].tgid && r->candidate[at].tgid != r->tgid)))
		at++;
	say_candidates(p, r, "Before it in the ranking came ", 0, at < n ? at : 0);
	if (at < n && r->candidate[at].action)
		say(p, "A filter marked it %s: %s. ", action_text(r->candidate[at].action),
		    r->candidate[at].rule);
	say_candidates(p, r, "After it came ", at + 1, n);
}
