// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "lmkd_listen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <reapd/lmk.h>

#include "../base/text.h"

/* Clients that connect at once: as many as lmkd lets wait. */
#define BACKLOG 3

bool lmkd_inherits(void)
{
	return getenv(LMKD_SOCKET_ENV) != NULL;
}

static int begin(int fd)
{
	int on = 1;

	/* Connections inherit it, so that not even the first packet comes without credentials. */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) || listen(fd, BACKLOG))
		return -errno;
	return 0;
}

int lmkd_listen_inherited(void)
{
	const char *number = getenv(LMKD_SOCKET_ENV);
	int type = 0, domain = 0, flags, err;
	socklen_t size = sizeof(type);
	uint64_t fd;

	if (!number || text_to_u64(number, &fd) || fd > INT_MAX)
		return -EINVAL;
	if (getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &size) ||
	    getsockopt((int)fd, SOL_SOCKET, SO_DOMAIN, &domain, &size))
		return -errno;
	if (type != SOCK_SEQPACKET || domain != AF_UNIX)
		return -EPROTOTYPE;
	flags = fcntl((int)fd, F_GETFL);
	if (flags < 0 || fcntl((int)fd, F_SETFL, flags | O_NONBLOCK) ||
	    fcntl((int)fd, F_SETFD, FD_CLOEXEC))
		return -errno;
	err = begin((int)fd);
	return err ? err : (int)fd;
}

/* Does somebody listen there? */
static bool served(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool yes = false;

	if (fd >= 0) {
		/* EAGAIN: it does, and has no room for one more. */
		yes = !connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) || errno == EAGAIN;
		close(fd);
	}
	return yes;
}

int lmkd_listen_at(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	mode_t mask;
	int fd, err;

	if (!text_copy(addr.sun_path, sizeof(addr.sun_path), path))
		return -ENAMETOOLONG;
	if (!lstat(path, &st) && S_ISSOCK(st.st_mode) && !served(&addr))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0117);
	err = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(mask);
	if (!err)
		err = begin(fd);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int lmkd_accept(int listen_fd)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

long lmkd_receive(int fd, void *buf, unsigned long size, unsigned int *ret_pid)
{
	/* No room for more than credentials: descriptors that are passed are closed by the kernel. */
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, MSG_TRUNC | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = len < 0 ? NULL : CMSG_FIRSTHDR(&msg);
	struct ucred who;

	*ret_pid = 0;
	if (len < 0)
		return -errno;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
		memcpy(&who, CMSG_DATA(c), sizeof(who));
		*ret_pid = who.pid > 0 ? (unsigned int)who.pid : 0;
	}
	return len;
}
