// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "proc_read.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <reapd/note.h>

#include "../base/cgroup_id.h"
#include "../base/clock.h"
#include "../base/file.h"
#include "../base/text.h"

/* Threads looked at for one that lives, when the first is dead: what one small read brings. */
#define THREADS_BYTES 1024

int proc_read_status(struct proc_reader *r, int dirfd, const char *path, struct proc_status *ret)
{
	ssize_t len = file_read_at(dirfd, path, r->text, sizeof(r->text));

	return len < 0 ? (int)len : procfs_parse_status(r->text, ret);
}

/* The first thread is dead and has no memory any more: one of the others tells. */
static void read_thread(struct proc_reader *r, int dirfd, __u32 tgid, struct proc_status *ret)
{
	char path[48] = "task/";
	_Alignas(struct dirent64) char entries[THREADS_BYTES];
	int fd = openat(dirfd, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent64 *d;
	struct proc_status s;
	uint64_t tid;
	long len;

	if (fd < 0)
		return;
	len = syscall(SYS_getdents64, fd, entries, sizeof(entries));
	close(fd);
	for (long at = 0; at < len; at += d->d_reclen) {
		d = (const struct dirent64 *)(entries + at);
		if (text_to_u64(d->d_name, &tid) || tid == tgid || strlen(d->d_name) > 10)
			continue;
		strcpy(path + strlen("task/"), d->d_name);
		strcat(path, "/status");
		if (proc_read_status(r, dirfd, path, &s) || !s.has_memory)
			continue;
		*ret = s;
		return;
	}
}

/* What was noted of it at its fork or exec; what is not known is asked for, where that may be. */
static void add_note(struct proc_reader *r, const struct table *t, int dirfd, struct event_task *e)
{
	__u32 row = table_find(t, e->tgid, e->start_ns);
	struct task_note note;
	char *path;

	if (r->names_fd >= 0 && !bpf_map_lookup_elem(r->names_fd, &e->tgid, &note) &&
	    (!note.start_ns || note.start_ns == e->start_ns)) {
		e->cgroup_id = r->moves_unseen ? 0 : note.cgroup_id;
		e->prio_ns = note.prio_ns;
		e->name_len = (__u16)note.name_len;
		memcpy(e->name, note.name, sizeof(e->name));
	}
	if (!e->cgroup_id && row != TABLE_NONE && !r->moves_unseen)
		e->cgroup_id = t->infos[row].cgroup_id;
	if (e->cgroup_id || r->cgroup_fd < 0 ||
	    file_read_at(dirfd, "cgroup", r->text, sizeof(r->text)) < 0)
		return;
	path = procfs_parse_cgroup(r->text);
	if (path)
		e->cgroup_id = cgroup_id_at(r->cgroup_fd, path + 1);
}

static void fill(const struct proc_stat *stat, const struct proc_status *status,
		 struct event_task *e)
{
	e->hdr.type = EV_TASK;
	e->hdr.size = sizeof(*e);
	e->hdr.time_ns = clock_now_ns();
	e->what = TASK_SNAPSHOT;
	e->tgid = stat->tgid;
	e->start_ns = stat->start_ns;
	e->ppid = stat->ppid;
	e->pgid = stat->pgid;
	e->threads = stat->threads;
	memcpy(e->comm, stat->comm, sizeof(e->comm));
	e->uid = status->uid;
	e->anon_kib = status->anon_kib;
	e->file_kib = status->file_kib;
	e->shmem_kib = status->shmem_kib;
	e->swap_kib = status->swap_kib;
	e->pgtables_kib = status->pgtables_kib;
	/* Not an address, which is never so small: nobody shares it, as far as is known. */
	e->mm_id = status->has_memory ? stat->tgid : 0;
	if (status->killed || procfs_is_exiting(stat))
		e->flags |= TASK_F_DYING;
	if (procfs_leader_dead(stat))
		e->flags |= TASK_F_LEADER_DEAD;
}

int proc_read(struct proc_reader *r, int dirfd, struct table *t)
{
	struct event_task e = {};
	struct proc_status status;
	struct proc_stat stat;
	ssize_t len = file_read_at(dirfd, "stat", r->text, sizeof(r->text));
	int err = len < 0 ? (int)len : procfs_parse_stat(r->text, &stat);

	if (err)
		return err;
	if (procfs_is_kthread(&stat))
		return 1;
	if ((stat.state == 'Z' || stat.state == 'X') && !procfs_leader_dead(&stat))
		return 0;
	err = proc_read_status(r, dirfd, "status", &status);
	if (err)
		return err;
	if (procfs_leader_dead(&stat))
		read_thread(r, dirfd, stat.tgid, &status);
	len = file_read_at(dirfd, "oom_score_adj", r->text, sizeof(r->text));
	err = len < 0 ? (int)len : procfs_parse_adj(r->text, &e.oom_score_adj);
	if (err)
		return err;
	fill(&stat, &status, &e);
	add_note(r, t, dirfd, &e);
	table_apply(t, &e.hdr);
	return 0;
}
