/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * names.h - package names of processes that were there before us.
 *
 * The kernel side notes names at exec and rename (bpf/life.bpf.c). For older processes they are read
 * from /proc/PID/cmdline, once, in calm: under pressure that read could stall in reclaim or keep a
 * dying process's memory pinned.
 */
#ifndef REAPD_NAMES_H
#define REAPD_NAMES_H

#include <stdbool.h>

#include "table.h"

/*
 * The package name in an argv[0], in place: the last path component of its first word, as
 * find_name() in bpf/name.bpf.h has it; all of it when `whole` (Android).
 */
void names_cut(char *argv0, bool whole);

/* Fill in what the table lacks, and note it in the map `names` too. Returns how many were found. */
int names_fill(struct table *t, int names_map_fd, bool whole);

#endif
