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

/* /proc/PID/stat counts in USER_HZ, which is 100 on every architecture we build for. */
#define NS_PER_TICK	10000000ULL
#define STAT_MAX	2048
/* starttime is field 22; the count starts again behind the ')' that ends field 2. */
#define STARTTIME_FIELD (22 - 2)

/* Start time of whoever has this number now, in ticks; 0 = nobody has. */
static unsigned long long start_ticks(__u32 tgid)
{
	char path[32], text[STAT_MAX];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%u/stat", tgid);
	if (file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
		return 0;
	at = strrchr(text, ')'); /* the name itself may hold anything */
	for (int i = 0; at && i < STARTTIME_FIELD; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at + 1, NULL, 10) : 0;
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
	return start_ticks(t->tgid) == t->start_ns / NS_PER_TICK ? 0 : -ESTALE;
}

int target_open(struct target *t)
{
	int err;

	t->pidfd = (int)syscall(SYS_pidfd_open, (pid_t)t->tgid, 0);
	if (t->pidfd < 0)
		return -errno;
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

int target_kill(const struct target *t)
{
	return syscall(SYS_pidfd_send_signal, t->pidfd, SIGKILL, NULL, 0) ? -errno : 0;
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
