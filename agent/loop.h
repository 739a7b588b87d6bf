/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loop.h - one epoll, and who is called for what.
 */
#ifndef REAPD_LOOP_H
#define REAPD_LOOP_H

#include <stdint.h>

struct loop;
struct pulse;

typedef void loop_fn(void *ctx, uint32_t events);

/* 0 or negative errno. */
int loop_open(struct loop **ret);
struct loop *loop_free(struct loop *l); /* always NULL; file descriptors stay the callers' */

/* Call fn when the fd is ready. 0 or negative errno (-ENOSPC: too many). */
int loop_add(struct loop *l, int fd, uint32_t events, loop_fn *fn, void *ctx);

/* Never again, not even for events that were already fetched. Before the fd is closed. */
void loop_del(struct loop *l, int fd);

/* A thread watches it through this (pulse.h); NULL: no more. */
void loop_watched(struct loop *l, struct pulse *pulse);

/* Until loop_stop(). 0 or negative errno. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* A timerfd for CLOCK_MONOTONIC. Fires every period_ns; 0 = never. */
int timer_open(void);
void timer_set(int fd, uint64_t period_ns);

/* Take the expiry off, so that it can fire again. */
void timer_ack(int fd);

#endif
