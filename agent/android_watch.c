// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "android_watch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "agent.h"
#include "base/log.h"
#include "death.h"
#include "recording.h"
#include "watch.h"

/* What never ends, and can still be added to a time. */
#define FOREVER_NS (1ULL << 62)

static bool wanted(const struct agent *a)
{
	return a->strategy->push;
}

static int open_trigger(const char *path, const char *what, __u32 stall_ms, __u32 window_ms)
{
	int fd;

	if (!stall_ms)
		return -1;
	fd = psi_trigger_open(path, what, stall_ms * NS_PER_MS, window_ms * NS_PER_MS);
	if (fd < 0)
		log_warn("no trigger for %s stalls, the sums of %s are read instead: %s", what,
			 path, strerror(-fd));
	return fd < 0 ? -1 : fd;
}

/* lmkd's own, where the kernel side does not add stalls up as they happen. */
static void open_triggers(struct agent *a)
{
	const struct android_policy *p = &a->config.policy.android;
	char path[2 * PATH_MAX] = "/proc/pressure/memory";

	if (a->gather.psi_in_kernel)
		return;
	if (cgroups_scope_id(a->cgroups))
		cgroups_scope_file(a->cgroups, path, sizeof(path), "memory.pressure");
	a->android.partial_fd = open_trigger(path, "some", p->partial_stall_ms, p->window_ms);
	a->android.complete_fd = open_trigger(path, "full", p->complete_stall_ms, p->window_ms);
}

int android_start(struct agent *a)
{
	a->android.partial_fd = a->android.complete_fd = -1;
	if (!wanted(a))
		return 0;
	open_triggers(a);
	return android_open(&a->android.sense);
}

static void close_trigger(struct agent *a, int *fd)
{
	if (*fd <= 0)
		return;
	if (a->loop)
		loop_del(a->loop, *fd);
	close(*fd);
	*fd = -1;
}

void android_stop(struct agent *a)
{
	if (a->android.sense.meminfo_fd > 0)
		android_close(&a->android.sense);
	close_trigger(a, &a->android.partial_fd);
	close_trigger(a, &a->android.complete_fd);
}

void android_reload(struct agent *a)
{
	struct android_watch *w = &a->android;

	if (!wanted(a))
		return;
	close_trigger(a, &w->partial_fd);
	close_trigger(a, &w->complete_fd);
	open_triggers(a);
	if (w->partial_fd >= 0 && loop_add(a->loop, w->partial_fd, EPOLLPRI, android_on_partial, a))
		close_trigger(a, &w->partial_fd);
	if (w->complete_fd >= 0 &&
	    loop_add(a->loop, w->complete_fd, EPOLLPRI, android_on_complete, a))
		close_trigger(a, &w->complete_fd);
}

static void take_events(struct agent *a, struct android_facts *f)
{
	struct android_watch *w = &a->android;

	f->flags = w->events;
	f->vendor_reason = (__u16)(w->vendor >> 16);
	f->vendor_score = (__s16)w->vendor;
	if (w->partial_fd < 0 || w->complete_fd < 0)
		f->flags |= ANDROID_SUMS;
	if (death_pending(a))
		f->flags |= ANDROID_WAITING;
	if (a->facts.retry_loops)
		f->flags |= ANDROID_FRUITLESS;
	w->events = 0;
}

static void push(struct agent *a, const struct android_facts *f)
{
	a->strategy->push(&a->config.policy, &a->places, f);
	recording_android_facts(a, f);
}

/* Those that were read last. */
static void take_watermarks(const struct agent *a, struct android_facts *ret)
{
	const struct android_facts *last = &a->android.sense.last;

	ret->watermark_ns = last->watermark_ns;
	ret->min_kib = last->min_kib;
	ret->low_kib = last->low_kib;
	ret->high_kib = last->high_kib;
}

void android_take(struct agent *a)
{
	struct android_watch *w = &a->android;
	struct android_facts f;
	int err;

	if (!wanted(a))
		return;
	err = android_gather(&w->sense, a->board, a->facts.time_ns, a->facts.page_kib, &f);
	if (err && !w->blind)
		log_warn("cannot read what strategy android looks at, trying on: %s",
			 strerror(-err));
	w->blind = err;
	if (err) {
		a->places.android.row = 0; /* it was decided of other facts */
		recording_android(a);
		return;
	}
	take_events(a, &f);
	push(a, &f);
	if (!a->places.android.want_watermarks ||
	    android_watermarks_read(&w->sense, f.time_ns, f.page_kib))
		return;
	take_watermarks(a, &f);
	push(a, &f);
}

void android_on_partial(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	a->android.events |= ANDROID_PARTIAL;
	watch_on_trigger(a, events);
}

void android_on_complete(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	a->android.events |= ANDROID_COMPLETE;
	watch_on_trigger(a, events);
}

void android_on_vendor(struct agent *a, __u32 arg)
{
	a->android.events |= ANDROID_VENDOR;
	a->android.vendor = arg;
}

void android_killed(struct agent *a, const struct verdict *v)
{
	if (!a->strategy->killed)
		return;
	a->strategy->killed(&a->config.policy, &a->places, v);
	recording_android(a);
}

void android_failed(struct agent *a)
{
	if (!a->strategy->failed)
		return;
	a->strategy->failed(&a->places);
	recording_android(a);
}

void android_calm(struct agent *a)
{
	if (!wanted(a) ||
	    android_watermarks_read(&a->android.sense, a->facts.time_ns, a->facts.page_kib))
		return;
	take_watermarks(a, &a->places.android.now);
	recording_android(a);
}

__u64 android_patience_ns(const struct agent *a)
{
	__u64 ms = a->config.policy.android.kill_timeout_ms;

	if (!wanted(a))
		return a->config.kill_timeout_ns;
	return ms ? ms * NS_PER_MS : FOREVER_NS;
}
