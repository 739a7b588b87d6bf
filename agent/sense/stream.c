// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "stream.h"

#include <errno.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

struct stream {
	struct ring_buffer *ring;
	stream_fn *fn;
	void *ctx;
	int room; /* records that this drain may still take */
	__u64 malformed;
};

size_t stream_size(__u32 type)
{
	static const size_t sizes[EV_TYPES] = {
		[EV_EDGE] = sizeof(struct event_edge), [EV_OOM] = sizeof(struct event_oom),
		[EV_KILL] = sizeof(struct event_kill), [EV_RSS] = sizeof(struct event_rss),
		[EV_TASK] = sizeof(struct event_task), [EV_ADJ] = sizeof(struct event_adj),
		[EV_EXIT] = sizeof(struct event_exit), [EV_CGROUP] = sizeof(struct event_cgroup),
	};

	return type < EV_TYPES ? sizes[type] : 0;
}

bool stream_check(const void *data, size_t len)
{
	const struct event *e = data;

	return len >= sizeof(*e) && stream_size(e->type) && e->size == stream_size(e->type) &&
	       len >= e->size;
}

static int on_record(void *ctx, void *data, size_t len)
{
	struct stream *s = ctx;

	if (stream_check(data, len))
		s->fn(s->ctx, data);
	else
		s->malformed++;
	/* An error stops libbpf's loop; the record counts as consumed. */
	return --s->room > 0 ? 0 : -ENOSPC;
}

int stream_open(struct stream **ret, int map_fd, stream_fn *fn, void *ctx)
{
	struct stream *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->fn = fn;
	s->ctx = ctx;
	s->ring = ring_buffer__new(map_fd, on_record, s, NULL);
	err = (int)libbpf_get_error(s->ring);
	if (err) {
		free(s);
		return err;
	}
	*ret = s;
	return 0;
}

struct stream *stream_free(struct stream *s)
{
	if (s) {
		ring_buffer__free(s->ring);
		free(s);
	}
	return NULL;
}

int stream_drain(struct stream *s, int max)
{
	int n;

	s->room = max;
	n = ring_buffer__consume(s->ring);
	return n == -ENOSPC ? max : n;
}

__u64 stream_malformed(const struct stream *s)
{
	return s->malformed;
}
