// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "marker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/record_text.h"

/* The kernel cuts a line at some 1,000 bytes; a name has 128. */
#define LINE   320
#define MARKER "/sys/kernel/tracing/trace_marker"

static int marker_fd = -1;

void marker_set(bool on)
{
	if (on && marker_fd < 0) {
		marker_fd = open(MARKER, O_WRONLY | O_CLOEXEC);
		if (marker_fd < 0)
			log_warn("no kills in the kernel's trace: " MARKER ": %s", strerror(errno));
	} else if (!on && marker_fd >= 0) {
		close(marker_fd);
		marker_fd = -1;
	}
}

/* A trace that is not being taken refuses it: nobody misses it then. */
__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
	char line[LINE];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len >= (int)sizeof(line))
		len = sizeof(line) - 1;
	if (len > 0 && write(marker_fd, line, (size_t)len) < 0)
		return;
}

static void slice(char what, const struct kill_record *r, const char *name)
{
	put("%c|%d|reapd %s|%llu", what, getpid(), name, r->kill_id);
}

static long long us_before(const struct kill_record *r, enum stage stage)
{
	if (!r->stage_ns[stage])
		return 0;
	return (long long)(r->stage_ns[STAGE_DECIDED] - r->stage_ns[stage]) / (long long)NS_PER_US;
}

void marker_begin(const struct kill_record *r)
{
	if (marker_fd < 0)
		return;
	slice('S', r, "kill");
	for (int stage = STAGE_RELEASED; stage < STAGES; stage++)
		slice('S', r, stage_name((__u32)stage));
	put("I|%d|reapd kill %llu: %s (pid %u), edge %lld us and wake %lld us before the decision",
	    getpid(), r->kill_id, r->name[0] ? r->name : r->comm, r->tgid, us_before(r, STAGE_EDGE),
	    us_before(r, STAGE_WAKE));
}

void marker_stage(const struct kill_record *r, enum stage stage)
{
	if (marker_fd >= 0)
		slice('F', r, stage_name(stage));
}

void marker_end(const struct kill_record *r)
{
	if (marker_fd < 0)
		return;
	for (int stage = STAGE_RELEASED; stage < STAGES; stage++) {
		if (!r->stage_ns[stage])
			slice('F', r, stage_name((__u32)stage));
	}
	slice('F', r, "kill");
}
