/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rule.h - a rule and a policy as decide/ sees them: plain values, so that a recording can carry them.
 *
 * A rule fires when all its comparisons hold, each for as long as it asks. It is about all that the
 * agent watches, or (RULE_CGROUPS) about each cgroup that its scope matches, by itself. What then
 * happens is its ladder: each step only while it still fires.
 */
#ifndef REAPD_RULE_H
#define REAPD_RULE_H

#include <stdbool.h>

#include <reapd/choice.h>

#include "android_policy.h"

#define RULES_MAX  32 /* bits of struct place.rules */
#define RULE_STEPS 8

#define RULE_CGROUPS (1u << 0) /* evaluated for each cgroup that `scope` matches */
#define RULE_DRY_RUN (1u << 1)
#define RULE_SHADOW  (1u << 2) /* evaluated and recorded, never acts, never stops a later rule */

struct step {
	__u32 kind; /* enum step_kind */
	__u32 pad;
	__u64 amount; /* KiB (reclaim), ms (wait, term), index of the program (run); else 0 */
};
_Static_assert(sizeof(struct step) == 16, "step");

struct rule {
	char name[32];
	__u32 flags;	     /* RULE_* */
	__u32 what;	     /* enum choose_what */
	__u32 order;	     /* enum choose_order */
	__u32 max_processes; /* a cgroup or group of more is not killed whole; 0: no limit */
	__u64 max_kib;	     /* or of more than this; 0: no limit */
	__u64 cooldown_ms;   /* after it acted it rests so long */
	__u32 terms;
	__u32 steps;
	struct record_term term[RECORD_TERMS]; /* .value and .held_ms are unused */
	struct step step[RULE_STEPS];
	char scope[REAPD_PATH_LEN]; /* RULE_CGROUPS: pattern; see fnmatch(3), PATHNAME | NOESCAPE */
	__u32 pad;
};
_Static_assert(sizeof(struct rule) == 648, "rule");

#define CHOOSE_HEAVIEST \
	(1u << 0) /* ORDER_LMKD: the largest of each oom_score_adj, not the least used */
#define CHOOSE_REGISTERED (1u << 1) /* who is not registered at the lmkd socket is spared */

#define CHOOSE_BANDS 16

struct choose_policy {
	__u32 order;		 /* enum choose_order, of the built-in rules */
	__u32 growth_horizon_ms; /* what a process will grow by in this time counts as its size */
	__u32 least_kib;	 /* less than that helps nobody */
	__u32 flags;		 /* CHOOSE_* */
	__u32 bands;		 /* ORDER_BENEFIT: how many of band[] */
	__s16 band[CHOOSE_BANDS]; /* the least oom_score_adj of each, falling; what is below is one more */
	__u32 pad;
};
_Static_assert(sizeof(struct choose_policy) == 56, "choose_policy");

/* What the configuration says, compiled. */
struct policy {
	char strategy[16];
	struct choose_policy choose;
	struct android_policy
		android; /* strategy android: its rules are rows of a table (android_rows.c) */
	__u32 rules;
	__u32 pad;
	struct rule rule[RULES_MAX];
};
_Static_assert(sizeof(struct policy) == 20952, "policy");

/* Does any rule look at this signal? */
bool policy_looks_at(const struct policy *policy, enum signal signal);

/*
 * The highest level of memory left, in thousandths of mem_total_kib, at which a rule about all that is
 * watched may begin to fire. Rules that ask for stalls are left out: the stall is their edge. 0: there is
 * no such rule.
 */
__u32 policy_low_permille(const struct policy *policy, __u64 mem_total_kib);

/* Is one of its comparisons about stalls (psi.some, psi.full)? */
bool rule_is_about_stalls(const struct rule *rule);

/* Are all its comparisons about levels, which no edge of the kernel announces? Then somebody must look. */
bool rule_is_level_only(const struct rule *rule);

#endif
