/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stream.h - ring buffer bytes to checked, typed events.
 *
 * The kernel side and the agent may be of different builds for a moment (a pinned map, an old
 * recording): a record of an unknown type, or of a size that its type does not have, is counted and
 * dropped, never believed.
 */
#ifndef REAPD_STREAM_H
#define REAPD_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/event.h>

/* Size of a record of this type, 0 for a type that there is not. */
size_t stream_size(__u32 type);

/* Is this a whole record of a type we know? len is what the ring said. */
bool stream_check(const void *data, size_t len);

struct stream;

typedef void stream_fn(void *ctx, const struct event *e);

/* Consume the ring behind map_fd (not taken over). 0 or negative errno. */
int stream_open(struct stream **ret, int map_fd, stream_fn *fn, void *ctx);
struct stream *stream_free(struct stream *s); /* always NULL */

/*
 * Hand out what is there, at most max records (a flood must not hold the loop). Returns how many,
 * or a negative errno.
 */
int stream_drain(struct stream *s, int max);

/* Records dropped because they were malformed. */
__u64 stream_malformed(const struct stream *s);

#endif
