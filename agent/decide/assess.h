/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * assess.h - from facts to values over windows of time.
 *
 * Keeps the history that windows need: fine for the last seconds, coarse for the last minutes.
 * Between two samples a sum is taken to have grown evenly. State is a plain struct of the caller's.
 */
#ifndef REAPD_ASSESS_H
#define REAPD_ASSESS_H

#include <stdbool.h>

#include "facts.h"
#include <reapd/record.h>

struct sample {
	__u64 time_ns;
	__u64 some_ns;
	__u64 full_ns;
	__u64 available_kib;
	__u64 scanned_pages;
	__u64 reclaimed_pages;
};

/*
 * 1024 samples at least 1 ms apart cover the longest rule of some seconds at the fastest tick of
 * 3 ms; 1024 at least 1 s apart cover 17 minutes, more than the 10 that a rule may ask for.
 */
#define HISTORY_SAMPLES	  1024
#define HISTORY_FINE_NS	  1000000ULL
#define HISTORY_COARSE_NS 1000000000ULL

struct history {
	__u32 newest; /* index */
	__u32 count;
	struct sample sample[HISTORY_SAMPLES];
};
_Static_assert(sizeof(struct history) == 8 + 48 * HISTORY_SAMPLES, "history");

struct assess {
	struct facts now;
	__u64 base_ns; /* stall before this does not count: see assess_rebase() */
	struct history fine;
	struct history coarse;
};
_Static_assert(sizeof(struct assess) == 120 + 2 * sizeof(struct history), "assess");

void assess_init(struct assess *a);

/* Add what is known now. What was known of the same time and of later ones is dropped. */
void assess_push(struct assess *a, const struct facts *facts);

/*
 * Memory came back at this time: what happened before says nothing about now. Without this a window
 * that was over its limit would stay so, and an innocent process would be killed next.
 */
void assess_rebase(struct assess *a, __u64 time_ns);

/* Is this state one that came of pushes? (A recording carries it, and may be damaged.) */
bool assess_valid(const struct assess *a);

/*
 * The value of a signal over the last window_ns (0: now), in the signal's unit. Returns false when
 * it does not apply (swap.free without swap); *ret is then untouched.
 */
bool assess_value(const struct assess *a, enum signal signal, __u64 window_ns, __s64 *ret);

#endif
