// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * snapshot.c - the iterator's output into the table.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "stream.h"
#include "table.h"

int snapshot_read(int fd, struct table *t)
{
	static _Alignas(8) char buf[32 * 1024];
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
