/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * answers.h - what the control socket says.
 */
#ifndef REAPD_ANSWERS_H
#define REAPD_ANSWERS_H

#include "agent.h"

control_fn answers_request;
void answers_probe(struct agent *a, struct control_client *client);
void answers_status(struct agent *a, struct control_status *ret);

#endif
