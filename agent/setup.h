/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * setup.h - from configuration to a running loop, and back.
 */
#ifndef REAPD_SETUP_H
#define REAPD_SETUP_H

#include "agent.h"

/* 0, or an exit code after the reason was logged. */
int setup_start(struct agent *a);
void setup_stop(struct agent *a);

#endif
