/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hasten.h - help a dying process over the line.
 *
 * After its private memory was taken back, the rest (page tables, shared memory, file mappings, the
 * pid itself) waits for the victim to run: raise its priority, move it into the root cgroup where its
 * own has a limit of CPU time, and thaw it when a v1 freezer holds it (a v2 freezer and SIGSTOP give
 * way to SIGKILL by themselves). Android keeps what is in the background on the slow CPUs: move it to the
 * cpuset of the foreground, whose lock may be waited for, so never before its memory was taken back.
 * Called by a reaper thread, which may block here; nothing is allocated; errors do not matter.
 */
#ifndef REAPD_HASTEN_H
#define REAPD_HASTEN_H

/*
 * Of reapers and their victims. Nine times the weight of others: beside two busy programs on its CPU it
 * still gets 82 %. At -20, 87 times, an ordinary program that woke on that CPU waited for 211 ms in one
 * piece while 880 MiB came back (the scheduler lets it wait until the other has had its slice that often).
 */
#define HASTEN_NICE (-10)

/*
 * Once, before the first: what could not be found out without allocating then. foreground: directory of
 * a cpuset; empty, NULL or not there: victims stay where they are.
 */
void hasten_init(const char *foreground);

/* Its threads to the front, and to the foreground's CPUs, at once. The caller knows that the number is still the victim's. */
void hasten_raise(unsigned int tgid);

/* Wait a moment for its exit, then raise it, then look for a limit and a freezer. */
void hasten_exit(unsigned int tgid, int pidfd);

#endif
