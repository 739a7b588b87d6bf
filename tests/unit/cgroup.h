/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgroup.h - cgroups of a test's own, in the machine's cgroup2, with children of the test in them.
 */
#ifndef REAPD_TEST_CGROUP_H
#define REAPD_TEST_CGROUP_H

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>

#include "../../agent/act/cgkill.h"
#include "../../agent/base/cgroup_id.h"
#include "../../agent/base/file.h"
#include "../../agent/base/mount.h"
#include "child.h"

static char own[64]; /* "/reapd-unit-PID", below the mount; every test's */
static int mount_fd = -1;

/* A cgroup of this name below the test's own; "": that itself. Its path below the mount. */
static inline const char *cgroup_in(const char *name)
{
	static char path[4][PATH_MAX];
	static unsigned int turn;
	char *p = path[turn++ % countof(path)];

	snprintf(p, sizeof(path[0]), "%s%s", own, name);
	return p;
}

static inline void cgroup_make(const char *name)
{
	assert_int_equal(mkdirat(mount_fd, cgroup_in(name) + 1, 0755), 0);
}

static inline void cgroup_remove(const char *name)
{
	assert_int_equal(unlinkat(mount_fd, cgroup_in(name) + 1, AT_REMOVEDIR), 0);
}

static inline struct cgroup_target cgroup_at(const char *name)
{
	struct cgroup_target t = { .dirfd = -1 };

	assert_int_equal(cgroup_target_open(&t, mount_fd, cgroup_in(name)), 0);
	assert_true(t.dirfd >= 0);
	return t;
}

static inline void cgroup_join(const char *name, pid_t pid)
{
	char path[PATH_MAX], number[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup_in(name) + 1);
	snprintf(number, sizeof(number), "%d", pid);
	assert_int_equal(file_write_at(mount_fd, path, number), 0);
}

/* A child with so many KiB in this cgroup. */
static inline pid_t child_in(const char *name, size_t kib)
{
	pid_t pid = child_start(kib);

	cgroup_join(name, pid);
	return pid;
}

/* Wait until cgroup.events says this ("frozen 1"). */
static inline void cgroup_await(const struct cgroup_target *t, const char *what)
{
	struct pollfd p = { .fd = cgroup_events(t), .events = POLLPRI };
	char text[256] = "";

	assert_true(p.fd >= 0);
	for (;;) {
		assert_true(file_pread(p.fd, text, sizeof(text)) > 0);
		if (strstr(text, what))
			break;
		assert_int_equal(poll(&p, 1, 30000), 1);
	}
	close(p.fd);
}

/* What a file of it says; empty: it is not there. */
static inline const char *cgroup_says(const struct cgroup_target *t, const char *file)
{
	static char text[4096];

	if (file_read_at(t->dirfd, file, text, sizeof(text)) < 0)
		*text = 0;
	return text;
}

/* Deepest first; each is empty once its processes are waited for. */
static inline int cgroup_remove_one(const char *path, const struct stat *st, int type,
				    struct FTW *ftw)
{
	(void)st, (void)ftw;
	return type == FTW_DP ? rmdir(path) : 0;
}

static inline int cgroups_begin(void **state)
{
	char mount[PATH_MAX];

	(void)state;
	if (!mount_find("cgroup2", NULL, mount, sizeof(mount)))
		return 0;
	mount_fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(own, sizeof(own), "/reapd-unit-%d", getpid());
	if (mkdirat(mount_fd, own + 1, 0755)) {
		close(mount_fd);
		mount_fd = -1;
	}
	return 0;
}

/* Every test begins with this. */
static inline void needs_cgroups(void)
{
	if (mount_fd < 0)
		skip();
	needs_pidfds();
}

/* Whoever a failed test left in it is a child or grandchild of ours. */
static inline int cgroups_end(void **state)
{
	struct cgroup_target t = { .dirfd = -1 };
	char path[2 * PATH_MAX], mount[PATH_MAX];
	struct cgroup_toll toll;

	(void)state;
	if (mount_fd < 0)
		return 0;
	if (!cgroup_target_open(&t, mount_fd, own) && cgroup_populated(&t) == 1) {
		cgroup_kill(&t, &toll);
		cgroup_await(&t, "populated 0");
	}
	cgroup_target_close(&t);
	close(mount_fd);
	mount_fd = -1;
	mount_find("cgroup2", NULL, mount, sizeof(mount));
	snprintf(path, sizeof(path), "%s%s", mount, own);
	return nftw(path, cgroup_remove_one, 64, FTW_DEPTH | FTW_PHYS);
}

/* A test with the cgroup `own` of its own. */
#define CGROUP_TEST(name) cmocka_unit_test_setup_teardown(name, cgroups_begin, cgroups_end)

#endif
