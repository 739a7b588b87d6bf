// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "hasten.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/dir.h"
#include "../base/file.h"
#include "../base/mount.h"

/* Most victims are gone by themselves so soon after process_mrelease. */
#define EXIT_SOON_MS 5
/* What a thawed process may take to exit before its cgroup is frozen again. */
#define THAW_MS	     1000
/* A thousand threads wait for one exit; the first hundreds make room for the others. */
#define THREADS_MAX  512

/* A hierarchy of cgroups. */
struct mounted {
	char at[PATH_MAX];	/* empty: nowhere */
	const char *controller; /* as in /proc/PID/cgroup; "": that of v2 */
};

static struct mounted freezer = { .controller = "freezer" }; /* of v1 */
static struct mounted cpu;
static const char *cpu_limit; /* a file: begins with a digit where there is a limit */

/* cgroup.procs of the foreground's cpuset; -1: there is none. */
static int foreground_fd = -1;

static void find_hierarchies(void)
{
	if (!mount_find("cgroup", "freezer", freezer.at, sizeof(freezer.at)))
		*freezer.at = 0;
	cpu.controller = "cpu";
	cpu_limit = "cpu.cfs_quota_us";
	if (mount_find("cgroup", "cpu", cpu.at, sizeof(cpu.at)))
		return;
	cpu.controller = "";
	cpu_limit = "cpu.max";
	if (!mount_find("cgroup2", NULL, cpu.at, sizeof(cpu.at)))
		*cpu.at = 0;
}

void hasten_init(const char *foreground)
{
	char path[PATH_MAX + sizeof("/cgroup.procs")];

	if (foreground_fd >= 0)
		close(foreground_fd);
	foreground_fd = -1;
	if (foreground && *foreground) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", foreground);
		foreground_fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	find_hierarchies();
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
	setpriority(PRIO_PROCESS, (id_t)tid, HASTEN_NICE);
}

static void to_foreground(unsigned int tgid)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", tgid);

	/* An error means that it is gone, or that it must stay: the priority is raised all the same. */
	if (foreground_fd >= 0 && write(foreground_fd, text, (size_t)len) != len)
		return;
}

void hasten_raise(unsigned int tgid)
{
	const struct dirent64 *entry;
	struct dir_list list;
	char path[32];
	int tid, fd;

	to_foreground(tgid);
	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	dir_begin(&list, fd);
	for (int n = 0; n < THREADS_MAX && (entry = dir_next(&list)); n++) {
		tid = (int)strtol(entry->d_name, NULL, 10);
		if (tid > 0)
			raise_thread(tid);
	}
	close(fd);
}

/* Is the controller in this list ("cpu,cpuacct"), which ends at ':'? */
static bool listed(const char *list, const char *controller)
{
	size_t len = strlen(controller);

	for (;; list++) {
		if (!strncmp(list, controller, len) && (list[len] == ',' || list[len] == ':'))
			return true;
		list += strcspn(list, ",:\n");
		if (*list != ',')
			return false;
	}
}

/* The process's cgroup in that hierarchy, "/a/b", in text, whose end it is. NULL: cannot be told. */
static char *cgroup_of(unsigned int tgid, const struct mounted *m, char *text, size_t size)
{
	char path[32], *line, *end;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", tgid);
	if (!*m->at || file_read_at(AT_FDCWD, path, text, size) < 0)
		return NULL;
	/* NUMBER:LIST:PATH */
	for (line = text; (end = strchr(line, '\n')); line = end + 1) {
		line = strchr(line, ':');
		if (!line || line > end)
			return NULL;
		if (!listed(++line, m->controller))
			continue;
		*end = 0;
		return strchr(line, '/');
	}
	return NULL;
}

/* Has this cgroup, or one above it, a limit of CPU time? Takes the path apart. */
static bool cpu_limited(char *cgroup)
{
	char path[2 * PATH_MAX], limit[32];

	for (char *end; (end = strrchr(cgroup, '/')); *end = 0) {
		snprintf(path, sizeof(path), "%s%s/%s", cpu.at, cgroup, cpu_limit);
		if (file_read_at(AT_FDCWD, path, limit, sizeof(limit)) > 0 && limit[0] >= '0' &&
		    limit[0] <= '9')
			return true;
	}
	return false;
}

/*
 * Who has used up its CPU time dies in the next period, and needs many of them where it is given little.
 * In the root cgroup there is no limit. Only then: moving a process makes all forks wait for a moment.
 */
static void unlimit(unsigned int tgid)
{
	char text[4096], path[PATH_MAX + 32], number[16];
	char *cgroup = cgroup_of(tgid, &cpu, text, sizeof(text));

	if (!cgroup || !cpu_limited(cgroup))
		return;
	snprintf(path, sizeof(path), "%s/cgroup.procs", cpu.at);
	snprintf(number, sizeof(number), "%u", tgid);
	file_write_at(AT_FDCWD, path, number);
}

/*
 * A v1 freezer keeps its prisoner from dying. Open the cell just long enough for it to leave; what
 * else was frozen there is frozen again.
 */
static void thaw(unsigned int tgid, int pidfd)
{
	char text[4096], path[2 * PATH_MAX], state[16];
	const char *cgroup = cgroup_of(tgid, &freezer, text, sizeof(text));

	if (!cgroup)
		return;
	snprintf(path, sizeof(path), "%s%s/freezer.state", freezer.at, cgroup);
	if (file_read_at(AT_FDCWD, path, state, sizeof(state)) < 0 || state[0] != 'F')
		return;
	if (file_write_at(AT_FDCWD, path, "THAWED"))
		return;
	gone(pidfd, THAW_MS);
	file_write_at(AT_FDCWD, path, "FROZEN");
}

void hasten_exit(unsigned int tgid, int pidfd)
{
	if (gone(pidfd, EXIT_SOON_MS))
		return;
	hasten_raise(tgid);
	if (gone(pidfd, EXIT_SOON_MS))
		return;
	unlimit(tgid);
	thaw(tgid, pidfd);
}
