// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "hasten.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/file.h"
#include "../base/mount.h"

/* Most victims are gone by themselves so soon after process_mrelease. */
#define EXIT_SOON_MS 5
/* What a thawed process may take to exit before its cgroup is frozen again. */
#define THAW_MS	     1000
/* A thousand threads wait for one exit; the first hundreds make room for the others. */
#define THREADS_MAX  512

/* Where a v1 freezer is mounted; empty: nowhere. */
static char freezer[PATH_MAX];

void hasten_init(void)
{
	if (!mount_find("cgroup", "freezer", freezer, sizeof(freezer)))
		*freezer = 0;
}

static int gone(int pidfd, int ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

/* Out of SCHED_IDLE and SCHED_BATCH, then to the front; a realtime thread is there already. */
static void raise_thread(int tid)
{
	struct sched_param normal = {};
	int policy = sched_getscheduler(tid);

	if (policy == SCHED_IDLE || policy == SCHED_BATCH)
		sched_setscheduler(tid, SCHED_OTHER, &normal);
	setpriority(PRIO_PROCESS, (id_t)tid, -20);
}

/* Its threads, as the kernel lists them: opendir(3) would allocate. */
static void raise_priority(unsigned int tgid)
{
	_Alignas(struct dirent64) char list[2048];
	const struct dirent64 *entry;
	int n = 0, tid, fd;
	char path[32];
	long len;

	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	while (n < THREADS_MAX && (len = syscall(SYS_getdents64, fd, list, sizeof(list))) > 0) {
		for (long at = 0; at < len; at += entry->d_reclen) {
			entry = (const struct dirent64 *)(list + at);
			tid = (int)strtol(entry->d_name, NULL, 10);
			if (tid > 0 && n++ < THREADS_MAX)
				raise_thread(tid);
		}
	}
	close(fd);
}

static int write_state(const char *path, const char *state)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return fd;
	err = file_write(fd, state, strlen(state));
	close(fd);
	return err;
}

/*
 * A v1 freezer keeps its prisoner from dying. Open the cell just long enough for it to leave; what
 * else was frozen there is frozen again.
 */
static void thaw(unsigned int tgid, int pidfd)
{
	char text[4096], path[2 * PATH_MAX], state[16], *cgroup;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", tgid);
	if (!*freezer || file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
		return;
	cgroup = strstr(text, ":freezer:/");
	if (!cgroup)
		return;
	cgroup += strlen(":freezer:");
	cgroup[strcspn(cgroup, "\n")] = 0;
	snprintf(path, sizeof(path), "%s%s/freezer.state", freezer, cgroup);
	if (file_read_at(AT_FDCWD, path, state, sizeof(state)) < 0 || state[0] != 'F')
		return;
	if (write_state(path, "THAWED"))
		return;
	gone(pidfd, THAW_MS);
	write_state(path, "FROZEN");
}

void hasten_exit(unsigned int tgid, int pidfd)
{
	if (gone(pidfd, EXIT_SOON_MS))
		return;
	raise_priority(tgid);
	if (!gone(pidfd, EXIT_SOON_MS))
		thaw(tgid, pidfd);
}
