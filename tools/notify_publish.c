// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * notify_publish.c - what the agent tells, as signals on the system bus. When there is no agent, or no
 * longer, one is looked for every few seconds.
 */
#include "notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client.h"

/* An agent that is started again is back within this time. */
#define RETRY_USEC 2000000

struct publisher {
	sd_event *event;
	sd_bus *bus;
	struct names names;
	const char *run_dir;
	int fd; /* of the agent; -1: none */
	sd_event_source *io, *retry;
	bool said; /* that there is no agent */
	int level; /* enum control_level */
	struct frame frame;
};

static int connect_agent(sd_event_source *source, uint64_t usec, void *ctx);

static void retry_later(struct publisher *p)
{
	p->io = sd_event_source_unref(p->io);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->retry = sd_event_source_unref(p->retry);
	sd_event_add_time_relative(p->event, &p->retry, CLOCK_MONOTONIC, RETRY_USEC, 0,
				   connect_agent, p);
}

static void say_level(struct publisher *p, int level)
{
	bool rises = level > p->level;

	p->level = level;
	if (!rises || !p->names.levels)
		return;
	sd_bus_emit_signal(p->bus, LEVELS_PATH, LEVELS_NAME, LEVELS_WARNING, "y",
			   notice_level(level));
}

static void say_record(struct publisher *p, const struct kill_record *r)
{
	struct notice n;
	char reason[64];
	int err;

	notice_of(&n, r);
	err = bus_send_notice(p->bus, &n);
	if (err)
		complain("kill %llu could not be told: %s", r->kill_id, strerror(-err));
	if (!p->names.oomd || !notice_of_oomd(&n))
		return;
	sd_bus_emit_signal(p->bus, OOMD_PATH, OOMD_INTERFACE, OOMD_KILLED, "ss", n.cgroup,
			   notice_reason(reason, sizeof(reason), r));
}

static int on_frame(sd_event_source *source, int fd, uint32_t events, void *ctx)
{
	struct publisher *p = ctx;
	const struct kill_record *r;
	int got = client_next(fd, &p->frame);

	(void)source, (void)events;
	if (got == -EINTR)
		return 0;
	if (got <= 0) {
		complain("connection to the agent lost%s%s", got == -ECONNRESET || !got ? "" : ": ",
			 got == -ECONNRESET || !got ? "" :
			 got == -EPROTO		    ? "it is of another version" :
						      strerror(-got));
		retry_later(p);
		return 0;
	}
	r = frame_as(&p->frame, CONTROL_KILL, sizeof(*r));
	if (r)
		say_record(p, r);
	else if (frame_as(&p->frame, CONTROL_LEVEL, 0))
		say_level(p, p->frame.hdr.arg);
	return 0;
}

static int connect_agent(sd_event_source *source, uint64_t usec, void *ctx)
{
	struct publisher *p = ctx;
	int err;

	(void)source, (void)usec;
	p->fd = client_try(p->run_dir);
	err = p->fd < 0 ? p->fd : client_request(p->fd, CONTROL_EVENTS, 0);
	if (!err)
		err = sd_event_add_io(p->event, &p->io, p->fd, EPOLLIN, on_frame, p);
	if (err >= 0) {
		complain("connected to the agent on %s", p->run_dir);
		p->said = false;
		return 0;
	}
	if (!p->said)
		complain("waiting for an agent on %s: %s", p->run_dir, strerror(-err));
	p->said = true;
	retry_later(p);
	return 0;
}

int publisher_start(struct publisher **ret, sd_event *event, const char *run_dir)
{
	struct publisher *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->event = event;
	p->run_dir = run_dir;
	p->fd = -1;
	err = bus_open(sd_bus_open_system, &p->bus, event, "system");
	if (err >= 0)
		err = bus_publish(p->bus, &p->names);
	if (err < 0) {
		publisher_stop(p);
		return err;
	}
	connect_agent(NULL, 0, p);
	*ret = p;
	return 0;
}

struct publisher *publisher_stop(struct publisher *p)
{
	if (!p)
		return NULL;
	sd_event_source_unref(p->io);
	sd_event_source_unref(p->retry);
	if (p->fd >= 0)
		close(p->fd);
	sd_bus_flush_close_unref(p->bus);
	free(p);
	return NULL;
}
