/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * answers.h - what the control socket says.
 */
#ifndef REAPD_ANSWERS_H
#define REAPD_ANSWERS_H

#include "agent.h"

control_fn answers_request;
void answers_probe(struct agent *a, struct control_client *client);
/* To those who record: the facts of this tick, or a decision. */
void answers_facts(struct agent *a);
void answers_policy(struct agent *a); /* a reload changed it */
void answers_verdict(struct agent *a, const struct verdict *v);
void answers_rebase(struct agent *a, __u64 time_ns);

#endif
