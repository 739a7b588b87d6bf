/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * outbox.h - what the agent tells without being asked: events to subscribers, the metrics file.
 *
 * A thread of its own sends and writes. To send on a socket and to write a file take memory, and where
 * there is none the kernel makes the caller wait for it: the loop, which has somebody to kill, only
 * copies into memory that it has and wakes the thread. One thread may call these (the loop).
 */
#ifndef REAPD_OUTBOX_H
#define REAPD_OUTBOX_H

#include <reapd/control.h>

#include "metrics.h"

struct outbox;

/* metrics_file is copied; "" = none. 0 or negative errno. */
int outbox_start(struct outbox **ret, const char *metrics_file);

/* What is in it goes out first. The metrics file is removed: who reads it sees that we are gone. NULL. */
struct outbox *outbox_stop(struct outbox *o);

/*
 * From now on this socket (a copy of it) gets events; the first is CONTROL_LEVEL with `level`. One that
 * does not read is shut down. -EAGAIN: the thread is far behind; else 0 or negative errno.
 */
int outbox_subscribe(struct outbox *o, int fd, int level);

/* An event for all subscribers. Of more than a struct kill_record, or when it is full: lost, and said. */
void outbox_event(struct outbox *o, enum control_type type, int arg, const void *payload,
		  size_t size);

/*
 * The metrics to be written next: for the caller to fill, then outbox_write(). NULL: there is no file.
 * Of what comes faster than it is written only the last is.
 */
struct metrics *outbox_metrics(struct outbox *o);
void outbox_write(struct outbox *o);

#endif
