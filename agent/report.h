/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * report.h - what the agent tells without being asked: kills and levels to subscribers of the control
 * socket, figures to the metrics file.
 */
#ifndef REAPD_REPORT_H
#define REAPD_REPORT_H

#include "agent.h"

int report_start(struct agent *a); /* 0 or negative errno */
void report_stop(struct agent *a);

/* A client asked for CONTROL_EVENTS. 0 or negative errno. */
int report_subscribe(struct agent *a, struct control_client *client);

/* A look was taken, after which `nearness` (thousandths) is how near the nearest rule is. */
void report_look(struct agent *a, __u32 nearness);

/* A kill is over, or a rule fired that killed nobody: so far, or at all. */
void report_record(struct agent *a, const struct kill_record *r);

void report_calm(struct agent *a);

/* Write the metrics as they are now, if there is a file for them. */
void report_metrics(struct agent *a);

#endif
