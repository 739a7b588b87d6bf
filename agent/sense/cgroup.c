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

#include "../base/cgroup_id.h"
#include "../base/file.h"
#include "../base/mount.h"
#include "../base/text.h"

/* cgroups known at once; hosts of 2,000 are met. One row is 264 bytes, resident when used. */
#define CGROUPS_MAX  8192
#define CGROUPS_MASK (2 * CGROUPS_MAX - 1)

struct row {
	__u64 id; /* 0 = free */
	char path[REAPD_PATH_LEN];
};

struct cgroups {
	char mount[PATH_MAX];
	char scope[REAPD_PATH_LEN];
	__u64 scope_id;
	__u32 level;
	int mount_fd;
	struct scope memory;
	struct row *rows; /* open addressing by id */
	struct row extra; /* the last one that found no room */
	__u32 n;
	__u32 changes;
};

/* The scope's memory controller: v2, else v1 of the same path, else none. */
static void open_memory(struct cgroups *c)
{
	char mount[PATH_MAX];

	if (!scope_open(&c->memory, c->mount, c->scope, false) &&
	    mount_find("cgroup", "memory", mount, sizeof(mount)))
		scope_open(&c->memory, mount, c->scope, true);
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
	c->scope_id = cgroup_id_at(c->mount_fd, c->scope + 1);
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
	scope_init(&c->memory);
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
	scope_close(&c->memory);
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
	c->changes++;
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
	c->changes++;
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
		id = cgroup_id_at(AT_FDCWD, entry->fts_path);
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
	char link[64], path[PATH_MAX];
	size_t skip = strlen(c->mount);
	ssize_t len;
	int fd;

	fd = cgroup_open_id(c->mount_fd, id, O_PATH);
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

__u32 cgroups_changes(const struct cgroups *c)
{
	return c->changes;
}

void cgroups_each(const struct cgroups *c, void (*fn)(void *ctx, __u64 id, const char *path),
		  void *ctx)
{
	for (__u32 i = 0; i <= CGROUPS_MASK; i++) {
		if (c->rows[i].id)
			fn(ctx, c->rows[i].id, c->rows[i].path);
	}
}

const char *cgroups_mount(const struct cgroups *c)
{
	return c->mount;
}

int cgroups_mount_fd(const struct cgroups *c)
{
	return c->mount_fd;
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

int cgroups_memory(const struct cgroups *c, struct scope_memory *ret)
{
	return scope_read(&c->memory, ret);
}
