/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * assess.h - a history of facts for the tests of decide/assess, and the facts that come next.
 */
#ifndef REAPD_TEST_ASSESS_H
#define REAPD_TEST_ASSESS_H

#include "../../agent/decide/assess.h"

#define MS 1000000ULL
#define S  (1000 * MS)

static struct sample storage[SYSTEM_SAMPLES];
static struct assess a;
static struct facts now;

/* An empty history; these are the first facts to be pushed. */
static inline void assess_begin(struct facts first)
{
	assess_init(&a, system_history, storage);
	now = first;
}

/* What `now` says, so much later. */
static inline void push_after(__u64 ns)
{
	now.time_ns += ns;
	assess_push(&a, &now);
}

#endif
