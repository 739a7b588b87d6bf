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
	__u64 swap_used_kib; /* unlike what is free, the same before and after swapon */
	__u64 scanned_pages;
	__u64 reclaimed_pages;
	__u64 refaulted_pages;
	__u64 oom_kills;
	__u64 high_events;
	__u64 max_events;
	__u64 oom_events;
};

/*
 * Three histories, each of wider steps than the one before, so that a window of any length begins within
 * a part of it: between two samples a burst cannot be placed, which is wrong by a quarter of the step.
 */
#define HISTORIES 3

/* How much is remembered. */
struct history_shape {
	__u32 samples[HISTORIES];
	__u64 step_ns[HISTORIES]; /* they are at least so far apart */
};

extern const struct history_shape system_history; /* of all that is watched: SYSTEM_SAMPLES */
extern const struct history_shape cgroup_history; /* CGROUP_SAMPLES */

#define SYSTEM_SAMPLES 2048
#define CGROUP_SAMPLES 224

struct history {
	__u32 newest; /* index */
	__u32 count;
	__u32 size;
	__u32 pad;
	__u64 step_ns;
	struct sample *sample;
};

struct assess {
	struct facts now;
	__u64 base_ns; /* stall before this does not count: see assess_rebase() */
	struct history history[HISTORIES];
};

/* `storage` has room for all histories' samples and stays the caller's. */
void assess_init(struct assess *a, struct history_shape shape, struct sample *storage);

/* How many samples its storage has; they begin with those of the first history. */
__u32 assess_samples(const struct assess *a);

/* Add what is known now. What was known of the same time and of later ones is dropped. */
void assess_push(struct assess *a, const struct facts *facts);

/*
 * Memory came back at this time: what happened before says nothing about now. Without this a window
 * that was over its limit would stay so, and an innocent process would be killed next.
 */
void assess_rebase(struct assess *a, __u64 time_ns);

/*
 * Take over a state that was copied from elsewhere (a recording), with its samples in `storage`. False
 * when it is not one that came of pushes; *a is then not to be used.
 */
bool assess_adopt(struct assess *a, struct history_shape shape, struct sample *storage);

/* The sums at the left edge of the window that ends now; never before the last rebase. */
struct sample assess_window_begin(const struct assess *a, __u64 window_ns);

/*
 * The value of a comparison's signal over its window (0: now), in the signal's unit or in KiB
 * (TERM_KIB). Returns false when it does not apply (swap.free without swap); *ret is then untouched.
 */
bool assess_value(const struct assess *a, const struct record_term *term, __s64 *ret);

#endif
