/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * options.h - the command line of reapd.
 */
#ifndef REAPD_OPTIONS_H
#define REAPD_OPTIONS_H

#include <stdbool.h>

#include "agent.h"

struct options {
	bool check;
	int probe_fd; /* -1 = not asked */
};

/* 0 to go on, else an exit code; -1: exit with success. What the agent keeps goes into *a. */
int options_parse(struct options *o, struct agent *a, int argc, char **argv);

#endif
