// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "assess.h"

#include <string.h>

#define NS_PER_MS 1000000ULL

/* 3 s at the fastest tick of 3 ms, 13 s, and the 10 minutes that a rule may ask for. */
const struct history_shape system_history = {
	.samples = { 1024, 512, 512 },
	.step_ns = { 1 * NS_PER_MS, 25 * NS_PER_MS, 1250 * NS_PER_MS },
};

/* A cgroup is looked at every 50 ms and less often: 3 s, 41 s, and the 10 minutes. */
const struct history_shape cgroup_history = {
	.samples = { 64, 64, 96 },
	.step_ns = { 50 * NS_PER_MS, 640 * NS_PER_MS, 6400 * NS_PER_MS },
};

static void take_shape(struct assess *a, const struct history_shape *shape, struct sample *storage)
{
	for (int i = 0; i < HISTORIES; i++) {
		a->history[i].size = shape->samples[i];
		a->history[i].step_ns = shape->step_ns[i];
		a->history[i].sample = storage;
		storage += shape->samples[i];
	}
}

void assess_init(struct assess *a, struct history_shape shape, struct sample *storage)
{
	memset(a, 0, sizeof(*a));
	take_shape(a, &shape, storage);
}

__u32 assess_samples(const struct assess *a)
{
	__u32 n = 0;

	for (int i = 0; i < HISTORIES; i++)
		n += a->history[i].size;
	return n;
}

static const struct sample *history_at(const struct history *h, __u32 back)
{
	return &h->sample[(h->newest + h->size - back) % h->size];
}

static void history_drop_newest(struct history *h)
{
	h->newest = (h->newest + h->size - 1) % h->size;
	h->count--;
}

/*
 * Append; times only grow, so what is not older than the new sample goes first. The newest sample is
 * always kept; it gives way to the next one when it came less than a step after the one before it.
 */
static void history_push(struct history *h, const struct sample *s)
{
	while (h->count && history_at(h, 0)->time_ns >= s->time_ns)
		history_drop_newest(h);
	if (h->count > 1 && history_at(h, 0)->time_ns - history_at(h, 1)->time_ns < h->step_ns)
		history_drop_newest(h);
	h->newest = (h->newest + 1) % h->size;
	if (h->count < h->size)
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
		.swap_used_kib = facts->swap_total_kib - facts->swap_free_kib,
		.scanned_pages = facts->scanned_pages,
		.reclaimed_pages = facts->reclaimed_pages,
		.refaulted_pages = facts->refaulted_pages,
		.oom_kills = facts->oom_kills,
		.high_events = facts->high_events,
		.max_events = facts->max_events,
		.oom_events = facts->oom_events,
	};

	a->now = *facts;
	for (int i = 0; i < HISTORIES; i++)
		history_push(&a->history[i], &s);
}

/* Indices in their bounds, times that only grow, up to the last facts. */
static bool history_valid(const struct history *h, __u64 now_ns)
{
	if (h->newest >= h->size || h->count > h->size)
		return false;
	if (h->count && history_at(h, 0)->time_ns != now_ns)
		return false;
	for (__u32 back = 1; back < h->count; back++) {
		if (history_at(h, back)->time_ns >= history_at(h, back - 1)->time_ns)
			return false;
	}
	return true;
}

bool assess_adopt(struct assess *a, struct history_shape shape, struct sample *storage)
{
	bool valid = true;

	take_shape(a, &shape, storage);
	for (int i = 0; i < HISTORIES; i++)
		valid &= history_valid(&a->history[i], a->now.time_ns);
	return valid;
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

static struct sample sample_between(const struct sample *from, const struct sample *to, __u64 part,
				    __u64 whole, __u64 time_ns)
{
	return (struct sample){
		.time_ns = time_ns,
#define BETWEEN(field) .field = between(from->field, to->field, part, whole)
		BETWEEN(some_ns),
		BETWEEN(full_ns),
		BETWEEN(available_kib),
		BETWEEN(swap_used_kib),
		BETWEEN(scanned_pages),
		BETWEEN(reclaimed_pages),
		BETWEEN(refaulted_pages),
		BETWEEN(oom_kills),
		BETWEEN(high_events),
		BETWEEN(max_events),
		BETWEEN(oom_events),
#undef BETWEEN
	};
}

/* The sums as they were at a time: between two samples evenly; before the first, the first. */
static struct sample history_find(const struct history *h, __u64 time_ns)
{
	const struct sample *older, *newer = history_at(h, 0);
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
		return sample_between(older, newer, part, whole, time_ns);
	}
	return *history_at(h, h->count ? h->count - 1 : 0);
}

struct sample assess_window_begin(const struct assess *a, __u64 window_ns)
{
	__u64 now = a->now.time_ns;
	__u64 from = now > window_ns ? now - window_ns : 0;
	const struct history *h = a->history, *last = &a->history[HISTORIES - 1];

	if (from < a->base_ns)
		from = a->base_ns < now ? a->base_ns : now;
	while (h < last && h->count == h->size && history_at(h, h->count - 1)->time_ns > from)
		h++;
	return history_find(h, from);
}
