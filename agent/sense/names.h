/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * names.h - package names that the kernel side could not learn.
 *
 * The kernel side notes names at exec and rename (bpf/note.bpf.h). For older processes, and for those that
 * wrote over their argv[0] and have done nothing since that the kernel side sees, they are read from
 * /proc/PID/cmdline in calm: under pressure that read could stall in reclaim or keep a dying process's
 * memory pinned.
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

/*
 * In calm: read those anew that were renamed lately (struct task_note.looks), into the map and, where the
 * process has a row, the table. Returns how many had another name.
 */
int names_settle(struct table *t, int names_map_fd, bool whole);

/* The row's name is what the map has for it. */
void names_learn(struct table *t, int names_map_fd, __u32 tgid, __u64 start_ns);

#endif
