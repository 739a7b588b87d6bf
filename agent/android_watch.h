/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * android_watch.h - what strategy = android has beyond host: its facts at each look, triggers where the
 * kernel side cannot add up stalls, and the vendor's request to kill. Nothing of it runs for host.
 */
#ifndef REAPD_ANDROID_WATCH_H
#define REAPD_ANDROID_WATCH_H

#include <stdint.h>

#include "decide/strategy.h"
#include "sense/android.h"

struct agent;

struct android_watch {
	struct android_sense sense;
	int partial_fd, complete_fd; /* triggers; -1: the sums tell */
	__u32 events;		     /* ANDROID_*, that came since the last look */
	__u32 vendor;		     /* arg of EDGE_VENDOR */
	bool blind;		     /* facts could not be read the last time */
};

/* Open files and triggers. 0 or negative errno. */
int android_start(struct agent *a);
void android_stop(struct agent *a);

/* The configuration changed: so may the triggers. */
void android_reload(struct agent *a);

/* a->facts are in their place: gather the rest and push it. */
void android_take(struct agent *a);

/* Loop callbacks: a trigger fired. */
void android_on_partial(void *ctx, uint32_t events);
void android_on_complete(void *ctx, uint32_t events);

/* A vendor's module asks for a kill (EDGE_VENDOR). */
void android_on_vendor(struct agent *a, __u32 arg);

/* The verdict's victim has its signal. */
void android_killed(struct agent *a, const struct verdict *v);

/* ... or turns out not to have it. */
void android_failed(struct agent *a);

/* Calm begins: time to read what is too dear in watch. */
void android_calm(struct agent *a);

/* How long after a decision the next one waits for the victim's memory. */
__u64 android_patience_ns(const struct agent *a);

#endif
