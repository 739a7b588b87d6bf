// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "pulse.h"

/* Rings, triggers, timers, signals, control, and a pidfd for each victim. */
#define LOOP_MAX   32
#define LOOP_BATCH 8

struct handler {
	int fd; /* -1 = free */
	loop_fn *fn;
	void *ctx;
};

struct loop {
	int epoll_fd;
	bool stop;
	struct pulse *pulse; /* NULL: nobody watches */
	struct handler handler[LOOP_MAX];
};

int loop_open(struct loop **ret)
{
	struct loop *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	for (int i = 0; i < LOOP_MAX; i++)
		l->handler[i].fd = -1;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0) {
		err = -errno;
		free(l);
		return err;
	}
	*ret = l;
	return 0;
}

struct loop *loop_free(struct loop *l)
{
	if (l) {
		close(l->epoll_fd);
		free(l);
	}
	return NULL;
}

static struct handler *find(struct loop *l, int fd)
{
	for (int i = 0; i < LOOP_MAX; i++) {
		if (l->handler[i].fd == fd)
			return &l->handler[i];
	}
	return NULL;
}

int loop_add(struct loop *l, int fd, uint32_t events, loop_fn *fn, void *ctx)
{
	struct handler *h = find(l, -1);
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (!h)
		return -ENOSPC;
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	*h = (struct handler){ .fd = fd, .fn = fn, .ctx = ctx };
	return 0;
}

void loop_del(struct loop *l, int fd)
{
	struct handler *h = find(l, fd);

	if (!h)
		return;
	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	h->fd = -1;
}

int loop_run(struct loop *l)
{
	struct epoll_event events[LOOP_BATCH];
	struct handler *h;
	int n;

	while (!l->stop) {
		n = epoll_wait(l->epoll_fd, events, LOOP_BATCH, -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n; i++) {
			/* By fd and not by pointer: an earlier handler may have taken it out. */
			h = find(l, events[i].data.fd);
			if (!h)
				continue;
			pulse_begin(l->pulse);
			h->fn(h->ctx, events[i].events);
			pulse_end(l->pulse);
		}
	}
	return 0;
}

void loop_watched(struct loop *l, struct pulse *pulse)
{
	l->pulse = pulse;
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}

int timer_open(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

void timer_set(int fd, uint64_t period_ns)
{
	struct timespec period = {
		.tv_sec = (time_t)(period_ns / NS_PER_S),
		.tv_nsec = (long)(period_ns % NS_PER_S),
	};
	struct itimerspec spec = { .it_interval = period, .it_value = period };

	timerfd_settime(fd, 0, &spec, NULL);
}

void timer_ack(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return; /* was read already */
}
