/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * events.h - ring records as the kernel side would make them, for the tests of the process table.
 */
#ifndef REAPD_TEST_EVENTS_H
#define REAPD_TEST_EVENTS_H

#include <string.h>

#include <reapd/event.h>

/* A process of 1000 KiB, alone with its memory; the caller changes what it wants otherwise. */
static inline struct event_task task_event(__u32 what, __u32 tgid, __u64 start_ns)
{
	struct event_task e;

	memset(&e, 0, sizeof(e));
	e.hdr = (struct event){ .type = EV_TASK, .size = sizeof(e), .time_ns = 1000 };
	e.what = what;
	e.tgid = tgid;
	e.start_ns = start_ns;
	e.mm_id = 0x100000 + tgid;
	e.cgroup_id = 7;
	e.ppid = 1;
	e.threads = 1;
	e.anon_kib = 1000;
	memcpy(e.comm, "comm", 5);
	return e;
}

static inline struct event_rss rss_event(__u32 tgid, __u64 start_ns, __u64 time_ns, __u32 anon_kib)
{
	return (struct event_rss){
		.hdr = { .type = EV_RSS, .size = sizeof(struct event_rss), .time_ns = time_ns },
		.tgid = tgid,
		.start_ns = start_ns,
		.mm_id = 0x100000 + tgid,
		.anon_kib = anon_kib
	};
}

static inline struct event_adj adj_event(__u32 tgid, __u64 start_ns, __u64 time_ns, __s16 adj)
{
	return (struct event_adj){
		.hdr = { .type = EV_ADJ, .size = sizeof(struct event_adj), .time_ns = time_ns },
		.tgid = tgid,
		.start_ns = start_ns,
		.oom_score_adj = adj
	};
}

static inline struct event_exit exit_event(__u32 tgid, __u64 start_ns)
{
	return (struct event_exit){ .hdr = { .type = EV_EXIT, .size = sizeof(struct event_exit) },
				    .tgid = tgid,
				    .start_ns = start_ns };
}

/* A path that is too long is cut at its end. */
static inline struct event_cgroup cgroup_event(__u32 what, __u64 id, const char *path)
{
	struct event_cgroup e = { .hdr = { .type = EV_CGROUP, .size = sizeof(e) },
				  .cgroup_id = id,
				  .what = what };

	strncpy(e.path, path, sizeof(e.path) - 1);
	return e;
}

#endif
