// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "kill.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/procfs.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

#define STAT_MAX 2048

__u64 target_start_ticks(__u32 tgid)
{
	char path[32], text[STAT_MAX];
	struct proc_stat s;

	snprintf(path, sizeof(path), "/proc/%u/stat", tgid);
	if (file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0 || procfs_parse_stat(text, &s))
		return 0;
	return s.start_ns / PROCFS_TICK_NS;
}

/*
 * Is the opened process the one that was learnt? Since 6.9 a pidfd has an inode of its own, which
 * BPF knows too. Before: the number was that process's when BPF saw it, so if it is still when the
 * pidfd is already open, the pidfd cannot be another's.
 */
static int prove(const struct target *t)
{
	struct stat st;

	if (!t->start_ns)
		return 0;
	if (t->pidfs_ino) {
		if (fstat(t->pidfd, &st))
			return -errno;
		return st.st_ino == t->pidfs_ino ? 0 : -ESTALE;
	}
	return target_start_ticks(t->tgid) == t->start_ns / PROCFS_TICK_NS ? 0 : -ESTALE;
}

int pidfd_of(__u32 tgid)
{
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)tgid, 0);

	if (fd >= 0)
		return fd;
	/* The number of one that was reaped lives on while it is that of a group or session (not since 6.15). */
	return errno == EINVAL && tgid ? -ESRCH : -errno;
}

int target_open(struct target *t)
{
	int err;

	err = pidfd_of(t->tgid);
	t->pidfd = err < 0 ? -1 : err;
	if (err < 0)
		return err;
	err = prove(t);
	if (!err && !target_alive(t))
		err = -ESRCH;
	if (err)
		target_close(t);
	return err;
}

void target_close(struct target *t)
{
	if (t->pidfd >= 0)
		close(t->pidfd);
	t->pidfd = -1;
}

int target_signal(const struct target *t, int sig)
{
	return syscall(SYS_pidfd_send_signal, t->pidfd, sig, NULL, 0) ? -errno : 0;
}

int target_kill(const struct target *t)
{
	return target_signal(t, SIGKILL);
}

int pidfd_release(int pidfd)
{
	return syscall(SYS_process_mrelease, pidfd, 0) ? -errno : 0;
}

bool target_alive(const struct target *t)
{
	struct pollfd p = { .fd = t->pidfd, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

static bool same(const struct target *a, const struct target *b)
{
	return a->tgid == b->tgid && a->start_ns == b->start_ns;
}

static struct target *find(struct armed *a, const struct target *t)
{
	for (__u32 i = 0; i < a->n; i++) {
		if (same(&a->target[i], t))
			return &a->target[i];
	}
	return NULL;
}

void armed_update(struct armed *a, const struct target *wanted, __u32 n)
{
	struct armed old = *a;
	struct target *kept;

	a->n = 0;
	for (__u32 i = 0; i < n && a->n < ARMED_MAX; i++) {
		struct target t = wanted[i];

		kept = find(&old, &t);
		if (kept) {
			t.pidfd = kept->pidfd;
			kept->pidfd = -1;
		} else if (target_open(&t)) {
			continue;
		}
		a->target[a->n++] = t;
	}
	armed_done(&old);
}

int armed_take(struct armed *a, struct target *t)
{
	struct target *there = find(a, t);

	if (!there)
		return target_open(t);
	t->pidfd = there->pidfd;
	*there = a->target[--a->n];
	if (target_alive(t))
		return 0;
	target_close(t);
	return -ESRCH;
}

void armed_done(struct armed *a)
{
	for (__u32 i = 0; i < a->n; i++)
		target_close(&a->target[i]);
	a->n = 0;
}
