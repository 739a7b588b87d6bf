/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * crisis.h - from a rule that fires to a victim on its way out.
 */
#ifndef REAPD_CRISIS_H
#define REAPD_CRISIS_H

#include "agent.h"

/* A rule may fire: decide, and act on it. */
void crisis_decide(struct agent *a);
/* The kernel's own killer chose a victim. */
void crisis_on_oom(struct agent *a, const struct event_oom *e);
/* What a choice would see now. */
struct view crisis_view(const struct agent *a);
/* The row of a record for one candidate of a verdict. */
void crisis_candidate(const struct agent *a, const struct candidate *c,
		      struct record_candidate *ret);
/* Hash of policy and filters: which rules decided. */
__u64 crisis_policy(const struct agent *a);

#endif
