// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "cgkill.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../base/cgroup_id.h"
#include "../base/clock.h"
#include "../base/dir.h"
#include "../base/file.h"
#include "../base/text.h"
#include "kill.h"

/* A walk goes so far down; each level takes 0.6 KiB of the reaper's stack. */
#define DEPTH_MAX      24
/* Somebody can fork while the list is read: read it again, so often at most. */
#define PASSES_MAX     8
#define SWEEP_PAUSE_MS 16

int cgroup_target_open(struct cgroup_target *t, int mount_fd, const char *path)
{
	__u64 id;

	t->dirfd = t->id ? cgroup_open_id(mount_fd, t->id, O_RDONLY | O_DIRECTORY) : -1;
	if (t->dirfd >= 0)
		return 0;
	t->dirfd = -1;
	if (path[0] != '/')
		return -EINVAL;
	t->dirfd = openat(mount_fd, path[1] ? path + 1 : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dirfd < 0)
		return -errno;
	id = cgroup_id_at(t->dirfd, "");
	if (id && (!t->id || id == t->id)) {
		t->id = id;
		return 0;
	}
	cgroup_target_close(t);
	return id ? -ESTALE : -ENOTSUP;
}

void cgroup_target_close(struct cgroup_target *t)
{
	if (t->dirfd >= 0)
		close(t->dirfd);
	t->dirfd = -1;
}

int cgroup_events(const struct cgroup_target *t)
{
	int fd = openat(t->dirfd, "cgroup.events", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The kernel says ENODEV where a file was opened before its cgroup was removed, else ENOENT. */
static int populated(int events)
{
	char text[256];
	const char *at;
	ssize_t len = file_pread(events, text, sizeof(text));

	if (len < 0)
		return len == -ENODEV ? -ENOENT : (int)len;
	at = strstr(text, "populated ");
	return at ? at[strlen("populated ")] == '1' : -EBADMSG;
}

int cgroup_populated(const struct cgroup_target *t)
{
	int fd = cgroup_events(t), ret;

	if (fd < 0)
		return fd;
	ret = populated(fd);
	close(fd);
	return ret;
}

int cgroup_oom_group(const struct cgroup_target *t)
{
	char text[16];
	ssize_t len = file_read_at(t->dirfd, "memory.oom.group", text, sizeof(text));

	return len < 0 ? (int)len : text[0] == '1';
}

int cgroup_freeze(const struct cgroup_target *t, bool frozen)
{
	return file_write_at(t->dirfd, "cgroup.freeze", frozen ? "1" : "0");
}

struct walk {
	int sig;
	pid_t self;
	struct cgroup_toll *toll;
	char text[1024];
};

static void failed(struct walk *w, int err)
{
	w->toll->failed++;
	w->toll->error = err;
}

/* By pidfd: 0, which stands for one of another pid namespace, must not mean ourselves. */
static void signal_one(struct walk *w, pid_t pid)
{
	int fd, err;

	if (pid == 1 || pid == w->self) {
		failed(w, -EPERM);
		return;
	}
	fd = pidfd_of((__u32)pid);
	err = fd;
	if (fd >= 0)
		err = syscall(SYS_pidfd_send_signal, fd, w->sig, NULL, 0) ? -errno : 0;
	if (!err)
		w->toll->signalled++;
	else if (err != -ESRCH)
		failed(w, err);
	if (fd >= 0)
		close(fd);
}

/* A number can be cut by the end of what one read(2) gives. */
static int signal_members(struct walk *w, int dirfd)
{
	int fd = openat(dirfd, "cgroup.procs", O_RDONLY | O_CLOEXEC), err = 0;
	pid_t pid = 0;
	ssize_t len;

	if (fd < 0)
		return -errno;
	while ((len = read(fd, w->text, sizeof(w->text))) > 0) {
		for (ssize_t i = 0; i < len; i++) {
			if (w->text[i] >= '0' && w->text[i] <= '9') {
				pid = pid * 10 + (w->text[i] - '0');
				continue;
			}
			signal_one(w, pid);
			pid = 0;
		}
	}
	if (len < 0)
		err = -errno;
	close(fd);
	return err;
}

static void walk(struct walk *w, int dirfd, int depth)
{
	const struct dirent64 *entry;
	struct dir_list list;
	int err, fd;

	err = depth < DEPTH_MAX ? signal_members(w, dirfd) : -ELOOP;
	/* Removed meanwhile; or threaded: its processes are listed above. */
	if (err && err != -ENOENT && err != -ENODEV && !(err == -EOPNOTSUPP && depth))
		failed(w, err);
	if (depth == DEPTH_MAX || lseek(dirfd, 0, SEEK_SET))
		return;
	dir_begin(&list, dirfd);
	while ((entry = dir_next(&list))) {
		if (entry->d_type != DT_DIR)
			continue;
		fd = openat(dirfd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		walk(w, fd, depth + 1);
		close(fd);
	}
}

/* The toll is that of the pass which found the most. */
static int signal_all(const struct cgroup_target *t, int sig, int passes, struct cgroup_toll *ret)
{
	struct cgroup_toll toll;
	struct walk w = { .sig = sig, .self = getpid(), .toll = &toll };

	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < passes; i++) {
		memset(&toll, 0, sizeof(toll));
		walk(&w, t->dirfd, 0);
		if (i && toll.signalled <= ret->signalled)
			break;
		*ret = toll;
	}
	if (ret->signalled)
		return 0;
	return ret->failed ? ret->error : -ESRCH;
}

int cgroup_kill_each(const struct cgroup_target *t, struct cgroup_toll *ret)
{
	cgroup_freeze(t, true); /* without it there are more passes and sweeps */
	return signal_all(t, SIGKILL, PASSES_MAX, ret);
}

int cgroup_kill(const struct cgroup_target *t, struct cgroup_toll *ret)
{
	int err = cgroup_populated(t);

	memset(ret, 0, sizeof(*ret));
	if (err <= 0)
		return err && err != -ENOENT ? err : -ESRCH;
	if (file_write_at(t->dirfd, "cgroup.kill", "1"))
		return cgroup_kill_each(t, ret);
	ret->whole = true;
	return 0;
}

int cgroup_sweep(const struct cgroup_target *t, __u64 until_ns)
{
	struct pollfd events = { .fd = cgroup_events(t), .events = POLLPRI };
	struct cgroup_toll toll;
	int left, pause_ms = 1;

	while ((left = populated(events.fd)) > 0) {
		signal_all(t, SIGKILL, 1, &toll);
		if (clock_now_ns() > until_ns)
			break;
		poll(&events, 1, pause_ms);
		if (pause_ms < SWEEP_PAUSE_MS)
			pause_ms *= 2;
	}
	cgroup_freeze(t, false);
	if (events.fd >= 0)
		close(events.fd);
	return left > 0 ? -ETIMEDOUT : 0;
}

/*
 * Who is frozen acts on SIGTERM when thawed, so that it arrives once, however often it was sent. Where
 * nothing freezes it is sent once.
 */
int cgroup_term(const struct cgroup_target *t, struct cgroup_toll *ret)
{
	bool frozen = !cgroup_freeze(t, true);
	int err = signal_all(t, SIGTERM, frozen ? PASSES_MAX : 1, ret);

	cgroup_freeze(t, false);
	return err;
}

int cgroup_mark(const struct cgroup_target *t, __u64 kill_id, __u32 processes)
{
	static const char kills[] = "user.reapd_kills";
	char text[24];
	uint64_t sum = 0;
	ssize_t len = fgetxattr(t->dirfd, kills, text, sizeof(text) - 1);

	if (len < 0 && errno != ENODATA)
		return -errno;
	text[len < 0 ? 0 : len] = 0;
	text_to_u64(text, &sum); /* what is no number begins anew */
	snprintf(text, sizeof(text), "%llu", (unsigned long long)sum + processes);
	if (fsetxattr(t->dirfd, kills, text, strlen(text), 0))
		return -errno;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)kill_id);
	return fsetxattr(t->dirfd, "user.reapd_kill_id", text, strlen(text), 0) ? -errno : 0;
}
