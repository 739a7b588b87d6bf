/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * counter_text.h - what the kernel side could not do, in words.
 */
#ifndef REAPD_COUNTER_TEXT_H
#define REAPD_COUNTER_TEXT_H

#include <reapd/counters.h>

/* "edge_lost"; "?" for a number that is none. */
const char *counter_name(__u32 counter);

/* "critical" or "bulk" when it counts records that this ring had no room for, else NULL. */
const char *counter_ring(__u32 counter);

#endif
