/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pulse.h - is a handler of the loop running? For a thread that watches it (stuck.h), without locks.
 *
 * Costs the loop two additions for each handler, and a system call for the first after a pause.
 */
#ifndef REAPD_PULSE_H
#define REAPD_PULSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

struct pulse {
	atomic_uint beat;   /* odd: a handler runs; else none. Grows with each begin and end */
	atomic_bool asleep; /* the watching thread waits for the next one */
	int wake_fd;	    /* an eventfd that ends its sleep */
};

static inline void pulse_wake(struct pulse *p)
{
	const uint64_t one = 1;

	if (write(p->wake_fd, &one, sizeof(one)) < 0)
		return; /* it is awake already */
}

/* p NULL: nobody watches. */
static inline void pulse_begin(struct pulse *p)
{
	if (!p)
		return;
	atomic_fetch_add(&p->beat, 1);
	if (atomic_exchange(&p->asleep, false))
		pulse_wake(p);
}

static inline void pulse_end(struct pulse *p)
{
	if (p)
		atomic_fetch_add(&p->beat, 1);
}

/* The watching thread looks so often, and after so many looks at the same handler it is stuck. */
#define PULSE_STEP_MS 500
#define PULSE_STEPS   4 /* two seconds: lmkd's WATCHDOG_TIMEOUT_SEC */
/* Between two looks that are so far apart there was a time that nobody saw. */
#define PULSE_LATE_NS UINT64_C(1000000000)

struct pulse_count {
	unsigned int beat; /* at the last look */
	unsigned int steps;
};

/* A look, so long after the last one. True: stuck; what comes next is counted anew. */
static inline bool pulse_is_stuck(struct pulse_count *c, unsigned int beat, uint64_t step_ns)
{
	bool same = beat == c->beat && beat & 1 && step_ns < PULSE_LATE_NS;

	c->beat = beat;
	c->steps = same ? c->steps + 1 : 0;
	if (c->steps < PULSE_STEPS)
		return false;
	c->steps = 0;
	return true;
}

#endif
