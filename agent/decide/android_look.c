// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "android_rows.h"

#include <stddef.h>

#define NS_PER_MS 1000000ULL

/* lmkd's: refaults are counted in windows of so long. */
#define THRASHING_WINDOW_MS 1000ULL
/* The medium trigger of the old strategy; its low one is the partial stall. */
#define OLD_MEDIUM_MS	    100

static void take_facts(struct android *a, const struct android_facts *f)
{
	size_t from = offsetof(struct android_facts, free_pages);
	size_t to = offsetof(struct android_facts, gpu_kib);
	__u64 *amount;

	a->now = *f;
	for (size_t at = from; at <= to; at += sizeof(*amount)) {
		amount = (__u64 *)((char *)&a->now + at);
		*amount = *amount < ANDROID_AMOUNT_MAX ? *amount : ANDROID_AMOUNT_MAX;
	}
}

static __u64 less(__u64 from, __u64 n)
{
	return from > n ? from - n : 0;
}

/* Stall time in the window that ends now. */
static __u64 stall_ms(const struct assess *assess, enum signal signal, __u32 window_ms)
{
	struct record_term term = { .signal = (__u16)signal, .window_ms = window_ms };
	__s64 permille = 0;

	if (window_ms)
		assess_value(assess, &term, &permille);
	return (__u64)permille * window_ms / 1000;
}

/* As a trigger of the kernel does: at most once per window. */
static bool crossed(const struct android_policy *p, __u64 *last_ns, __u64 now, __u64 ms,
		    __u32 limit_ms)
{
	if (!limit_ms || ms < limit_ms || (*last_ns && now < *last_ns + p->window_ms * NS_PER_MS))
		return false;
	*last_ns = now;
	return true;
}

static void take_events(const struct android_policy *p, const struct assess *assess,
			struct android *a)
{
	const struct android_facts *f = &a->now;
	__u32 events = f->flags & (ANDROID_PARTIAL | ANDROID_COMPLETE);

	a->partial_stall_ms = stall_ms(assess, SIGNAL_PSI_SOME, p->window_ms);
	a->complete_stall_ms = stall_ms(assess, SIGNAL_PSI_FULL, p->window_ms);
	if (f->flags & ANDROID_SUMS) {
		if (crossed(p, &a->partial_ns, f->time_ns, a->partial_stall_ms,
			    p->partial_stall_ms))
			events |= ANDROID_PARTIAL;
		if (crossed(p, &a->complete_ns, f->time_ns, a->complete_stall_ms,
			    p->complete_stall_ms))
			events |= ANDROID_COMPLETE;
	}
	if (f->flags & ANDROID_VENDOR && f->vendor_score >= 0 && f->vendor_score <= LMK_SCORE_MAX &&
	    f->vendor_reason <= LMK_VENDOR_LAST - LMK_VENDOR)
		events |= ANDROID_VENDOR;
	a->events = events;
}

static enum android_level level_of(const struct android_policy *p, const struct android *a)
{
	if (a->events & ANDROID_COMPLETE)
		return ANDROID_LEVEL_CRITICAL;
	if (!(a->events & ANDROID_PARTIAL))
		return ANDROID_LEVEL_LOW;
	return p->flags & ANDROID_NEW_STRATEGY || a->partial_stall_ms >= OLD_MEDIUM_MS ?
		       ANDROID_LEVEL_MEDIUM :
		       ANDROID_LEVEL_LOW;
}

/* Memory without anybody having to go: what is free, and all that reclaim could get at best. */
static __u64 left_kib(const struct android_facts *f)
{
	return f->mem_free_kib + f->swap_free_kib + f->active_file_kib + f->inactive_file_kib;
}

/*
 * Reclaim gets nothing, or there is nothing left that it could get: kswapd gives up then, so that nobody
 * reclaims or stalls until the kernel's own killer comes. That may be far above the min watermark: it does
 * not count what it keeps for atomic requests, nor pages of zones that somebody cannot use.
 */
static bool is_end(const struct android_facts *f)
{
	return f->flags & ANDROID_FRUITLESS || (f->watermark_ns && left_kib(f) < f->low_kib);
}

bool android_near_end(const struct android *a)
{
	return a->now.watermark_ns && left_kib(&a->now) < a->now.high_kib;
}

/* A partial stall right behind a complete one is no news. */
static bool is_news(const struct android_policy *p, struct android *a)
{
	enum android_level level = level_of(p, a);
	bool event = a->events & (ANDROID_PARTIAL | ANDROID_COMPLETE);

	if (event && level < a->level)
		return false;
	a->level = level;
	return event || a->events & ANDROID_VENDOR || is_end(&a->now) ||
	       a->now.time_ns < a->follow_until_ns;
}

static void note_wakeup(struct android *a)
{
	a->prev_wakeup_ns = a->wakeup_ns ? a->wakeup_ns : a->now.time_ns;
	a->wakeup_ns = a->now.time_ns;
	a->wakeups_since_event++;
	if (!(a->events & (ANDROID_PARTIAL | ANDROID_COMPLETE)))
		return;
	a->event_ns = a->now.time_ns;
	a->wakeups_since_event = 0;
	a->skipped_wakeups = 0;
}

/*
 * Who reclaims: whoever is in it right now, and also whoever was since the last look. A reclaim that
 * began and ended in between was one too, and one task's end does not end another's.
 */
static void take_reclaim(struct android *a)
{
	const struct android_facts *f = &a->now;
	bool direct = f->direct_since_ns || (a->seen && f->pgscan_direct_pages != a->direct_pages);
	bool kswapd = f->kswapd_since_ns ||
		      (a->seen && (f->pgscan_kswapd_pages != a->kswapd_pages ||
				   f->pgrefill_pages != a->refill_pages));

	a->direct_pages = f->pgscan_direct_pages;
	a->kswapd_pages = f->pgscan_kswapd_pages;
	a->refill_pages = f->pgrefill_pages;
	a->stuck_ms = f->direct_since_ns ? less(f->time_ns, f->direct_since_ns) / NS_PER_MS : 0;
	a->reclaim = direct ? RECLAIM_DIRECT : kswapd ? RECLAIM_KSWAPD : RECLAIM_NONE;
}

/* Memory into which swapped pages could be compressed. */
static __u64 room_for_swap_kib(const struct android_policy *p, const struct android_facts *f)
{
	__u64 easy = f->mem_free_kib + f->inactive_file_kib;
	__u64 anon = f->active_anon_kib + f->inactive_anon_kib;
	__s64 gain;

	if (p->flags & ANDROID_RELAXED) {
		/* What compressing all anonymous memory would give; less than nothing below 1:1. */
		gain = ((__s64)p->swap_compression_ratio - (__s64)p->swap_compression_ratio_div) *
		       (__s64)anon / (__s64)p->swap_compression_ratio;
		gain += (__s64)(easy + f->active_file_kib);
		gain -= (__s64)f->dirty_kib;
		easy = gain > 0 ? (__u64)gain : 0;
	}
	return easy * p->swap_compression_ratio / p->swap_compression_ratio_div;
}

static void take_swap(const struct android_policy *p, struct android *a)
{
	const struct android_facts *f = &a->now;
	__u64 total = f->swap_total_kib, used, anon, room;

	a->free_swap_kib = f->swap_free_kib;
	if (p->swap_compression_ratio) {
		room = room_for_swap_kib(p, f);
		a->free_swap_kib = room < a->free_swap_kib ? room : a->free_swap_kib;
	}
	a->low_swap_kib = total * p->swap_free_low_pct / 100;
	used = less(total, a->free_swap_kib);
	anon = f->active_anon_kib + f->inactive_anon_kib + f->shmem_kib + used;
	a->swap_util_pct = anon ? (__u32)(used * 100 / anon) : 0;
}

static void begin_window(struct android *a)
{
	a->base_refault_pages = a->now.refault_pages;
	a->base_file_pages = a->now.inactive_file_pages + a->now.active_file_pages;
	a->window_ns = a->now.time_ns;
}

/* Percent of the file pages that were read again since the window began. */
static __u64 growth_pct(const struct android *a)
{
	return less(a->now.refault_pages, a->base_refault_pages) * 100 / (a->base_file_pages + 1);
}

static void take_thrashing(const struct android_policy *p, struct android *a)
{
	__u64 elapsed_ms = less(a->now.time_ns, a->window_ns) / NS_PER_MS;
	__u64 windows = elapsed_ms / THRASHING_WINDOW_MS;

	a->thrashing_pct = 0;
	if (elapsed_ms > THRASHING_WINDOW_MS) {
		a->prev_growth_pct = growth_pct(a);
		/* Halved for each window, but for one that has just been over the limit. */
		if (windows > 1 || a->prev_growth_pct < a->limit_pct)
			a->prev_growth_pct = windows < 64 ? a->prev_growth_pct >> windows : 0;
		begin_window(a);
		a->limit_pct = p->thrashing_limit_pct;
	} else {
		a->thrashing_pct = growth_pct(a);
	}
	a->thrashing_pct += a->prev_growth_pct;
	if (a->thrashing_pct > a->max_thrashing_pct)
		a->max_thrashing_pct = a->thrashing_pct;
}

void android_watermarks(struct android *a, const struct android_facts *f)
{
	const struct android_facts *now = &a->now;
	__u64 free;

	take_facts(a, f);
	free = less(now->mem_free_kib, now->cma_free_kib);
	if (!now->watermark_ns || free >= now->high_kib)
		a->wmark = WMARK_NONE;
	else if (free >= now->low_kib)
		a->wmark = WMARK_HIGH;
	else if (free >= now->min_kib && !is_end(now))
		a->wmark = WMARK_LOW;
	else
		a->wmark = WMARK_MIN;
}

/* After a kill, and at the first decision ever, there is no window yet that means anything. */
static void begin_anew(struct android *a)
{
	a->cycle = a->killing;
	if (!a->killing && a->window_ns)
		return;
	a->killing = 0;
	a->prev_growth_pct = 0;
	begin_window(a);
}

bool android_look(const struct android_policy *p, const struct assess *assess, struct android *a,
		  const struct android_facts *f)
{
	__u64 follow_ns = f->time_ns + p->window_ms * NS_PER_MS;
	bool refaulted;

	android_watermarks(a, f);
	refaulted = a->now.refault_pages != a->prev_refault_pages;
	if (!a->seen)
		a->limit_pct = p->thrashing_limit_pct;
	take_events(p, assess, a);
	take_reclaim(a);
	take_swap(p, a);
	a->prev_refault_pages = a->now.refault_pages;
	a->seen = 1;
	if (!is_news(p, a))
		return false;
	note_wakeup(a);
	if (a->events || a->killing || a->reclaim == RECLAIM_DIRECT || f->flags & ANDROID_WAITING)
		a->follow_until_ns = follow_ns;
	if (f->flags & ANDROID_WAITING) {
		a->skipped_wakeups++;
		return false;
	}
	begin_anew(a);
	if (a->reclaim == RECLAIM_NONE && !refaulted && !(a->events & ANDROID_VENDOR) &&
	    !is_end(&a->now) && p->flags & ANDROID_NEW_STRATEGY)
		return false;
	take_thrashing(p, a);
	return true;
}
