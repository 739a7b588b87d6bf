/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_read.h - one process, from its directory in /proc into the table.
 */
#ifndef REAPD_PROC_READ_H
#define REAPD_PROC_READ_H

#include "../base/procfs.h"
#include "table.h"

#define PROC_TEXT 16384 /* status has 1.5 KiB, and 11 bytes for each group of its user */

struct proc_reader {
	int names_fd;	   /* map `names`; -1: none */
	int cgroup_fd;	   /* somewhere in cgroup2; -1: none */
	bool moves_unseen; /* nobody notes who moves: its cgroup is asked for each time */
	char text[PROC_TEXT];
};

/*
 * All of it, with what was noted of it at its fork or exec. A cgroup that was not noted is asked for: that
 * takes locks, but who is protected by it must not die for want of it. 0 (a zombie is nothing), 1: a kernel
 * thread, which is not taken in; or a negative errno: it vanished, or its files are no such files.
 */
int proc_read(struct proc_reader *r, int dirfd, struct table *t);

/* One status file below dirfd. 0 or negative errno. */
int proc_read_status(struct proc_reader *r, int dirfd, const char *path, struct proc_status *ret);

#endif
