// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* assess_value.c - what each signal is: levels of now, and what sums grew by in a window. */
#include "assess.h"

#define NS_PER_S  1000000000ULL
#define NS_PER_MS 1000000ULL
#define S64_MAX	  0x7fffffffffffffffLL

/*
 * Rounds of reclaim without any progress after which memory counts as gone: the kernel kills at 16
 * (MAX_RECLAIM_RETRIES), a round takes from 0.1 ms, so half of them leave time to act.
 */
#define RETRY_LOOPS_EXHAUSTED 8

/* A thousand times the cache: past any limit that a rule can have, and no overflow. */
#define REFAULT_MAX 1000000

/* A rate is never taken over less than a quarter of its window. */
#define RATE_PART 4

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

/* What goes from `more_kib` to `less_kib` since `then_ns`, in KiB/s; negative when it is the other way. */
static __s64 rate_kib_s(const struct assess *a, __u64 window_ns, __u64 then_ns, __u64 more_kib,
			__u64 less_kib)
{
	__u64 span = grown(then_ns, a->now.time_ns);
	__int128 rate;

	if (!span)
		return 0;
	/* Right after memory came back a few milliseconds tell nothing of a rate. */
	if (span < window_ns / RATE_PART)
		span = window_ns / RATE_PART;
	rate = ((__int128)more_kib - less_kib) * (__int128)NS_PER_S / span;
	return rate > S64_MAX ? S64_MAX : rate < -S64_MAX ? -S64_MAX : (__s64)rate;
}

/* Of available memory. */
static __s64 shrink_kib_s(const struct assess *a, __u64 window_ns)
{
	struct sample from = assess_window_begin(a, window_ns);

	return rate_kib_s(a, window_ns, from.time_ns, from.available_kib, a->now.mem_available_kib);
}

/* How long so much lasts; SIGNAL_NEVER_MS at most. */
static __s64 lasts_ms(__u64 kib, __s64 kib_s)
{
	unsigned __int128 ms;

	if (kib_s <= 0)
		return SIGNAL_NEVER_MS;
	ms = (unsigned __int128)kib * 1000 / (__u64)kib_s;
	return ms < SIGNAL_NEVER_MS ? (__s64)ms : SIGNAL_NEVER_MS;
}

static __s64 exhaustion_ms(const struct assess *a, __u64 window_ns)
{
	/* A soft limit throttles; it is never run out of. */
	if (a->now.flags & FACT_SOFT_LIMIT)
		return SIGNAL_NEVER_MS;
	if (!a->now.mem_available_kib || a->now.retry_loops >= RETRY_LOOPS_EXHAUSTED)
		return 0;
	return lasts_ms(a->now.mem_available_kib, shrink_kib_s(a, window_ns));
}

/* Of swap that is not there, or full, none is taken: it lasts for ever. */
static __s64 swap_full_ms(const struct assess *a, __u64 window_ns)
{
	struct sample from = assess_window_begin(a, window_ns);
	__u64 used_kib = a->now.swap_total_kib - a->now.swap_free_kib;

	if (!a->now.swap_free_kib)
		return SIGNAL_NEVER_MS;
	return lasts_ms(a->now.swap_free_kib,
			rate_kib_s(a, window_ns, from.time_ns, used_kib, from.swap_used_kib));
}

static __s64 efficiency(const struct assess *a, __u64 window_ns)
{
	struct sample from = assess_window_begin(a, window_ns);
	__u64 scanned = grown(from.scanned_pages, a->now.scanned_pages);

	return scanned ? permille(grown(from.reclaimed_pages, a->now.reclaimed_pages), scanned) :
			 1000;
}

/* What a sum of events grew by in the window. */
static __s64 count(const struct assess *a, __u64 window_ns, enum signal signal)
{
	struct sample from = assess_window_begin(a, window_ns);
	const struct facts *now = &a->now;

	switch (signal) {
	case SIGNAL_PGSCAN:
		return (__s64)grown(from.scanned_pages, now->scanned_pages);
	case SIGNAL_HIGH_EVENTS:
		return (__s64)grown(from.high_events, now->high_events);
	case SIGNAL_MAX_EVENTS:
		return (__s64)grown(from.max_events, now->max_events);
	case SIGNAL_OOM_EVENTS:
		return (__s64)grown(from.oom_events, now->oom_events);
	default:
		return (__s64)grown(from.oom_kills, now->oom_kills);
	}
}

/* Thousandths of the page cache; more than all of it can be read again in a window. */
static __s64 refault(const struct assess *a, __u64 window_ns)
{
	struct sample from = assess_window_begin(a, window_ns);
	unsigned __int128 kib = grown(from.refaulted_pages, a->now.refaulted_pages);

	kib *= a->now.page_kib;
	if (!a->now.file_kib)
		return kib ? REFAULT_MAX : 0;
	kib = kib * 1000 / a->now.file_kib;
	return kib < REFAULT_MAX ? (__s64)kib : REFAULT_MAX;
}

static __s64 amount(const struct record_term *term, __u64 part_kib, __u64 whole_kib)
{
	if (!(term->flags & TERM_KIB))
		return permille(part_kib, whole_kib);
	return part_kib < S64_MAX ? (__s64)part_kib : S64_MAX;
}

/* Levels, of now. */
static bool level(const struct assess *a, const struct record_term *term, __s64 *ret)
{
	const struct facts *f = &a->now;
	bool cgroup = f->flags & FACT_CGROUP;

	switch (term->signal) {
	case SIGNAL_MEM_AVAILABLE:
		*ret = amount(term, f->mem_available_kib, f->mem_total_kib);
		return true;
	case SIGNAL_MEM_FREE:
		*ret = amount(term, f->mem_free_kib, f->mem_total_kib);
		return true;
	case SIGNAL_MEM_USED:
		*ret = amount(term, grown(f->mem_available_kib, f->mem_total_kib),
			      f->mem_total_kib);
		return true;
	case SIGNAL_MEM_FILE:
		*ret = amount(term, f->file_kib, f->mem_total_kib);
		return true;
	case SIGNAL_SWAP_FREE:
		*ret = amount(term, f->swap_free_kib, f->swap_total_kib);
		return f->swap_total_kib;
	case SIGNAL_SWAP_USED:
		*ret = amount(term, grown(f->swap_free_kib, f->swap_total_kib), f->swap_total_kib);
		return f->swap_total_kib;
	case SIGNAL_ZRAM_USED:
		*ret = amount(term, f->zram_kib, f->mem_total_kib);
		return f->flags & FACT_ZRAM;
	case SIGNAL_CURRENT:
		*ret = amount(term, f->usage_kib, f->mem_total_kib);
		return cgroup;
	case SIGNAL_SWAP_CURRENT:
		*ret = (__s64)f->swap_usage_kib;
		return cgroup;
	case SIGNAL_STUCK:
		*ret = (__s64)(f->stuck_ns / NS_PER_MS);
		return true;
	default:
		return false;
	}
}

static __u64 stall_ns(const struct assess *a, __u32 signal, __u64 window_ns)
{
	struct sample then = assess_window_begin(a, window_ns);

	if (signal == SIGNAL_PSI_SOME)
		return grown(then.some_ns, a->now.some_ns);
	return grown(then.full_ns, a->now.full_ns);
}

bool assess_value(const struct assess *a, const struct record_term *term, __s64 *ret)
{
	__u64 window_ns = term->window_ms * NS_PER_MS;
	__s64 value;

	switch (term->signal) {
	case SIGNAL_PSI_SOME:
	case SIGNAL_PSI_FULL:
		if (a->now.flags & FACT_NO_PSI)
			return false;
		*ret = permille(stall_ns(a, term->signal, window_ns), window_ns);
		return true;
	case SIGNAL_EXHAUSTION:
		*ret = exhaustion_ms(a, window_ns);
		return true;
	case SIGNAL_EFFICIENCY:
		*ret = efficiency(a, window_ns);
		return true;
	case SIGNAL_SWAP_FULL:
		*ret = swap_full_ms(a, window_ns);
		return true;
	case SIGNAL_GROWTH:
		*ret = shrink_kib_s(a, window_ns);
		return true;
	case SIGNAL_REFAULT:
		*ret = refault(a, window_ns);
		return true;
	case SIGNAL_PGSCAN:
	case SIGNAL_HIGH_EVENTS:
	case SIGNAL_MAX_EVENTS:
	case SIGNAL_OOM_EVENTS:
	case SIGNAL_KERNEL_OOM:
		*ret = count(a, window_ns, term->signal);
		return true;
	default:
		if (!level(a, term, &value))
			return false;
		*ret = value;
		return true;
	}
}
