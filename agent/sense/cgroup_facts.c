// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "cgroup_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/mount.h"
#include "meminfo.h"
#include "psi.h"

#define STAT_MAX   8192 /* memory.stat: about 1.5 KiB */
#define EVENTS_MAX 512

void cgroup_facts_init(struct cgroup_facts *c)
{
	c->pressure_fd = c->stat_fd = c->events_fd = -1;
	scope_init(&c->memory);
}

static int open_file(const char *mount, const char *path, const char *name)
{
	char file[2 * PATH_MAX];

	snprintf(file, sizeof(file), "%s%s/%s", mount, path, name);
	return open(file, O_RDONLY | O_CLOEXEC);
}

int cgroup_facts_open(struct cgroup_facts *c, const char *mount, const char *path)
{
	char v1[PATH_MAX];

	cgroup_facts_init(c);
	c->pressure_fd = open_file(mount, path, "memory.pressure");
	c->stat_fd = open_file(mount, path, "memory.stat");
	c->events_fd = open_file(mount, path, "memory.events");
	if (!scope_open_one(&c->memory, mount, path, false) &&
	    mount_find("cgroup", "memory", v1, sizeof(v1)))
		scope_open_one(&c->memory, v1, path, true);
	return c->pressure_fd < 0 && c->stat_fd < 0 && !c->memory.levels ? -ENOENT : 0;
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void cgroup_facts_close(struct cgroup_facts *c)
{
	close_file(&c->pressure_fd);
	close_file(&c->stat_fd);
	close_file(&c->events_fd);
	scope_close(&c->memory);
}

static __u64 field(const char *text, const char *name)
{
	uint64_t n = 0;

	stat_field(text, name, &n);
	return n;
}

void cgroup_facts_parse_stat(const char *text, struct facts *f)
{
	f->scanned_pages = field(text, "pgscan");
	f->reclaimed_pages = field(text, "pgsteal");
	f->refaulted_pages = field(text, "workingset_refault_file");
	f->file_kib = field(text, "file") >> 10;
}

void cgroup_facts_parse_events(const char *text, struct facts *f)
{
	f->high_events = field(text, "high");
	f->max_events = field(text, "max");
	f->oom_events = field(text, "oom");
	f->oom_kills = field(text, "oom_kill");
}

static void take_memory(const struct scope_memory *m, struct facts *f)
{
	f->usage_kib = m->usage_kib == SCOPE_NO_LIMIT ? 0 : m->usage_kib;
	f->swap_usage_kib = m->swap_usage_kib;
	if (m->limited && m->total_kib < f->mem_total_kib)
		f->mem_total_kib = m->total_kib;
	if (m->limited && m->available_kib < f->mem_available_kib) {
		f->mem_available_kib = m->available_kib;
		f->flags |= m->soft ? FACT_SOFT_LIMIT : 0;
		f->retry_loops = 0; /* of those who look for memory of the machine */
	}
	if (f->mem_free_kib > f->mem_available_kib)
		f->mem_free_kib = f->mem_available_kib;
	if (m->swap_total_kib < f->swap_total_kib)
		f->swap_total_kib = m->swap_total_kib;
	if (m->swap_free_kib < f->swap_free_kib)
		f->swap_free_kib = m->swap_free_kib;
}

int cgroup_facts_read(struct cgroup_facts *c, struct facts *f)
{
	struct scope_memory memory;
	char text[STAT_MAX];
	struct psi psi = {};
	int err;

	err = c->pressure_fd < 0 ? 0 : psi_read(c->pressure_fd, &psi);
	if (err)
		return err;
	f->some_ns = psi.some_ns;
	f->full_ns = psi.full_ns;
	f->flags = (f->flags & (FACT_FIRST | FACT_ZRAM)) | FACT_CGROUP;
	f->flags |= c->pressure_fd < 0 ? FACT_NO_PSI : 0;
	f->scanned_pages = f->reclaimed_pages = f->refaulted_pages = f->file_kib = 0;
	f->high_events = f->max_events = f->oom_events = f->oom_kills = 0;
	f->usage_kib = f->swap_usage_kib = 0;
	err = c->stat_fd < 0 ? 0 : (int)file_pread(c->stat_fd, text, sizeof(text));
	if (err < 0)
		return err;
	if (err)
		cgroup_facts_parse_stat(text, f);
	if (c->events_fd >= 0 && file_pread(c->events_fd, text, EVENTS_MAX) > 0)
		cgroup_facts_parse_events(text, f);
	if (!c->memory.levels)
		return 0;
	err = scope_read(&c->memory, &memory);
	if (!err)
		take_memory(&memory, f);
	return err;
}
