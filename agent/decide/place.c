// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "place.h"

#include <string.h>

#define NS_PER_MS 1000000ULL

void places_init(struct places *p, struct sample *storage)
{
	/* The others are cleared as they begin: 300 KiB that are not resident until then. */
	memset(&p->place[0], 0, sizeof(p->place[0]));
	memset(&p->android, 0, sizeof(p->android));
	p->n = 1;
	assess_init(&p->place[0].assess, system_history, storage);
}

void place_begin(struct place *p, __u64 cgroup_id, struct sample *storage)
{
	memset(p, 0, sizeof(*p));
	p->cgroup_id = cgroup_id;
	assess_init(&p->assess, cgroup_history, storage);
}

bool term_compare(const struct record_term *term)
{
	/* Only of swap that is not there can be said that too little of it is free. */
	if (term->flags & TERM_NA)
		return term->signal == SIGNAL_SWAP_FREE;
	switch (term->op) {
	case TERM_LT:
		return term->value < term->limit;
	case TERM_GE:
		return term->value >= term->limit;
	case TERM_LE:
		return term->value <= term->limit;
	default:
		return term->value > term->limit;
	}
}

bool term_holds(const struct record_term *term)
{
	return term_compare(term) && term->held_ms >= term->for_ms;
}

/* A term under its limit that must be over it, or over one it must be under: how far on its way? */
static __u32 term_nearness(const struct record_term *term)
{
	bool over = term->op == TERM_GE || term->op == TERM_GT;
	__s64 from = over ? term->value : term->limit;
	__s64 to = over ? term->limit : term->value;

	if (term_compare(term)) /* now, and only not long enough yet */
		return term_holds(term) ? 1000 : 999;
	if (from <= 0 || term->flags & TERM_NA)
		return 0;
	return from < to ? (__u32)((__int128)from * 1000 / to) : 999;
}

__u32 terms_nearness(const struct record_term *term, __u32 terms)
{
	__u32 least = 1000, n;

	for (__u32 i = 0; i < terms; i++) {
		n = term_nearness(&term[i]);
		least = n < least ? n : least;
	}
	return least;
}

static bool wants_stall(const struct record_term *term)
{
	return (term->signal == SIGNAL_PSI_SOME || term->signal == SIGNAL_PSI_FULL) &&
	       (term->op == TERM_GE || term->op == TERM_GT) && !(term->flags & TERM_NA);
}

__u32 terms_soonest_ms(const struct record_term *term, __u32 terms)
{
	__u32 soonest = PLACE_NEVER_MS, missing;

	for (__u32 i = 0; i < terms; i++) {
		if (term_compare(&term[i]))
			continue;
		if (!wants_stall(&term[i])) {
			if (term_nearness(&term[i]) < NEAR_PERMILLE)
				return PLACE_NEVER_MS;
			continue;
		}
		missing =
			(__u32)((__u64)(term[i].limit - term[i].value) * term[i].window_ms / 1000);
		if (soonest == PLACE_NEVER_MS || missing > soonest)
			soonest = missing;
	}
	return soonest;
}

__u32 places_soonest_ms(const struct places *p)
{
	__u32 soonest = PLACE_NEVER_MS;

	for (__u32 i = 0; i < p->n; i++) {
		if (p->place[i].rules && p->place[i].soonest_ms < soonest)
			soonest = p->place[i].soonest_ms;
	}
	return soonest;
}

/* The value now, and whether the comparison holds now. */
static bool compare(const struct places *p, __u32 i, const struct record_term *asked,
		    struct record_term *ret)
{
	const struct assess *a = &p->place[asked->flags & TERM_SYSTEM ? 0 : i].assess;

	*ret = *asked;
	ret->value = 0;
	ret->held_ms = 0;
	if (!assess_value(a, asked, &ret->value))
		ret->flags |= TERM_NA;
	return term_compare(ret);
}

static __u32 held_ms(__u64 since_ns, __u64 now_ns)
{
	__u64 ms = since_ns && now_ns > since_ns ? (now_ns - since_ns) / NS_PER_MS : 0;

	return ms < 0xffffffff ? (__u32)ms : 0xffffffff;
}

bool place_evaluate(const struct places *p, __u32 i, const struct policy *policy, __u32 rule,
		    struct record_term *ret)
{
	const struct place *place = &p->place[i];
	const struct rule *r = &policy->rule[rule];
	/* Of a machine of which nothing is known, and of no comparison at all, nothing follows. */
	bool all = place->assess.history->count && p->place[0].assess.history->count && r->terms;

	for (__u32 t = 0; t < r->terms; t++) {
		compare(p, i, &r->term[t], &ret[t]);
		ret[t].held_ms = held_ms(place->held_since_ns[rule][t], place->assess.now.time_ns);
		all &= term_holds(&ret[t]);
	}
	return all;
}

/* Since when each comparison of a rule has held without a gap. */
static void hold(struct places *p, __u32 i, const struct rule *r, __u64 *since_ns)
{
	__u64 now = p->place[i].assess.now.time_ns;
	struct record_term term;

	for (__u32 t = 0; t < r->terms; t++) {
		if (!r->term[t].for_ms)
			continue;
		if (!compare(p, i, &r->term[t], &term))
			since_ns[t] = 0;
		else if (!since_ns[t])
			since_ns[t] = now;
	}
}

/*
 * After calm the first look is far from the last one by right: nothing happened in between. Any other
 * such gap is one in which nobody can say what happened (the machine was stopped), though sums went
 * on: it is left out of all windows, and what held before it holds only from now.
 */
static void notice_gap(struct place *place, const struct facts *facts)
{
	__u64 last = place->assess.now.time_ns;

	if (!last || facts->time_ns < last + PLACE_GAP_NS)
		return;
	memset(place->held_since_ns, 0, sizeof(place->held_since_ns));
	if (!(facts->flags & FACT_FIRST))
		assess_rebase(&place->assess, facts->time_ns);
}

void place_push(struct places *p, __u32 i, const struct policy *policy, const struct facts *facts)
{
	struct record_term term[RECORD_TERMS];
	struct place *place = &p->place[i];
	__u32 nearness, soonest_ms;

	notice_gap(place, facts);
	assess_push(&place->assess, facts);
	place->firing = 0;
	place->nearness = 0;
	place->soonest_ms = PLACE_NEVER_MS;
	for (__u32 rule = 0; rule < policy->rules; rule++) {
		if (!(place->rules & 1u << rule))
			continue;
		hold(p, i, &policy->rule[rule], place->held_since_ns[rule]);
		if (place_evaluate(p, i, policy, rule, term))
			place->firing |= 1u << rule;
		nearness = terms_nearness(term, policy->rule[rule].terms);
		if (nearness > place->nearness)
			place->nearness = nearness;
		soonest_ms = terms_soonest_ms(term, policy->rule[rule].terms);
		if (soonest_ms < place->soonest_ms)
			place->soonest_ms = soonest_ms;
	}
}

void place_rebase(struct place *p, __u64 time_ns)
{
	assess_rebase(&p->assess, time_ns);
	memset(p->held_since_ns, 0, sizeof(p->held_since_ns));
	p->firing = 0;
}

void place_rest(struct place *p, __u32 rule, __u64 until_ns)
{
	p->rest_until_ns[rule] = until_ns;
}

/* The same rule in another policy, -1: it is not there or not the same. */
static int find_rule(const struct policy *policy, const struct rule *r)
{
	for (__u32 i = 0; i < policy->rules; i++) {
		if (!memcmp(&policy->rule[i], r, sizeof(*r)))
			return (int)i;
	}
	return -1;
}

static void carry(struct place *p, const struct place *was, const struct policy *from,
		  const struct policy *to)
{
	int old;

	memset(p->held_since_ns, 0, sizeof(p->held_since_ns));
	memset(p->rest_until_ns, 0, sizeof(p->rest_until_ns));
	p->firing = 0;
	for (__u32 rule = 0; rule < to->rules; rule++) {
		old = find_rule(from, &to->rule[rule]);
		if (old < 0)
			continue;
		memcpy(p->held_since_ns[rule], was->held_since_ns[old],
		       sizeof(p->held_since_ns[rule]));
		p->rest_until_ns[rule] = was->rest_until_ns[old];
	}
}

void places_carry(struct places *p, const struct policy *from, const struct policy *to)
{
	struct place was;

	for (__u32 i = 0; i < p->n; i++) {
		was = p->place[i];
		carry(&p->place[i], &was, from, to);
	}
}
