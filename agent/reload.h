/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reload.h - a new configuration while the agent runs: all of it or nothing.
 */
#ifndef REAPD_RELOAD_H
#define REAPD_RELOAD_H

#include "agent.h"

/* Read the configuration again. 0 or negative errno, after the reason was logged: nothing changed. */
int reload(struct agent *a);

/*
 * Make the maps hold the filters of this configuration, which are then no longer needed. 0 or negative
 * errno; -ENOSPC: they do not fit, nothing changed.
 */
int reload_filters(struct agent *a, struct config *config);

#endif
