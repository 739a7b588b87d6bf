// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "assess.h"

#include <string.h>

#define NS_PER_S  1000000000ULL
#define NS_PER_MS 1000000ULL
#define S64_MAX	  0x7fffffffffffffffLL

/*
 * Rounds of reclaim without any progress after which memory counts as gone: the kernel kills at 16
 * (MAX_RECLAIM_RETRIES), a round takes from 0.1 ms, so half of them leave time to act.
 */
#define RETRY_LOOPS_EXHAUSTED 8

/* A rate is never taken over less than a quarter of its window. */
#define RATE_PART 4

void assess_init(struct assess *a)
{
	memset(a, 0, sizeof(*a));
}

static const struct sample *history_at(const struct history *h, __u32 back)
{
	return &h->sample[(h->newest + HISTORY_SAMPLES - back) % HISTORY_SAMPLES];
}

static void history_drop_newest(struct history *h)
{
	h->newest = (h->newest + HISTORY_SAMPLES - 1) % HISTORY_SAMPLES;
	h->count--;
}

/*
 * Append; times only grow, so what is not older than the new sample goes first. The newest sample is
 * always kept; it gives way to the next one when it came less than gap_ns after the one before it.
 */
static void history_push(struct history *h, const struct sample *s, __u64 gap_ns)
{
	while (h->count && history_at(h, 0)->time_ns >= s->time_ns)
		history_drop_newest(h);
	if (h->count > 1 && history_at(h, 0)->time_ns - history_at(h, 1)->time_ns < gap_ns)
		history_drop_newest(h);
	h->newest = (h->newest + 1) % HISTORY_SAMPLES;
	if (h->count < HISTORY_SAMPLES)
		h->count++;
	h->sample[h->newest] = *s;
}

void assess_push(struct assess *a, const struct facts *facts)
{
	struct sample s = {
		.time_ns = facts->time_ns,
		.some_ns = facts->some_ns,
		.full_ns = facts->full_ns,
		.available_kib = facts->mem_available_kib,
		.scanned_pages = facts->scanned_pages,
		.reclaimed_pages = facts->reclaimed_pages,
	};

	a->now = *facts;
	history_push(&a->fine, &s, HISTORY_FINE_NS);
	history_push(&a->coarse, &s, HISTORY_COARSE_NS);
}

/* Indices in their bounds, times that only grow. */
static bool history_valid(const struct history *h)
{
	if (h->newest >= HISTORY_SAMPLES || h->count > HISTORY_SAMPLES)
		return false;
	for (__u32 back = 1; back < h->count; back++) {
		if (history_at(h, back)->time_ns >= history_at(h, back - 1)->time_ns)
			return false;
	}
	return true;
}

bool assess_valid(const struct assess *a)
{
	return history_valid(&a->fine) && history_valid(&a->coarse);
}

void assess_rebase(struct assess *a, __u64 time_ns)
{
	a->base_ns = time_ns;
}

static __u64 between(__u64 from, __u64 to, __u64 part, __u64 whole)
{
	if (to >= from)
		return from + (__u64)((unsigned __int128)(to - from) * part / whole);
	return from - (__u64)((unsigned __int128)(from - to) * part / whole);
}

/* The sums as they were at a time: between two samples evenly; before the first, the first. */
static struct sample history_find(const struct history *h, __u64 time_ns)
{
	const struct sample *older, *newer = history_at(h, 0);
	struct sample s;
	__u64 part, whole;

	for (__u32 back = 1; back < h->count; back++) {
		older = history_at(h, back);
		if (older->time_ns > time_ns) {
			newer = older;
			continue;
		}
		part = time_ns - older->time_ns;
		whole = newer->time_ns - older->time_ns;
		if (part > whole)
			part = whole;
		s.time_ns = time_ns;
		s.some_ns = between(older->some_ns, newer->some_ns, part, whole);
		s.full_ns = between(older->full_ns, newer->full_ns, part, whole);
		s.available_kib = between(older->available_kib, newer->available_kib, part, whole);
		s.scanned_pages = between(older->scanned_pages, newer->scanned_pages, part, whole);
		s.reclaimed_pages =
			between(older->reclaimed_pages, newer->reclaimed_pages, part, whole);
		return s;
	}
	return *history_at(h, h->count ? h->count - 1 : 0);
}

/* The sums at the left edge of the window that ends now; never before the last rebase. */
static struct sample window_begin(const struct assess *a, __u64 window_ns)
{
	__u64 now = a->now.time_ns;
	__u64 from = now > window_ns ? now - window_ns : 0;
	const struct history *h = &a->fine;

	if (from < a->base_ns)
		from = a->base_ns < now ? a->base_ns : now;
	if (h->count == HISTORY_SAMPLES && history_at(h, h->count - 1)->time_ns > from)
		h = &a->coarse;
	return history_find(h, from);
}

/* What a sum grew by. One that went back (a cgroup made anew) did not grow. */
static __u64 grown(__u64 from, __u64 to)
{
	return to > from ? to - from : 0;
}

static __s64 permille(__u64 part, __u64 whole)
{
	if (!whole)
		return 0;
	if (part >= whole)
		return 1000;
	return (__s64)((unsigned __int128)part * 1000 / whole);
}

/* By how much available memory shrinks, in KiB/s; negative when it grows. */
static __s64 shrink_kib_s(const struct assess *a, __u64 window_ns)
{
	struct sample from = window_begin(a, window_ns);
	__u64 span = grown(from.time_ns, a->now.time_ns);
	__int128 rate;

	if (!span)
		return 0;
	/* Right after memory came back a few milliseconds tell nothing of a rate. */
	if (span < window_ns / RATE_PART)
		span = window_ns / RATE_PART;
	rate = (__int128)from.available_kib - a->now.mem_available_kib;
	rate = rate * (__int128)NS_PER_S / span;
	return rate > S64_MAX ? S64_MAX : rate < -S64_MAX ? -S64_MAX : (__s64)rate;
}

static __s64 exhaustion_ms(const struct assess *a, __u64 window_ns)
{
	unsigned __int128 ms;
	__s64 rate;

	/* A soft limit throttles; it is never run out of. */
	if (a->now.flags & FACT_SOFT_LIMIT)
		return SIGNAL_NEVER_MS;
	if (!a->now.mem_available_kib || a->now.retry_loops >= RETRY_LOOPS_EXHAUSTED)
		return 0;
	rate = shrink_kib_s(a, window_ns);
	if (rate <= 0)
		return SIGNAL_NEVER_MS;
	ms = (unsigned __int128)a->now.mem_available_kib * 1000 / (__u64)rate;
	return ms < SIGNAL_NEVER_MS ? (__s64)ms : SIGNAL_NEVER_MS;
}

static __s64 efficiency(const struct assess *a, __u64 window_ns)
{
	struct sample from = window_begin(a, window_ns);
	__u64 scanned = grown(from.scanned_pages, a->now.scanned_pages);

	return scanned ? permille(grown(from.reclaimed_pages, a->now.reclaimed_pages), scanned) :
			 1000;
}

bool assess_value(const struct assess *a, enum signal signal, __u64 window_ns, __s64 *ret)
{
	switch (signal) {
	case SIGNAL_PSI_SOME:
		*ret = permille(grown(window_begin(a, window_ns).some_ns, a->now.some_ns),
				window_ns);
		return true;
	case SIGNAL_PSI_FULL:
		*ret = permille(grown(window_begin(a, window_ns).full_ns, a->now.full_ns),
				window_ns);
		return true;
	case SIGNAL_MEM_AVAILABLE:
		*ret = permille(a->now.mem_available_kib, a->now.mem_total_kib);
		return true;
	case SIGNAL_SWAP_FREE:
		if (!a->now.swap_total_kib)
			return false;
		*ret = permille(a->now.swap_free_kib, a->now.swap_total_kib);
		return true;
	case SIGNAL_EXHAUSTION:
		*ret = exhaustion_ms(a, window_ns);
		return true;
	case SIGNAL_EFFICIENCY:
		*ret = efficiency(a, window_ns);
		return true;
	case SIGNAL_STUCK:
		*ret = (__s64)(a->now.stuck_ns / NS_PER_MS);
		return true;
	case SIGNAL_GROWTH:
		*ret = shrink_kib_s(a, window_ns);
		return true;
	case SIGNALS:
		break;
	}
	return false;
}
