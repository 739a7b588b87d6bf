/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hasten.h - help a dying process over the line.
 *
 * After its private memory was taken back, the rest (page tables, shared memory, file mappings, the
 * pid itself) waits for the victim to run: raise its priority, and thaw it when a v1 freezer holds
 * it (a v2 freezer and SIGSTOP give way to SIGKILL by themselves). Called by a reaper thread, which
 * may block here; nothing is allocated; errors do not matter.
 */
#ifndef REAPD_HASTEN_H
#define REAPD_HASTEN_H

/* Once, before the first: what could not be found out without allocating then. */
void hasten_init(void);

void hasten_exit(unsigned int tgid, int pidfd);

#endif
