// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "prekill.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/dir.h"

struct hooks {
	const char *dir;
	int dirfd;
	const struct about *about;
	size_t len;
	char line[4096]; /* for the sockets */
	__u32 n;
	struct pollfd wait[PREKILL_HOOKS_MAX];	   /* .fd -1: has answered */
	struct program program[PREKILL_HOOKS_MAX]; /* .pid 0: a socket */
};
/* Each byte of a string takes six at most. */
_Static_assert(sizeof(((struct hooks *)0)->line) > 6 * sizeof(struct about) + 256,
	       "all of it fits");

static char *add_string(char *at, const char *name, const char *value)
{
	at += sprintf(at, "\"%s\":\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			at += sprintf(at, "\\%c", *value);
		else if ((unsigned char)*value < ' ')
			at += sprintf(at, "\\u%04x", (unsigned int)*value);
		else
			*at++ = *value;
	}
	*at++ = '"';
	*at++ = ',';
	return at;
}

static void describe(struct hooks *h)
{
	char *at = h->line;

	*at++ = '{';
	at = add_string(at, "event", h->about->event);
	at = add_string(at, "rule", h->about->rule);
	at = add_string(at, "cgroup", h->about->cgroup);
	at += sprintf(at, "\"pid\":%u,", h->about->pid);
	at = add_string(at, "name", h->about->name);
	at += sprintf(at, "\"kill_id\":%llu}\n", h->about->kill_id);
	h->len = (size_t)(at - h->line);
}

/* What others can write would be run with the agent's rights. */
static bool is_trusted(const struct stat *st)
{
	return (!st->st_uid || st->st_uid == geteuid()) && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static int tell_program(struct hooks *h, const char *name, const struct stat *st)
{
	char path[PATH_MAX];
	int err;

	if (!is_trusted(st))
		return -EPERM;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", h->dir, name) >= sizeof(path))
		return -ENAMETOOLONG;
	err = program_start(&h->program[h->n], path, h->about);
	if (err)
		return err;
	h->wait[h->n].fd = h->program[h->n].pidfd;
	return 0;
}

/* By the name of an open descriptor: the socket's own may be longer than an address can be. */
static int connect_to(int fd, int dirfd, const char *name)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int file = openat(dirfd, name, O_PATH | O_CLOEXEC), err = 0;

	if (file < 0)
		return -errno;
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d", file);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err = -errno;
	close(file);
	return err;
}

static int tell_socket(struct hooks *h, const char *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err;
	ssize_t sent;

	if (fd < 0)
		return -errno;
	err = connect_to(fd, h->dirfd, name);
	if (!err) {
		sent = send(fd, h->line, h->len, MSG_NOSIGNAL);
		err = sent < 0 ? -errno : (size_t)sent < h->len ? -EMSGSIZE : 0;
	}
	if (err) {
		close(fd);
		return err;
	}
	shutdown(fd, SHUT_WR); /* for who reads to the end */
	h->program[h->n].pid = 0;
	h->wait[h->n].fd = fd;
	return 0;
}

static int tell(struct hooks *h, const char *name)
{
	bool is_program, is_socket;
	struct stat st;
	int err;

	if (fstatat(h->dirfd, name, &st, 0))
		return -errno;
	is_program = S_ISREG(st.st_mode) && st.st_mode & S_IXUSR;
	is_socket = S_ISSOCK(st.st_mode);
	if (!is_program && !is_socket)
		return 0;
	if (h->n == PREKILL_HOOKS_MAX)
		return -E2BIG;
	err = is_program ? tell_program(h, name, &st) : tell_socket(h, name);
	if (err)
		return err;
	h->wait[h->n++].events = POLLIN;
	return 0;
}

static int tell_all(struct hooks *h)
{
	const struct dirent64 *entry;
	struct dir_list list;
	struct stat st;
	int err = 0, one;

	if (fstat(h->dirfd, &st))
		return -errno;
	if (!is_trusted(&st))
		return -EPERM;
	dir_begin(&list, h->dirfd);
	while ((entry = dir_next(&list))) {
		one = entry->d_name[0] == '.' ? 0 : tell(h, entry->d_name);
		if (one)
			err = one;
	}
	return err;
}

/* A whole line, or the end of the connection; a part of a line is not yet an answer. */
static bool has_said_it(int fd)
{
	char text[256];
	ssize_t len;

	while ((len = recv(fd, text, sizeof(text), MSG_DONTWAIT)) > 0) {
		if (memchr(text, '\n', (size_t)len))
			return true;
	}
	return !len || errno != EAGAIN;
}

static void finish(struct hooks *h, __u32 i)
{
	int status;

	if (h->program[i].pid)
		program_end(&h->program[i], &status);
	else
		close(h->wait[i].fd);
	h->wait[i].fd = -1;
}

/* How many have answered. */
static __u32 wait_for_all(struct hooks *h, __u64 until_ns)
{
	__u32 answered = 0;
	__u64 now;

	while (answered < h->n && (now = clock_now_ns()) < until_ns) {
		if (poll(h->wait, h->n, (int)((until_ns - now) / NS_PER_MS) + 1) <= 0)
			continue;
		for (__u32 i = 0; i < h->n; i++) {
			if (h->wait[i].fd < 0 || !h->wait[i].revents ||
			    (!h->program[i].pid && !has_said_it(h->wait[i].fd)))
				continue;
			finish(h, i);
			answered++;
		}
	}
	return answered;
}

int prekill_run(const char *dir, const struct about *about, __u64 timeout_ns,
		struct prekill_result *ret)
{
	__u64 until_ns = clock_now_ns() + timeout_ns;
	struct hooks h = { .dir = dir, .about = about };
	int err;

	memset(ret, 0, sizeof(*ret));
	h.dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h.dirfd < 0)
		return -errno;
	describe(&h);
	err = tell_all(&h);
	close(h.dirfd);
	ret->hooks = h.n;
	ret->answered = wait_for_all(&h, until_ns);
	for (__u32 i = 0; i < h.n; i++) {
		if (h.wait[i].fd >= 0)
			finish(&h, i);
	}
	return ret->answered < ret->hooks ? -ETIMEDOUT : err;
}
