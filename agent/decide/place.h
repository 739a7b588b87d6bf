/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * place.h - where rules are evaluated: place 0 is all that the agent watches, the others are the
 * cgroups that rules with a scope match. Each has its history, and remembers how long comparisons
 * have held and which rules rest. Plain state of the caller's; pure.
 */
#ifndef REAPD_PLACE_H
#define REAPD_PLACE_H

#include "android.h"
#include "assess.h"
#include "rule.h"

/* Cgroups that rules can match at once. Each takes 20 KiB once it is used. */
#define PLACES_MAX 129

/* Looks further apart than this say nothing of the time between: a suspended machine, say. */
#define PLACE_GAP_NS 3000000000ULL

#define PLACE_NEVER_MS 0xffffffffu

/* Half way to its limits a rule is near. */
#define NEAR_PERMILLE 500

struct place {
	__u64 cgroup_id; /* 0: place 0, or free */
	__u32 rules;	 /* bit per rule that is evaluated here */
	__u32 firing;	 /* of those, whose comparisons all held at the last look */
	__u32 nearness;	 /* of the nearest of them, in thousandths; 1000 fires */
	__u32 soonest_ms; /* until one of them can fire by stall alone, if all wait; PLACE_NEVER_MS: none */
	__u64 held_since_ns[RULES_MAX][RECORD_TERMS]; /* 0: does not hold */
	__u64 rest_until_ns[RULES_MAX];
	struct assess assess;
};

struct places {
	__u32 n; /* in place[], place 0 counted; a free one has no rules */
	__u32 pad;
	struct android android; /* strategy android: all that it remembers */
	struct place place[PLACES_MAX];
};

/* Does the comparison hold now; and has it as long as it must? Of values that were filled in. */
bool term_compare(const struct record_term *term);
bool term_holds(const struct record_term *term);

/* How near evaluated terms are to holding together: that of the farthest, in thousandths. */
__u32 terms_nearness(const struct record_term *term, __u32 terms);

/*
 * In how many ms evaluated terms can hold together at the soonest, if it is stall that is missing: time lost cannot
 * grow faster than time. PLACE_NEVER_MS: it is not stall alone, or nothing is missing.
 */
__u32 terms_soonest_ms(const struct record_term *term, __u32 terms);

/* The least of all places'. */
__u32 places_soonest_ms(const struct places *p);

/* Empty place 0 and no others. `storage`: SYSTEM_SAMPLES samples for place 0, as of assess_init(). */
void places_init(struct places *p, struct sample *storage);

/* Make a place (not 0) that of a cgroup, with an empty history in CGROUP_SAMPLES of storage. */
void place_begin(struct place *p, __u64 cgroup_id, struct sample *storage);

/* Take in a look at this place: history, holds, which rules fire. */
void place_push(struct places *p, __u32 i, const struct policy *policy, const struct facts *facts);

/* Memory came back here: windows and holds begin anew. */
void place_rebase(struct place *p, __u64 time_ns);

/* A rule acted: it rests. */
void place_rest(struct place *p, __u32 rule, __u64 until_ns);

/*
 * The values of a rule's comparisons here and now, into ret (as many as the rule has); true when all
 * hold as long as they must.
 */
bool place_evaluate(const struct places *p, __u32 i, const struct policy *policy, __u32 rule,
		    struct record_term *ret);

/* A new policy: what is remembered of rules that are the same in both stays. */
void places_carry(struct places *p, const struct policy *from, const struct policy *to);

#endif
