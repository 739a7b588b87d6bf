/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * choice.h - what one choice sees, and its candidates in words.
 */
#ifndef REAPD_AGENT_CHOICE_H
#define REAPD_AGENT_CHOICE_H

#include "agent.h"

/* 0 or -ENOMEM. */
int choice_start(struct agent *a);
void choice_stop(struct agent *a);

/*
 * The view for a rule that fired at a place; rule NULL: of all that is watched, without cgroups. Valid
 * until the table or the cgroups change.
 */
struct view choice_view(struct agent *a, const struct rule *rule, __u32 place);

/* Choose by a rule (NULL: one process), in such a view. */
void choice_make(struct agent *a, const struct rule *rule, const struct view *view,
		 struct verdict *ret);

/* While there is memory: have what a choice by these rules needs. */
void choice_prepare(struct agent *a);

/* The row of a record for one candidate of a verdict. */
void choice_candidate(const struct agent *a, const struct verdict *v, __u32 i,
		      struct record_candidate *ret);

/* Hash of policy and filters: which rules decided. */
__u64 choice_policy(const struct agent *a);

#endif
