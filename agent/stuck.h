/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stuck.h - the watchdog: a thread that kills when the loop cannot.
 *
 * When a handler of the loop runs for two seconds, and somebody waited for memory in at least a tenth
 * of that time, one process is killed, and another after each two seconds more. Its memory is taken
 * back, clients of the lmkd socket are told at once, and the loop writes its record once it runs again.
 *
 * The loop may be stuck at any instruction, so nothing it changes is read but what is made for that: the
 * pulse (pulse.h), the list of who may go (stuck_list.h), the queue to the lmkd socket, and the registry
 * by a lock that it never waits for. That list is of the last look, which may be long ago: whether a filter
 * protects is asked of the maps anew, and who is more important by now is left alone; scope and the rest
 * are of then. Who a process is, is proven as for any kill.
 *
 * Time in which this thread did not run either (a machine that was suspended, a stopped agent) does not
 * count. In calm it sleeps. It runs above the loop, which may be busy for ever.
 */
#ifndef REAPD_STUCK_H
#define REAPD_STUCK_H

#include "agent.h"

enum stuck_when {
	STUCK_AUTO = 0, /* with strategy android, as lmkd has it */
	STUCK_YES,
	STUCK_NO,
};

/* Start it, if the configuration asks for it. 0 or negative errno. */
int stuck_start(struct agent *a);
void stuck_stop(struct agent *a);

/* A look was taken: who may go by it. */
void stuck_look(struct agent *a);

/* Has it told clients of the lmkd socket of this kill? Then nobody else does. */
bool stuck_told(const struct agent *a, __u64 start_ns);

#endif
