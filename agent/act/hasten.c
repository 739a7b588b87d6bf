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
#include <unistd.h>

#include "../base/file.h"
#include "../base/mount.h"

/* Most victims are gone by themselves so soon after process_mrelease. */
#define EXIT_SOON_MS 5
/* What a thawed process may take to exit before its cgroup is frozen again. */
#define THAW_MS	     1000
/* A thousand threads wait for one exit; the first hundreds make room for the others. */
#define THREADS_MAX  512

static int gone(int pidfd, int ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

static void raise_priority(unsigned int tgid)
{
	struct sched_param normal = {};
	struct dirent *entry;
	int n = 0, policy;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	dir = opendir(path);
	if (!dir)
		return;
	while (n++ < THREADS_MAX && (entry = readdir(dir))) {
		int tid = (int)strtol(entry->d_name, NULL, 10);

		if (tid <= 0)
			continue;
		/* Out of SCHED_IDLE and SCHED_BATCH, then to the front; a realtime thread is there. */
		policy = sched_getscheduler(tid);
		if (policy == SCHED_IDLE || policy == SCHED_BATCH)
			sched_setscheduler(tid, SCHED_OTHER, &normal);
		setpriority(PRIO_PROCESS, (id_t)tid, -20);
	}
	closedir(dir);
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
	char text[4096], path[2 * PATH_MAX], mount[PATH_MAX], state[16], *cgroup;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", tgid);
	if (file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
		return;
	cgroup = strstr(text, ":freezer:/");
	if (!cgroup)
		return;
	cgroup += strlen(":freezer:");
	cgroup[strcspn(cgroup, "\n")] = 0;
	if (!mount_find("cgroup", "freezer", mount, sizeof(mount)))
		return;
	snprintf(path, sizeof(path), "%s%s/freezer.state", mount, cgroup);
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
