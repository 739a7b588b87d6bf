// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "snapshot.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/resident.h"
#include "stream.h"

/* What one read of the iterator fills; the kernel's own buffer is as large. */
static _Alignas(8) char buf[32 * 1024];

int snapshots_prepare(struct snapshots *s)
{
	struct board *b = hook_board(s->hooks);
	char none;
	int fd;

	resident_touch(buf, sizeof(buf));
	while (s->n < SNAPSHOTS_READY) {
		b->snapshot_flags = SNAPSHOT_NAMES;
		b->snapshot_mm_id = 0;
		fd = hook_snapshot_open(s->hooks);
		if (fd < 0)
			return fd;
		if (read(fd, &none, 0) < 0) {
			close(fd);
			return -errno;
		}
		s->fd[s->n++] = fd;
	}
	return 0;
}

void snapshots_done(struct snapshots *s)
{
	while (s->n)
		close(s->fd[--s->n]);
}

int snapshots_take(struct snapshots *s, __u32 flags, __u64 mm_id, bool may_allocate,
		   struct table *t)
{
	struct board *b = hook_board(s->hooks);

	if (!s->n && !may_allocate)
		return -EAGAIN;
	b->snapshot_flags = flags;
	b->snapshot_mm_id = mm_id;
	b->snapshot_ns = clock_now_ns();
	return snapshot_read(s->n ? s->fd[--s->n] : hook_snapshot_open(s->hooks), t);
}

int snapshot_read(int fd, struct table *t)
{
	const struct event *e;
	size_t have = 0, at;
	ssize_t len;

	if (fd < 0)
		return fd;
	while ((len = read(fd, buf + have, sizeof(buf) - have)) > 0) {
		have += (size_t)len;
		for (at = 0; have - at >= sizeof(*e); at += e->size) {
			e = (const struct event *)(buf + at);
			if (!e->size || e->size != stream_size(e->type))
				goto damaged;
			if (e->size > have - at)
				break;
			table_apply(t, e);
		}
		/* Where pages are large a read can end inside a record. */
		have -= at;
		memmove(buf, buf + at, have);
	}
	if (len < 0)
		len = -errno;
	else if (have)
		goto damaged;
	close(fd);
	return (int)len;
damaged:
	close(fd);
	return -EPROTO;
}
