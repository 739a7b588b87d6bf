/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules.h - where rules are evaluated: which cgroups they are about, and their facts.
 */
#ifndef REAPD_RULES_H
#define REAPD_RULES_H

#include "sense/cgroup_facts.h"

struct agent;
struct policy;

/* Storage behind the places. Made once; samples become resident as they are used. */
struct rules {
	struct sample *system_samples;
	struct sample *cgroup_samples; /* CGROUP_SAMPLES for each place, in its order */
	struct cgroup_facts *files;    /* of each place */
	__u32 matched;		       /* cgroups_changes() when the patterns were last matched */
	__u64 matched_ns;
	__u64 read_ns; /* when the cgroups were last read */
	bool full;     /* said that more cgroups match than there is room for */
};

/* 0 or -ENOMEM. */
int rules_start(struct agent *a);
void rules_stop(struct agent *a);

/* a->facts are new: into place 0, and the cgroups' own into theirs when they are due. */
void rules_look(struct agent *a);

/* The policy was replaced; what is remembered of rules that stayed the same is kept. */
void rules_reload(struct agent *a, const struct policy *old);

/*
 * Memory came back: what windows and holds saw before does not count in place 0 and in `place`, nor in
 * those above and below it.
 */
void rules_memory_back(struct agent *a, __u32 place);

/* Until the next look no rule about stalls fires; those about memory alone do. */
void rules_mute_stalls(struct agent *a);

/* This rule acted at this place and rests now, for its cooldown or at least for least_ns. */
void rules_rest(struct agent *a, __u32 place, __u32 rule, __u64 least_ns);

/* It could not act: it rests so long, and others are looked at. */
void rules_pause(struct agent *a, __u32 place, __u32 rule, __u64 ns);

/* "/a/b" of a place; "" of place 0, and of a cgroup that is gone. */
const char *rules_place_path(struct agent *a, __u32 place);

/*
 * How long calm may last without a look, because a rule has only levels that no edge announces; 0: for
 * ever. The nearer a level is to its limit, the shorter.
 */
__u64 rules_calm_look_ns(const struct agent *a);

#endif
