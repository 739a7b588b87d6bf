/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * coexist.h - say when another program kills here for the sake of memory.
 *
 * Looked for at the start, at each begin of watch and at requests for the status, and when a program of
 * such a name is started in watch. Each that is new is one line in the log.
 */
#ifndef REAPD_COEXIST_H
#define REAPD_COEXIST_H

#include "agent.h"

/* At the start, when the table has all processes. */
void coexist_start(struct agent *a);

/* Something in `bulk` about a process: is it one? Costs a few comparisons for an exec, else nothing. */
void coexist_on_task(struct agent *a, const struct event_task *e);

/* After the decisions of a tick: look, if there is reason to. */
void coexist_tick(struct agent *a);

/* CONTROL_PEER for each, as of now. */
void coexist_answer(struct agent *a, struct control_client *client);

#endif
