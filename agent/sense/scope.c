// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/text.h"
#include "meminfo.h"

#define STAT_MAX 8192 /* memory.stat: about 1.5 KiB */

/* v1's soft limit does not throttle and its memsw counts both: neither has our meaning. */
static const char *const files[2][SCOPE_FILES] = {
	{ "memory.max", "memory.high", "memory.current", "memory.stat", "memory.swap.max",
	  "memory.swap.current" },
	{ "memory.limit_in_bytes", NULL, "memory.usage_in_bytes", "memory.stat", NULL, NULL },
};

void scope_init(struct scope *s)
{
	s->levels = 0;
	memset(s->fd, -1, sizeof(s->fd));
}

void scope_close(struct scope *s)
{
	for (unsigned int level = 0; level < s->levels; level++) {
		for (int i = 0; i < SCOPE_FILES; i++) {
			if (s->fd[level][i] >= 0)
				close(s->fd[level][i]);
		}
	}
	scope_init(s);
}

static void open_level(struct scope *s, const char *mount, const char *path, size_t len)
{
	int *fd = s->fd[s->levels++];
	char file[2 * PATH_MAX];

	for (int i = 0; i < SCOPE_FILES; i++) {
		if (!files[s->v1][i])
			continue;
		snprintf(file, sizeof(file), "%s%.*s/%s", mount, (int)len, path, files[s->v1][i]);
		fd[i] = open(file, O_RDONLY | O_CLOEXEC);
	}
}

static bool usable(struct scope *s)
{
	if (s->levels && s->fd[s->levels - 1][SCOPE_USAGE] >= 0)
		return true;
	scope_close(s);
	return false;
}

bool scope_open(struct scope *s, const char *mount, const char *path, bool v1)
{
	size_t len = 0;

	scope_init(s);
	s->v1 = v1;
	while (path[len] && s->levels < SCOPE_LEVELS) {
		len += 1 + strcspn(path + len + 1, "/");
		open_level(s, mount, path, len);
	}
	return usable(s);
}

bool scope_open_one(struct scope *s, const char *mount, const char *path, bool v1)
{
	scope_init(s);
	s->v1 = v1;
	open_level(s, mount, path, strlen(path));
	return usable(s);
}

/* A number of bytes as KiB; "max", v1's number near 2^63 and what cannot be read are no limit. */
static uint64_t read_kib(int fd)
{
	char text[32];
	uint64_t bytes;

	if (fd < 0 || file_pread(fd, text, sizeof(text)) < 0)
		return SCOPE_NO_LIMIT;
	text[strcspn(text, "\n")] = 0;
	return text_to_u64(text, &bytes) || bytes > INT64_MAX / 2 ? SCOPE_NO_LIMIT : bytes >> 10;
}

/* Cache that can be dropped, as MemAvailable counts it: half of what is in use is taken as needed. */
static uint64_t read_cache_kib(int fd, bool v1)
{
	uint64_t inactive = 0, active = 0;
	char stat[STAT_MAX];

	if (fd < 0 || file_pread(fd, stat, sizeof(stat)) < 0)
		return 0;
	stat_field(stat, v1 ? "total_inactive_file" : "inactive_file", &inactive);
	stat_field(stat, v1 ? "total_active_file" : "active_file", &active);
	return (inactive / 2 + active / 4) >> 9;
}

/* One cgroup's own limits; `limited` is false when it has none. */
static int read_level(const struct scope *s, unsigned int level, struct scope_memory *ret)
{
	const int *fd = s->fd[level];
	uint64_t limit = read_kib(fd[SCOPE_LIMIT]), soft = read_kib(fd[SCOPE_SOFT]), usage, cache;
	uint64_t swap;

	ret->swap_total_kib = ret->swap_free_kib = read_kib(fd[SCOPE_SWAP_LIMIT]);
	swap = read_kib(fd[SCOPE_SWAP]);
	if (ret->swap_total_kib != SCOPE_NO_LIMIT && swap != SCOPE_NO_LIMIT)
		ret->swap_free_kib = swap < ret->swap_total_kib ? ret->swap_total_kib - swap : 0;
	ret->soft = soft < limit;
	ret->total_kib = ret->soft ? soft : limit;
	ret->swap_usage_kib = swap == SCOPE_NO_LIMIT ? 0 : swap;
	usage = ret->usage_kib = read_kib(fd[SCOPE_USAGE]);
	if (usage == SCOPE_NO_LIMIT && level == s->levels - 1)
		return -ENODEV;
	ret->limited = ret->total_kib != SCOPE_NO_LIMIT && usage != SCOPE_NO_LIMIT;
	if (!ret->limited)
		return 0;
	cache = read_cache_kib(fd[SCOPE_STAT], s->v1);
	usage = usage > cache ? usage - cache : 0;
	ret->available_kib = usage < ret->total_kib ? ret->total_kib - usage : 0;
	return 0;
}

int scope_read(const struct scope *s, struct scope_memory *ret)
{
	struct scope_memory best = { .swap_total_kib = SCOPE_NO_LIMIT,
				     .swap_free_kib = SCOPE_NO_LIMIT },
			    one;
	int err;

	for (unsigned int level = 0; level < s->levels; level++) {
		err = read_level(s, level, &one);
		if (err)
			return err;
		if (one.limited && (!best.limited || one.available_kib <= best.available_kib)) {
			best.limited = true;
			best.soft = one.soft;
			best.total_kib = one.total_kib;
			best.available_kib = one.available_kib;
		}
		if (one.swap_free_kib <= best.swap_free_kib) {
			best.swap_total_kib = one.swap_total_kib;
			best.swap_free_kib = one.swap_free_kib;
		}
		best.usage_kib = one.usage_kib; /* the last level is the cgroup itself */
		best.swap_usage_kib = one.swap_usage_kib;
	}
	*ret = best;
	return 0;
}
