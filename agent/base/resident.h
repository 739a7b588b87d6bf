/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * resident.h - have memory before it is needed.
 *
 * A page that is touched for the first time when none is left makes the agent wait in reclaim, or call
 * the kernel's killer. What the way from an edge to a kill writes to is touched while there is memory;
 * mlockall(MCL_ONFAULT) then keeps it.
 */
#ifndef REAPD_RESIDENT_H
#define REAPD_RESIDENT_H

#include <stddef.h>

#define RESIDENT_STEP 4096 /* no page is smaller */

/* Touch every page of it; the contents stay. Nobody else may write to it meanwhile. */
static inline void resident_touch(void *p, size_t size)
{
	volatile char *at = p;

	for (size_t i = 0; i < size; i += RESIDENT_STEP)
		at[i] = at[i];
	if (size)
		at[size - 1] = at[size - 1];
}

/* Touch so much of this thread's stack; in a function of its own that is not inlined. */
#define RESIDENT_STACK(bytes)                                       \
	do {                                                        \
		volatile char page[bytes];                          \
                                                                    \
		for (size_t i = 0; i < (bytes); i += RESIDENT_STEP) \
			page[i] = 0;                                \
		(void)page;                                         \
	} while (0)

#endif
