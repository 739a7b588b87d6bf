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

/* A slot of reclaim that is older was missed at its end: try_to_free_pages() is some ms a round. */
#define SLOT_LONGEST_NS (10 * NS_PER_S)

int snapshots_open(struct snapshots *s, const struct hooks *hooks, int cgroup_fd)
{
	int err;

	s->hooks = hooks;
	if (!hook_classic(hooks))
		return 0;
	err = procs_open(&s->procs, "/proc", hook_map_fd(hooks, HOOK_MAP_NAMES), cgroup_fd);
	s->procs.reader.moves_unseen = !hook_answers(hooks, "process_move");
	return err;
}

/* Until there was a first dma-buf it is not known what the files of them look like. */
static void learn_dmabufs(const struct hooks *hooks)
{
	int fd = hook_board(hooks)->dmabuf_ops ? -1 : hook_dmabufs_open(hooks);
	char none;

	if (fd < 0)
		return;
	while (read(fd, &none, sizeof(none)) > 0)
		;
	close(fd);
}

int snapshots_prepare(struct snapshots *s, const struct table *t)
{
	struct board *b = hook_board(s->hooks);
	char none;
	int fd;

	if (hook_classic(s->hooks)) {
		procs_keep(&s->procs, t);
		return 0;
	}
	resident_touch(buf, sizeof(buf));
	if (s->n < SNAPSHOTS_READY)
		learn_dmabufs(s->hooks);
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
	procs_close(&s->procs);
}

/* What the iterator does where it is: it asks the task itself. */
static void check_slots(struct board *b)
{
	__u64 now = clock_now_ns();

	for (int i = 0; i < BOARD_SLOTS; i++) {
		if (b->reclaims[i].tid && now > b->reclaims[i].since_ns + SLOT_LONGEST_NS)
			b->reclaims[i].tid = 0;
	}
}

bool snapshots_go_on(struct snapshots *s, bool memory_short, struct table *t)
{
	if (!hook_classic(s->hooks) || !procs_go_on(&s->procs, t, memory_short))
		return false;
	check_slots(hook_board(s->hooks));
	return true;
}

static int take_files(struct snapshots *s, __u32 flags, __u64 mm_id, bool may_allocate,
		      struct table *t)
{
	if (mm_id)
		return -EOPNOTSUPP;
	if (flags & SNAPSHOT_SIZES)
		return procs_look(&s->procs, t);
	if (!may_allocate && !procs_due(&s->procs, clock_now_ns(), true))
		return -EAGAIN;
	check_slots(hook_board(s->hooks));
	return procs_pass(&s->procs, t);
}

int snapshots_take(struct snapshots *s, __u32 flags, __u64 mm_id, bool may_allocate,
		   struct table *t)
{
	struct board *b = hook_board(s->hooks);

	if (hook_classic(s->hooks))
		return take_files(s, flags, mm_id, may_allocate, t);
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
