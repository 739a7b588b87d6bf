/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ladder.h - the steps of a rule up to killing: each only while the rule still fires.
 *
 * Between two steps the rule rests, so that rules behind it are looked at meanwhile. When it no longer
 * fires, or somebody was killed, what was frozen or clamped is let go.
 */
#ifndef REAPD_LADDER_H
#define REAPD_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#include "act/cghold.h"
#include "act/errand.h"

struct agent;
struct verdict;

/* Places where a rule is half way up, at once. */
#define LADDERS_MAX 16

struct ladder {
	bool used;
	bool chosen; /* a victim's cgroup was chosen: `victim` */
	bool over;   /* to let go; kept until all that is held was */
	bool frozen, clamped;
	__u32 out;		 /* its errands that are not done */
	__u32 rule, place, step; /* the next step */
	__u64 place_id;
	__u64 fired_ns;	 /* the rule last fired */
	__u64 victim_id; /* cgroup that is frozen or clamped */
	struct cgroup_clamp clamp;
};

struct ladder_move {
	bool kill;
	__u64 grace_ns; /* SIGTERM first, and so much time */
};

/*
 * Start the threads for steps that may block, and for programs and hooks, if the configuration has any and
 * they do not run: each has a stack that is resident. 0 or negative errno.
 */
int ladder_start(struct agent *a);

/* A rule fired: take the steps that are due. */
struct ladder_move ladder_climb(struct agent *a, const struct verdict *v);

/* Each look: let go where a rule no longer fires. */
void ladder_tick(struct agent *a);

/* An errand is done: handler of the loop. */
void ladder_on_errand(void *ctx, uint32_t events);

/* Let go of everything: rules are others now. */
void ladder_let_go(struct agent *a);

/* Let go of everything, and wait for it as long as it takes: the agent stops. */
void ladder_stop(struct agent *a);

/* Is something frozen, clamped or awaited? Then calm would forget it. */
bool ladder_active(const struct agent *a);

#endif
