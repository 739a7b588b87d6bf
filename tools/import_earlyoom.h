/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import_earlyoom.h - earlyoom's options as they were read, and writing them.
 */
#ifndef REAPCTL_IMPORT_EARLYOOM_H
#define REAPCTL_IMPORT_EARLYOOM_H

#include "import.h"

/* SIGTERM at or below `term`, SIGKILL at or below `kill`. */
struct limit {
	bool set;
	double term, kill;
};

struct earlyoom {
	struct limit mem, swap;		/* percent */
	struct limit mem_kib, swap_kib; /* KiB */
	double wait_s;
	const char *prefer, *avoid, *ignore;
	const char *before, *after; /* scripts */
	bool group, by_rss, dry_run, debug, ignore_root;
};

/* Either limit of memory and either of swap is set. */
int earlyoom_write(struct import *im, const struct earlyoom *e);

#endif
