/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * crisis.h - from a rule that fires to a victim on its way out.
 */
#ifndef REAPD_CRISIS_H
#define REAPD_CRISIS_H

#include "agent.h"

/* A rule may fire: decide, and act on it. */
void crisis_decide(struct agent *a);

#endif
