// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "cghold.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/file.h"
#include "../base/text.h"

/* Between two pieces it can be given up. */
#define PIECE_KIB (32ULL * 1024)

int cgroup_reclaim(const struct cgroup_target *t, __u64 kib, __u64 until_ns, __u64 *ret_kib)
{
	char text[24];
	__u64 piece;
	int err = 0;

	for (*ret_kib = 0; *ret_kib < kib; *ret_kib += piece) {
		if (clock_now_ns() > until_ns)
			return -ETIMEDOUT;
		piece = kib - *ret_kib < PIECE_KIB ? kib - *ret_kib : PIECE_KIB;
		snprintf(text, sizeof(text), "%lluK", piece);
		err = file_write_at(t->dirfd, "memory.reclaim", text);
		if (err)
			break;
	}
	return err;
}

/* What the file says, without its newline. */
static int read_value(const struct cgroup_target *t, const char *file, char *ret, size_t size)
{
	ssize_t len = file_read_at(t->dirfd, file, ret, size);

	if (len < 0)
		return (int)len;
	ret[strcspn(ret, "\n")] = 0;
	return 0;
}

int cgroup_clamp(const struct cgroup_target *t, struct cgroup_clamp *ret)
{
	struct cgroup_clamp clamp = {};
	uint64_t high, current;
	char text[24];
	int err;

	err = read_value(t, "memory.high", clamp.before, sizeof(clamp.before));
	if (!err)
		err = read_value(t, "memory.current", text, sizeof(text));
	if (!err)
		err = text_to_u64(text, &current);
	if (err)
		return err;
	/* Not a number: "max". */
	if (text_to_u64(clamp.before, &high) || high > current)
		err = file_write_at(t->dirfd, "memory.high", text);
	/* As the kernel has it now, rounded perhaps: to know it again. */
	if (!err)
		err = read_value(t, "memory.high", clamp.with, sizeof(clamp.with));
	if (!err)
		*ret = clamp;
	return err;
}

int cgroup_unclamp(const struct cgroup_target *t, const struct cgroup_clamp *clamp)
{
	char now[24];
	int err = read_value(t, "memory.high", now, sizeof(now));

	if (err)
		return err;
	if (!*clamp->with || strcmp(now, clamp->with))
		return -ESTALE;
	return file_write_at(t->dirfd, "memory.high", clamp->before);
}
