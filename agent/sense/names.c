// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <reapd/note.h>

#include "../base/text.h"

#define ARGV0_MAX 256 /* as in bpf/name.bpf.h */

void names_cut(char *argv0, bool whole)
{
	char *begin = argv0, *p;

	for (p = argv0; *p; p++) {
		if (whole)
			continue;
		if (*p == ' ' || *p == ':')
			break;
		if (*p == '/')
			begin = p + 1;
	}
	*p = 0;
	memmove(argv0, begin, (size_t)(p - begin) + 1);
	if (strlen(argv0) >= REAPD_NAME_LEN)
		argv0[REAPD_NAME_LEN - 1] = 0;
}

/* argv[0] of a process; empty for a zombie. */
static bool read_argv0(__u32 tgid, char *ret, size_t size)
{
	char path[32];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/cmdline", tgid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, ret, size - 1);
	close(fd);
	if (len <= 0)
		return false;
	ret[len] = 0;
	return *ret;
}

static void note(int map_fd, const struct proc *p, __u64 cgroup_id, const char *name)
{
	struct task_note n = { .start_ns = p->start_ns, .cgroup_id = cgroup_id }, there;

	n.name_len = (__u32)strlen(name);
	memcpy(n.name, name, n.name_len);
	/* Not over what the kernel side noted in the meantime; one of a process before is stale. */
	if (bpf_map_lookup_elem(map_fd, &p->tgid, &there) || there.start_ns != p->start_ns)
		bpf_map_update_elem(map_fd, &p->tgid, &n, BPF_ANY);
}

/* The map's name, as a string. False: it is not of this process. */
static bool noted(int map_fd, __u32 tgid, struct task_note *ret)
{
	if (bpf_map_lookup_elem(map_fd, &tgid, ret))
		return false;
	if (ret->name_len >= sizeof(ret->name))
		ret->name_len = sizeof(ret->name) - 1;
	ret->name[ret->name_len] = 0;
	return true;
}

void names_learn(struct table *t, int names_map_fd, __u32 tgid, __u64 start_ns)
{
	__u32 row = table_find(t, tgid, start_ns);
	struct task_note n;

	if (row != TABLE_NONE && noted(names_map_fd, tgid, &n) && n.start_ns == start_ns)
		table_name(t, row, n.name);
}

/* Another name than the one noted? */
static bool settle(struct table *t, int map_fd, __u32 tgid, struct task_note *n, bool whole)
{
	char name[ARGV0_MAX];
	struct task_note there;
	bool changed;
	__u32 row;

	if (!read_argv0(tgid, name, sizeof(name)))
		return false;
	names_cut(name, whole);
	/* Its number may be another's by now, of which the kernel side noted more. */
	if (!*name || !noted(map_fd, tgid, &there) || there.start_ns != n->start_ns)
		return false;
	changed = strcmp(name, there.name);
	there.looks = 0;
	memset(there.name, 0, sizeof(there.name));
	there.name_len = (__u32)strlen(name);
	memcpy(there.name, name, there.name_len);
	bpf_map_update_elem(map_fd, &tgid, &there, BPF_EXIST);
	row = table_find(t, tgid, n->start_ns);
	if (row != TABLE_NONE)
		table_name(t, row, name);
	return changed;
}

int names_settle(struct table *t, int names_map_fd, bool whole)
{
	__u32 tgid, *last = NULL;
	struct task_note n;
	int changed = 0;

	while (!bpf_map_get_next_key(names_map_fd, last, &tgid)) {
		last = &tgid;
		if (noted(names_map_fd, tgid, &n) && n.looks)
			changed += settle(t, names_map_fd, tgid, &n, whole);
	}
	return changed;
}

int names_fill(struct table *t, int names_map_fd, bool whole)
{
	char name[ARGV0_MAX];
	int found = 0;

	for (__u32 row = 0; row < t->n; row++) {
		if (t->infos[row].name[0] || !read_argv0(t->procs[row].tgid, name, sizeof(name)))
			continue;
		names_cut(name, whole);
		if (!*name)
			continue;
		table_name(t, row, name);
		note(names_map_fd, &t->procs[row], t->infos[row].cgroup_id, name);
		found++;
	}
	return found;
}
