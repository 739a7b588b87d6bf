// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * strategy_android.c - what Android's lmkd decides, from the same facts, in the same order.
 *
 * One look (android_look.c) follows each event and, for the length of a window, the last of them: then
 * rows of conditions are tried in order (android_rows.c), and the first that holds gives the reason and
 * the least oom_score_adj that may die. Without stall no watermark kills: kswapd at work is normal.
 *
 * Different from lmkd on purpose, each with its test in tests/unit/test_android_mended.c: reclaim is
 * known per task and with the event's own time; nothing is measured against counters since boot; before
 * the first kill watermarks are read anew and the rows tried again from the start; any number of zones.
 * And, in test_android_rows.c: with nothing left to reclaim no stall is waited for.
 */
#include "android_rows.h"
#include "strategy.h"

#include <string.h>

#define NS_PER_MS 1000000ULL

/* lmkd's defaults for a device that is not low on memory. */
static const struct android_policy defaults = {
	.flags = ANDROID_NEW_STRATEGY | ANDROID_LOG_STATS,
	.kill_timeout_ms = 100,
	.partial_stall_ms = 70,
	.complete_stall_ms = 700,
	.window_ms = 1000,
	.swap_free_low_pct = 10,
	.thrashing_limit_pct = 100,
	.thrashing_limit_decay_pct = 10,
	.thrashing_critical_pct = 300,
	.swap_util_max_pct = 100,
	.stall_limit_critical_pct = 100,
	.swap_compression_ratio = 1,
	.swap_compression_ratio_div = 1,
	.lowmem_min_score = 701,
	.level_score = { LMK_SCORE_MAX + 1, 800, 0 },
};

static void android_defaults(struct policy *ret)
{
	struct rule *r;

	strategy_host.defaults(ret); /* how one is chosen is the same */
	memset(ret->rule, 0, sizeof(ret->rule));
	memset(ret->strategy, 0, sizeof(ret->strategy));
	strcpy(ret->strategy, strategy_android.name);
	ret->android = defaults;
	ret->choose.order = ORDER_BENEFIT;
	ret->rules = ANDROID_ROWS;
	for (__u32 i = 0; i < ANDROID_ROWS; i++) {
		r = &ret->rule[i];
		strcpy(r->name, android_row_name(i));
		r->order = ORDER_BENEFIT;
		r->steps = 1;
		r->step[0].kind = STEP_KILL;
	}
}

/* What a decision leaves behind, whether or not somebody is found to be killed. */
static void remember(struct android *a)
{
	switch (a->row - 1) {
	case ROW_LOW_SWAP_AND_THRASHING:
	case ROW_LOW_MEM_AND_THRASHING:
	case ROW_DIRECT_RECL_AND_THRASHING:
		a->check_filecache = 1;
		break;
	default:
		break;
	}
}

static void try_rows(const struct android_policy *p, struct android *a)
{
	struct verdict v = {};

	a->row = 0;
	for (__u32 row = 0; row < ANDROID_ROWS && !a->row; row++) {
		if (!android_row_used(p, row))
			continue;
		if (android_row(p, a, row, &v))
			a->row = row + 1;
		else if (row == ROW_LOW_FILECACHE_AFTER_THRASHING)
			a->check_filecache = 0; /* the cache is there again */
	}
}

/* Watermarks of a while ago must not kill the first one: they move when memory is added or CMA grows. */
static bool must_refresh(struct android *a)
{
	const struct android_facts *f = &a->now;

	if (!a->row || a->fresh || a->row - 1 == ROW_VENDOR)
		return false;
	a->fresh = 1;
	if (!f->watermark_ns || f->watermark_ns >= f->time_ns)
		return false;
	a->row = 0;
	return true;
}

static __u32 progress(__u64 ms, __u32 limit_ms)
{
	return limit_ms && ms < limit_ms ? (__u32)(ms * 1000 / limit_ms) : limit_ms ? 999 : 0;
}

/* Rows count only while looks follow an event; before one, how near it is. At the end there may be none. */
static __u32 nearness_of(const struct android_policy *p, const struct android *a)
{
	__u32 best = progress(a->partial_stall_ms, p->partial_stall_ms);
	__u32 full = progress(a->complete_stall_ms, p->complete_stall_ms), n;
	struct verdict v = {};

	if (a->row)
		return 1000;
	if (android_near_end(a))
		return 999;
	best = full > best ? full : best;
	for (__u32 row = 0; row < ANDROID_ROWS && a->now.time_ns < a->follow_until_ns; row++) {
		if (android_row_idle(p, a, row))
			continue;
		android_row(p, a, row, &v);
		n = terms_nearness(v.term, v.terms);
		best = n > best ? n : best;
	}
	return best < 999 ? best : 999;
}

static void android_push(const struct policy *policy, struct places *places,
			 const struct android_facts *facts)
{
	const struct android_policy *p = &policy->android;
	struct android *a = &places->android;
	bool again = a->want_watermarks && facts->time_ns == a->now.time_ns;

	a->want_watermarks = 0;
	a->row = 0;
	if (again)
		android_watermarks(a, facts);
	if (again || android_look(p, &places->place[0].assess, a, facts))
		try_rows(p, a);
	if (must_refresh(a))
		a->want_watermarks = 1;
	remember(a);
	a->nearness = nearness_of(p, a);
}

static bool android_judge(const struct policy *policy, const struct places *places, bool shadow,
			  struct verdict *ret)
{
	const struct android *a = &places->android;

	ret->rule = NO_RULE;
	ret->place = 0;
	ret->terms = 0;
	if (shadow || !a->row || a->now.time_ns < places->place[0].rest_until_ns[a->row - 1])
		return false;
	return android_row(&policy->android, a, a->row - 1, ret);
}

static void android_killed(const struct policy *policy, struct places *places,
			   const struct verdict *v)
{
	const struct android_policy *p = &policy->android;
	struct android *a = &places->android;

	a->killing = 1;
	a->max_thrashing_pct = 0;
	a->follow_until_ns = a->now.time_ns + p->window_ms * NS_PER_MS;
	if (v->rule == ROW_LOW_MEM_AND_THRASHING || v->rule == ROW_DIRECT_RECL_AND_THRASHING)
		a->limit_pct = a->limit_pct * (100 - p->thrashing_limit_decay_pct) / 100;
	a->row = 0;
}

/* The next decision is none after a kill. (What the kill took off the limit comes back by itself.) */
static void android_failed(struct places *places)
{
	places->android.killing = 0;
}

/* What would be an index, a divisor or a factor. */
static bool android_valid(const struct policy *policy, const struct places *places)
{
	const struct android_policy *p = &policy->android;
	const struct android *a = &places->android;

	return policy->rules == ANDROID_ROWS && p->minfrees <= LMK_MINFREES &&
	       p->window_ms <= ANDROID_WINDOW_MAX_MS && p->thrashing_limit_decay_pct <= 100 &&
	       p->swap_compression_ratio <= ANDROID_RATIO_MAX && p->swap_compression_ratio_div &&
	       p->swap_compression_ratio_div <= ANDROID_RATIO_MAX && a->row <= ANDROID_ROWS &&
	       a->level <= ANDROID_LEVEL_CRITICAL && a->base_file_pages <= 2 * ANDROID_AMOUNT_MAX;
}

static bool android_evaluate(const struct policy *policy, const struct places *places, __u32 place,
			     __u32 rule, struct verdict *ret)
{
	const struct android_policy *p = &policy->android;
	const struct android *a = &places->android;

	android_row(p, a, rule, ret);
	ret->place = place;
	if (a->row == rule + 1)
		return true;
	if (android_row_idle(p, a, rule))
		ret->terms = 0;
	else if (a->now.time_ns >= a->follow_until_ns && rule != ROW_NOT_RESPONDING)
		android_add_partial(p, a, ret);
	return false;
}

static __u32 android_nearness(const struct places *places)
{
	return places->android.nearness;
}

/* Where reclaim gives up: from there on nobody stalls, and kswapd may not even wake. */
static __u32 android_low_permille(const struct policy *policy, const struct places *places,
				  __u64 mem_total_kib)
{
	const struct android_facts *f = &places->android.now;

	(void)policy;
	if (!f->watermark_ns || !mem_total_kib)
		return 0;
	return (__u32)(f->high_kib * 1000 / mem_total_kib) + 1;
}

const struct strategy strategy_android = {
	.name = "android",
	.defaults = android_defaults,
	.push = android_push,
	.judge = android_judge,
	.killed = android_killed,
	.failed = android_failed,
	.valid = android_valid,
	.evaluate = android_evaluate,
	.nearness = android_nearness,
	.low_permille = android_low_permille,
};
