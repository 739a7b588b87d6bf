// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * ground.c - the cgroup in which victims live, in each hierarchy there is: its memory and its brakes.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../agent/base/clock.h"
#include "../../../agent/base/file.h"
#include "../../../agent/base/mount.h"
#include "freeing.h"

enum {
	V2,
	MEMORY,
	CPU,
	FREEZER,
	TREES
};

static const struct {
	const char *type, *option;
} kinds[TREES] = {
	[V2] = { "cgroup2", NULL },
	[MEMORY] = { "cgroup", "memory" },
	[CPU] = { "cgroup", "cpu" },
	[FREEZER] = { "cgroup", "freezer" },
};

static char dir[TREES][PATH_MAX]; /* empty: there is none */
static int held_fd, swap_fd = -1;
static pid_t owner;

static int fd_of(int tree, const char *file, int flags)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir[tree], file);
	return *dir[tree] ? open(path, flags | O_CLOEXEC) : -1;
}

static bool has(int tree, const char *file)
{
	int fd = fd_of(tree, file, O_WRONLY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int put(int tree, const char *file, const char *text)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir[tree], file);
	return file_write_at(AT_FDCWD, path, text);
}

static void must_put(int tree, const char *file, const char *text)
{
	if (put(tree, file, text)) {
		fprintf(stderr, "cannot write %s into %s/%s\n", text, dir[tree], file);
		exit(1);
	}
}

static void end(void)
{
	if (getpid() != owner)
		return;
	for (int i = 0; i < TREES; i++) {
		if (*dir[i])
			rmdir(dir[i]);
	}
}

void ground_begin(void)
{
	char mount[PATH_MAX - 64];

	owner = getpid();
	for (int i = 0; i < TREES; i++) {
		if (!mount_find(kinds[i].type, kinds[i].option, mount, sizeof(mount)))
			continue;
		snprintf(dir[i], sizeof(dir[i]), "%s/reapd-bench-%d", mount, owner);
		if (mkdir(dir[i], 0755))
			*dir[i] = 0;
	}
	atexit(end);
	held_fd = fd_of(MEMORY, "memory.usage_in_bytes", O_RDONLY);
	if (held_fd < 0) {
		held_fd = fd_of(V2, "memory.current", O_RDONLY);
		swap_fd = fd_of(V2, "memory.swap.current", O_RDONLY);
	}
	if (held_fd < 0) {
		fprintf(stderr, "no memory controller to tell what victims hold\n");
		exit(77);
	}
}

void ground_enter(bool cpu)
{
	for (int i = 0; i < TREES; i++) {
		if (*dir[i] && (i != CPU || cpu))
			must_put(i, "cgroup.procs", "0");
	}
}

static uint64_t number(int fd)
{
	char text[32];

	if (fd < 0)
		return 0;
	if (file_pread(fd, text, sizeof(text)) < 0)
		exit(1);
	return strtoull(text, NULL, 10);
}

uint64_t ground_held(void)
{
	return number(held_fd) + number(swap_fd);
}

bool ground_has_freezer(int version)
{
	return version == 1 ? has(FREEZER, "freezer.state") : has(V2, "cgroup.freeze");
}

bool ground_has_cpu(void)
{
	return has(CPU, "cpu.cfs_quota_us") || has(V2, "cpu.max");
}

bool ground_has_swap(void)
{
	char text[512];

	/* A header and at least one line. */
	return swap_fd >= 0 && has(V2, "memory.reclaim") &&
	       file_read_at(AT_FDCWD, "/proc/swaps", text, sizeof(text)) > 0 &&
	       strchr(strchr(text, '\n') ? strchr(text, '\n') + 1 : "", '\n');
}

void ground_freeze(int version, bool frozen)
{
	char text[256];

	if (version == 1)
		must_put(FREEZER, "freezer.state", frozen ? "FROZEN" : "THAWED");
	else
		must_put(V2, "cgroup.freeze", frozen ? "1" : "0");
	/* Not at once: a thousand threads have to come by. */
	for (int i = 0; frozen && i < 2000; i++) {
		int fd = fd_of(version == 1 ? FREEZER : V2,
			       version == 1 ? "freezer.state" : "cgroup.events", O_RDONLY);
		ssize_t len = file_pread(fd, text, sizeof(text));

		close(fd);
		if (len > 0 && (!strncmp(text, "FROZEN", 6) || strstr(text, "frozen 1")))
			return;
		usleep(1000);
	}
	if (frozen) {
		fprintf(stderr, "it does not freeze\n");
		exit(1);
	}
}

void ground_throttle(bool throttled)
{
	if (has(CPU, "cpu.cfs_quota_us")) {
		must_put(CPU, "cpu.cfs_period_us", "100000");
		must_put(CPU, "cpu.cfs_quota_us", throttled ? "1000" : "-1");
	} else {
		must_put(V2, "cpu.max", throttled ? "1000 100000" : "max 100000");
	}
}

void ground_swap_out(uint64_t bytes)
{
	uint64_t want = bytes / 10 * 9;
	char text[32];

	/* In pieces: a large one is given up with EAGAIN where the swap is slow. */
	for (int i = 0; i < 200 && number(swap_fd) < want; i++) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes / 20);
		put(V2, "memory.reclaim", text);
	}
	if (number(swap_fd) < bytes / 2) {
		fprintf(stderr, "only %llu MiB went into swap\n",
			(unsigned long long)number(swap_fd) >> 20);
		exit(1);
	}
}

void ground_squeeze(uint64_t bytes)
{
	bool v1 = has(MEMORY, "memory.limit_in_bytes");
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	must_put(v1 ? MEMORY : V2, v1 ? "memory.limit_in_bytes" : "memory.high", text);
}
