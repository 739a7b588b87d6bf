// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/mount.h"
#include "../base/text.h"

/* cgroups known at once; hosts of 2,000 are met. One row is 264 bytes, resident when used. */
#define CGROUPS_MAX   8192
#define CGROUPS_MASK  (2 * CGROUPS_MAX - 1)
#define NO_LIMIT      UINT64_MAX
#define STAT_MAX      8192 /* memory.stat: about 1.5 KiB */
#define FILEID_KERNFS 0xfe /* handle type of kernfs: the id itself */

struct row {
	__u64 id; /* 0 = free */
	char path[REAPD_PATH_LEN];
};

/* Files of the memory controller that are read again and again, so they stay open. */
enum memory_file {
	MEM_LIMIT,
	MEM_SOFT,
	MEM_USAGE,
	MEM_STAT,
	MEM_SWAP_LIMIT,
	MEM_SWAP,
	MEM_FILES
};

struct memory_names {
	const char *file[MEM_FILES];
	const char *inactive_file, *active_file; /* in memory.stat, bytes */
};

static const struct memory_names names_v2 = {
	{ "memory.max", "memory.high", "memory.current", "memory.stat", "memory.swap.max",
	  "memory.swap.current" },
	"inactive_file",
	"active_file",
};
/* v1's soft limit does not throttle and its memsw counts both: neither has our meaning. */
static const struct memory_names names_v1 = {
	{ "memory.limit_in_bytes", NULL, "memory.usage_in_bytes", "memory.stat", NULL, NULL },
	"total_inactive_file",
	"total_active_file",
};

struct cgroups {
	char mount[PATH_MAX];
	char scope[REAPD_PATH_LEN];
	__u64 scope_id;
	__u32 level;
	int mount_fd;
	const struct memory_names *memory;
	int memory_fd[MEM_FILES]; /* -1: not there */
	struct row *rows;	  /* open addressing by id */
	struct row extra;	  /* the last one that found no room */
	__u32 n;
};

/* kernfs's file handle is the id; it lies where f_handle begins. */
static __u64 id_of(int dirfd, const char *path, int flags)
{
	struct {
		struct file_handle handle;
		__u64 id;
	} h = { .handle.handle_bytes = sizeof(h.id) };
	int mount_id;

	if (name_to_handle_at(dirfd, path, &h.handle, &mount_id, flags))
		return 0;
	return h.id;
}

static bool open_memory_files(struct cgroups *c, const char *mount,
			      const struct memory_names *memory)
{
	char path[2 * PATH_MAX];

	c->memory = memory;
	for (int i = 0; i < MEM_FILES; i++) {
		if (!memory->file[i])
			continue;
		snprintf(path, sizeof(path), "%s%s/%s", mount, c->scope, memory->file[i]);
		c->memory_fd[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
	return c->memory_fd[MEM_USAGE] >= 0;
}

/* The scope's memory controller: v2, else v1 of the same path, else none. */
static void open_memory(struct cgroups *c)
{
	char mount[PATH_MAX];

	if (!open_memory_files(c, c->mount, &names_v2) &&
	    mount_find("cgroup", "memory", mount, sizeof(mount)))
		open_memory_files(c, mount, &names_v1);
}

static int open_scope(struct cgroups *c, const char *scope)
{
	size_t len = strlen(scope);

	while (len > 1 && scope[len - 1] == '/')
		len--;
	if (scope[0] != '/' || len >= sizeof(c->scope))
		return -EINVAL;
	memcpy(c->scope, scope, len);
	if (len == 1)
		return 0;
	for (size_t i = 0; i < len; i++)
		c->level += scope[i] == '/';
	c->scope_id = id_of(c->mount_fd, c->scope + 1, 0);
	if (!c->scope_id)
		return -errno;
	open_memory(c);
	return 0;
}

int cgroups_open(struct cgroups **ret, const char *scope)
{
	struct cgroups *c = calloc(1, sizeof(*c));
	int err = -ENOMEM;

	if (!c)
		return -ENOMEM;
	c->mount_fd = -1;
	for (int i = 0; i < MEM_FILES; i++)
		c->memory_fd[i] = -1;
	c->rows = mmap(NULL, (CGROUPS_MASK + 1) * sizeof(*c->rows), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c->rows == MAP_FAILED) {
		c->rows = NULL;
		goto fail;
	}
	err = -ENODEV;
	if (!mount_find("cgroup2", NULL, c->mount, sizeof(c->mount)))
		goto fail;
	c->mount_fd = open(c->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->mount_fd < 0) {
		err = -errno;
		goto fail;
	}
	err = open_scope(c, scope);
	if (err)
		goto fail;
	*ret = c;
	return 0;
fail:
	cgroups_free(c);
	return err;
}

struct cgroups *cgroups_free(struct cgroups *c)
{
	if (!c)
		return NULL;
	if (c->rows)
		munmap(c->rows, (CGROUPS_MASK + 1) * sizeof(*c->rows));
	if (c->mount_fd >= 0)
		close(c->mount_fd);
	for (int i = 0; i < MEM_FILES; i++) {
		if (c->memory_fd[i] >= 0)
			close(c->memory_fd[i]);
	}
	free(c);
	return NULL;
}

static struct row *row_of(struct cgroups *c, __u64 id)
{
	__u64 at = id & CGROUPS_MASK;

	while (c->rows[at].id && c->rows[at].id != id)
		at = (at + 1) & CGROUPS_MASK;
	return &c->rows[at];
}

/* Row of this cgroup with its path (made fit to print); in no table when that is full. */
static struct row *row_set(struct cgroups *c, __u64 id, const char *path)
{
	struct row *row = row_of(c, id);

	if (!row->id && c->n == CGROUPS_MAX) {
		row = &c->extra;
	} else if (!row->id) {
		c->n++;
		row->id = id;
	}
	text_copy(row->path, sizeof(row->path), path);
	text_clean(row->path);
	return row;
}

static void row_clear(struct cgroups *c, __u64 id)
{
	__u64 hole = (__u64)(row_of(c, id) - c->rows), at = hole, home;

	if (!c->rows[hole].id)
		return;
	for (;;) {
		at = (at + 1) & CGROUPS_MASK;
		if (!c->rows[at].id)
			break;
		home = c->rows[at].id & CGROUPS_MASK;
		if (((at - home) & CGROUPS_MASK) < ((at - hole) & CGROUPS_MASK))
			continue;
		c->rows[hole] = c->rows[at];
		hole = at;
	}
	c->rows[hole].id = 0;
	c->n--;
}

int cgroups_scan(struct cgroups *c)
{
	char *paths[] = { c->mount, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	size_t skip = strlen(c->mount);
	const char *path;
	FTSENT *entry;
	__u64 id;

	if (!fts)
		return -errno;
	while ((entry = fts_read(fts))) {
		if (entry->fts_info != FTS_D)
			continue;
		path = entry->fts_path + skip;
		id = id_of(AT_FDCWD, entry->fts_path, 0);
		if (id)
			row_set(c, id, *path ? path : "/");
	}
	fts_close(fts);
	return 0;
}

void cgroups_apply(struct cgroups *c, const struct event_cgroup *e)
{
	char path[REAPD_PATH_LEN];

	memcpy(path, e->path, sizeof(path));
	path[sizeof(path) - 1] = 0;
	if (e->what == CGROUP_MADE)
		row_set(c, e->cgroup_id, path);
	else
		row_clear(c, e->cgroup_id);
}

/* Ask the kernel for the path behind an id. */
static struct row *look_up(struct cgroups *c, __u64 id)
{
	struct {
		struct file_handle handle;
		__u64 id;
	} h = {
		.handle = { .handle_bytes = sizeof(h.id), .handle_type = FILEID_KERNFS },
		.id = id,
	};
	char link[64], path[PATH_MAX];
	size_t skip = strlen(c->mount);
	ssize_t len;
	int fd;

	fd = open_by_handle_at(c->mount_fd, &h.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	close(fd);
	if (len < (ssize_t)skip)
		return NULL;
	path[len] = 0;
	return row_set(c, id, path[skip] ? path + skip : "/");
}

const char *cgroups_path(struct cgroups *c, __u64 id)
{
	struct row *row = row_of(c, id);

	if (!row->id)
		row = look_up(c, id);
	return row ? row->path : NULL;
}

bool cgroups_in_scope(const struct cgroups *c, const char *path)
{
	size_t len = strlen(c->scope);

	if (!c->scope_id)
		return true;
	return !strncmp(path, c->scope, len) && (!path[len] || path[len] == '/');
}

__u64 cgroups_scope_id(const struct cgroups *c)
{
	return c->scope_id;
}

__u32 cgroups_scope_level(const struct cgroups *c)
{
	return c->level;
}

char *cgroups_scope_file(const struct cgroups *c, char *buf, size_t size, const char *name)
{
	snprintf(buf, size, "%s%s/%s", c->mount, c->scope_id ? c->scope : "", name);
	return buf;
}

/* A number of bytes as KiB; "max", v1's number near 2^63 and what cannot be read are no limit. */
static uint64_t read_kib(const struct cgroups *c, enum memory_file file)
{
	char text[32];
	uint64_t bytes;

	if (c->memory_fd[file] < 0 || file_pread(c->memory_fd[file], text, sizeof(text)) < 0)
		return NO_LIMIT;
	text[strcspn(text, "\n")] = 0;
	return text_to_u64(text, &bytes) || bytes > INT64_MAX / 2 ? NO_LIMIT : bytes >> 10;
}

/* Cache that can be dropped, as MemAvailable counts it: half of what is in use is taken as needed. */
static uint64_t read_cache_kib(const struct cgroups *c)
{
	uint64_t inactive = 0, active = 0;
	char stat[STAT_MAX];

	if (c->memory_fd[MEM_STAT] < 0 ||
	    file_pread(c->memory_fd[MEM_STAT], stat, sizeof(stat)) < 0)
		return 0;
	stat_field(stat, c->memory->inactive_file, &inactive);
	stat_field(stat, c->memory->active_file, &active);
	return (inactive + active / 2) >> 10;
}

int cgroups_memory(struct cgroups *c, struct scope_memory *ret)
{
	uint64_t limit, soft, usage, cache, used, swap;

	ret->limited = false;
	if (c->memory_fd[MEM_USAGE] < 0)
		return 0;
	limit = read_kib(c, MEM_LIMIT);
	soft = read_kib(c, MEM_SOFT);
	ret->soft = soft < limit;
	ret->total_kib = ret->soft ? soft : limit;
	if (ret->total_kib == NO_LIMIT)
		return 0;
	usage = read_kib(c, MEM_USAGE);
	if (usage == NO_LIMIT)
		return -ENODEV; /* the cgroup was removed */
	cache = read_cache_kib(c);
	used = usage > cache ? usage - cache : 0;
	ret->available_kib = used < ret->total_kib ? ret->total_kib - used : 0;
	ret->swap_total_kib = read_kib(c, MEM_SWAP_LIMIT);
	swap = read_kib(c, MEM_SWAP);
	if (ret->swap_total_kib == NO_LIMIT)
		ret->swap_free_kib = NO_LIMIT;
	else
		ret->swap_free_kib = swap < ret->swap_total_kib ? ret->swap_total_kib - swap : 0;
	ret->limited = true;
	return 0;
}
