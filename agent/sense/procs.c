// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "procs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"
#include "../base/text.h"

/* At most so often, and so many times its own duration later: a tenth of a CPU. */
#define PASS_PERIOD_NS	(250 * NS_PER_MS)
#define PASS_REST	10
/* While memory is short: new processes must be seen at some time. */
#define PASS_SHORT_NS	NS_PER_S
/* A victim's files are left alone for so long: it is gone by then, or its mm is held by others anyway. */
#define KILLED_REST_NS	(2 * NS_PER_S)
/* Some 1,000 processes: before a decision that is worth its time, if it was not just done. */
#define PASS_QUICK_NS	(20 * NS_PER_MS)
#define PASS_QUICK_REST 5
/* What a look may take for a pass: little beside its tick of 10 ms. */
#define SLICE_NS	(4 * NS_PER_MS)
/* New processes read before a decision, at most; of more the next pass tells. */
#define NEW_MAX		256

int procs_open(struct procs *p, const char *root, int names_fd, int cgroup_fd)
{
	memset(p, 0, sizeof(*p));
	p->reader.names_fd = names_fd;
	p->reader.cgroup_fd = cgroup_fd;
	p->dir = opendir(root);
	return p->dir ? 0 : -errno;
}

void procs_close(struct procs *p)
{
	while (p->n)
		close(p->kept[--p->n].fd);
	if (p->dir)
		closedir(p->dir);
	p->dir = NULL;
}

bool procs_due(const struct procs *p, __u64 now_ns, bool memory_short)
{
	__u64 rest = memory_short ? PASS_SHORT_NS : PASS_PERIOD_NS;

	if (rest < p->took_ns * PASS_REST)
		rest = p->took_ns * PASS_REST;
	return now_ns >= p->begun_ns + rest;
}

/* A victim on its way out: it stays in the table as it was. */
static bool left_alone(struct table *t, __u32 tgid)
{
	__u32 row = table_find(t, tgid, 0);

	if (row == TABLE_NONE || !(t->procs[row].flags & PROC_KILLED) ||
	    clock_now_ns() > t->procs[row].updated_ns + KILLED_REST_NS)
		return false;
	table_seen(t, row);
	return true;
}

static int compare(const void *a, const void *b)
{
	const __u32 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* In the table, or a kernel thread at the last pass. */
static bool is_known(const struct procs *p, __u32 known_kthreads, const struct table *t, __u32 tgid)
{
	return table_find(t, tgid, 0) != TABLE_NONE ||
	       bsearch(&tgid, p->kthread, known_kthreads, sizeof(tgid), compare);
}

static void read_entry(struct procs *p, struct table *t, const char *name, __u32 tgid)
{
	int fd = openat(dirfd(p->dir), name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (proc_read(&p->reader, fd, t) == 1 && p->kthreads < PROCS_KTHREADS)
		p->kthread[p->kthreads++] = tgid;
	close(fd);
}

/* The next that is a number. 0: there is none; or negative errno. */
static int next_entry(struct procs *p, const char **name, __u32 *tgid)
{
	const struct dirent *d;
	uint64_t n;

	for (errno = 0; (d = readdir(p->dir)); errno = 0) {
		if (text_to_u64(d->d_name, &n) || n > INT32_MAX)
			continue;
		*name = d->d_name;
		*tgid = (__u32)n;
		return 1;
	}
	return -errno;
}

/* From where it stands on, for so long. 0: to the end; 1: there is more; or negative errno. */
static int walk(struct procs *p, struct table *t, __u64 for_ns)
{
	__u64 begun_ns = clock_now_ns(), now_ns = begun_ns;
	const char *name = "";
	__u32 tgid = 0;
	int more = 1;

	while (now_ns - begun_ns < for_ns && (more = next_entry(p, &name, &tgid)) > 0) {
		if (!left_alone(t, tgid))
			read_entry(p, t, name, tgid);
		now_ns = clock_now_ns();
	}
	p->took_ns += now_ns - begun_ns;
	if (!more)
		p->keep_anew = true;
	return more;
}

static void begin(struct procs *p)
{
	p->begun_ns = clock_now_ns();
	p->took_ns = 0;
	p->kthreads = 0;
	rewinddir(p->dir);
}

int procs_pass(struct procs *p, struct table *t)
{
	p->goes_on = false;
	begin(p);
	return walk(p, t, UINT64_MAX);
}

bool procs_go_on(struct procs *p, struct table *t, bool memory_short)
{
	if (!p->goes_on) {
		if (!procs_due(p, clock_now_ns(), memory_short))
			return false;
		begin(p);
		table_sweep_begin(t);
		p->goes_on = true;
	}
	if (walk(p, t, SLICE_NS))
		return false; /* one that fails never ends, and removes nobody */
	table_sweep_end(t);
	p->goes_on = false;
	return true;
}

/* Those that are not known, from the beginning; the pass that goes on stays where it is. */
static int walk_new(struct procs *p, struct table *t)
{
	__u32 known_kthreads = p->kthreads, n = 0, tgid = 0;
	long stands = telldir(p->dir);
	const char *name = "";
	int more;

	rewinddir(p->dir);
	while ((more = next_entry(p, &name, &tgid)) > 0 && n < NEW_MAX) {
		if (is_known(p, known_kthreads, t, tgid))
			continue;
		read_entry(p, t, name, tgid);
		n++;
	}
	p->kthreads = known_kthreads; /* the new ones are not in order */
	seekdir(p->dir, stands);
	return more < 0 ? more : 0;
}

/* Insert a row among the largest so far, which are in order. */
static __u32 insert(const struct proc *procs, __u32 rows[PROCS_KEPT], __u32 n, __u32 row)
{
	__u64 size = proc_size_kib(&procs[row]);
	__u32 at = n < PROCS_KEPT ? n : PROCS_KEPT - 1;

	if (n == PROCS_KEPT && size <= proc_size_kib(&procs[rows[at]]))
		return n;
	for (; at && proc_size_kib(&procs[rows[at - 1]]) < size; at--)
		rows[at] = rows[at - 1];
	rows[at] = row;
	return n < PROCS_KEPT ? n + 1 : n;
}

/* Its status, open and read once, and proven to be that of this process. -1: not to be had. */
static int open_status(struct procs *p, const struct proc *proc)
{
	struct proc_stat stat;
	char name[16];
	int dir, fd = -1;

	snprintf(name, sizeof(name), "%u", proc->tgid);
	dir = openat(dirfd(p->dir), name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	if (file_read_at(dir, "stat", p->reader.text, sizeof(p->reader.text)) > 0 &&
	    !procfs_parse_stat(p->reader.text, &stat) && stat.start_ns == proc->start_ns)
		fd = openat(dir, "status", O_RDONLY | O_CLOEXEC);
	close(dir);
	if (fd >= 0 && file_pread(fd, p->reader.text, sizeof(p->reader.text)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int take_kept(struct procs_file *old, __u32 n, const struct proc *proc)
{
	int fd;

	for (__u32 i = 0; i < n; i++) {
		if (old[i].fd < 0 || old[i].tgid != proc->tgid || old[i].start_ns != proc->start_ns)
			continue;
		fd = old[i].fd;
		old[i].fd = -1;
		return fd;
	}
	return -1;
}

void procs_keep(struct procs *p, const struct table *t)
{
	const __u16 never = PROC_KTHREAD | PROC_KILLED | PROC_SELF | PROC_DYING | PROC_OUTSIDE;
	struct procs_file old[PROCS_KEPT];
	__u32 rows[PROCS_KEPT], n = 0, had = p->n;

	if (!p->keep_anew)
		return;
	p->keep_anew = false;
	for (__u32 row = 0; row < t->n; row++) {
		if (!(t->procs[row].flags & never))
			n = insert(t->procs, rows, n, row);
	}
	memcpy(old, p->kept, sizeof(old));
	p->n = 0;
	for (__u32 i = 0; i < n; i++) {
		const struct proc *proc = &t->procs[rows[i]];
		int fd = take_kept(old, had, proc);

		if (fd < 0)
			fd = open_status(p, proc);
		if (fd >= 0)
			p->kept[p->n++] = (struct procs_file){ .tgid = proc->tgid,
							       .start_ns = proc->start_ns,
							       .fd = fd };
	}
	for (__u32 i = 0; i < had; i++) {
		if (old[i].fd >= 0)
			close(old[i].fd);
	}
}

static void read_kept(struct procs *p, struct table *t)
{
	struct event_rss e = { .hdr = { .type = EV_RSS, .size = sizeof(e) } };
	struct proc_status s;

	for (__u32 i = 0; i < p->n; i++) {
		__u32 row = table_find(t, p->kept[i].tgid, p->kept[i].start_ns);

		if (row == TABLE_NONE || t->procs[row].flags & (PROC_KILLED | PROC_DYING) ||
		    file_pread(p->kept[i].fd, p->reader.text, sizeof(p->reader.text)) < 0 ||
		    procfs_parse_status(p->reader.text, &s) || !s.has_memory)
			continue;
		e.hdr.time_ns = clock_now_ns();
		e.tgid = p->kept[i].tgid;
		e.uid = s.uid;
		e.start_ns = p->kept[i].start_ns;
		e.mm_id = e.tgid;
		e.anon_kib = s.anon_kib;
		e.file_kib = s.file_kib;
		e.shmem_kib = s.shmem_kib;
		e.swap_kib = s.swap_kib;
		e.oom_score_adj = t->procs[row].oom_score_adj;
		table_apply(t, &e.hdr);
	}
}

int procs_look(struct procs *p, struct table *t)
{
	if (p->took_ns < PASS_QUICK_NS &&
	    clock_now_ns() > p->begun_ns + p->took_ns * PASS_QUICK_REST)
		return procs_pass(p, t);
	read_kept(p, t);
	return walk_new(p, t);
}
