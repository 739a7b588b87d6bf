// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

int client_try(const char *run_dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err;

	if ((size_t)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" CONTROL_SOCKET, run_dir) >=
	    sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int client_connect(const struct tool *t)
{
	int fd = client_try(t->run_dir);

	if (fd == -ENOENT || fd == -ECONNREFUSED)
		complain("no reapd is running on %s", t->run_dir);
	else if (fd < 0)
		complain("%s/" CONTROL_SOCKET ": %s", t->run_dir, strerror(-fd));
	return fd < 0 ? -1 : fd;
}

bool client_agent_runs(const struct tool *t)
{
	int fd = client_try(t->run_dir);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int client_request(int fd, enum control_type type, int arg)
{
	struct control request = {
		.magic = CONTROL_MAGIC,
		.version = CONTROL_VERSION,
		.type = (__u16)type,
		.arg = arg,
	};

	return send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static bool header_ok(const struct control *c)
{
	return c->magic == CONTROL_MAGIC && c->version == CONTROL_VERSION &&
	       c->size <= CONTROL_FRAME_MAX;
}

int client_next(int fd, struct frame *ret)
{
	struct iovec iov[] = {
		{ .iov_base = &ret->hdr, .iov_len = sizeof(ret->hdr) },
		{ .iov_base = ret->payload, .iov_len = sizeof(ret->payload) },
	};
	ssize_t len = readv(fd, iov, 2);

	if (len < 0)
		return -errno;
	if (!len)
		return -ECONNRESET;
	if ((size_t)len < sizeof(ret->hdr) || !header_ok(&ret->hdr) ||
	    (size_t)len != sizeof(ret->hdr) + ret->hdr.size)
		return -EPROTO;
	return ret->hdr.type == CONTROL_END ? ret->hdr.arg : 1;
}

int frame_read(FILE *f, struct frame *ret)
{
	size_t len = fread(&ret->hdr, 1, sizeof(ret->hdr), f);

	if (!len)
		return 0;
	if (len < sizeof(ret->hdr) || !header_ok(&ret->hdr) ||
	    fread(ret->payload, 1, ret->hdr.size, f) < ret->hdr.size)
		return -EPROTO;
	return 1;
}

const void *frame_as(const struct frame *f, enum control_type type, size_t size)
{
	return f->hdr.type == type && f->hdr.size == size ? f->payload : NULL;
}

int client_ask(const struct tool *t, enum control_type type, int arg, frame_fn *fn, void *ctx)
{
	static struct frame frame;
	int fd = client_connect(t), err;

	if (fd < 0)
		return EXIT_FAILURE;
	err = client_request(fd, type, arg);
	while (!err) {
		err = client_next(fd, &frame);
		if (err <= 0)
			break;
		fn(ctx, &frame);
		err = 0;
	}
	close(fd);
	if (!err)
		return EXIT_SUCCESS;
	if (err == -EPROTO)
		complain("the agent does not speak our language: other version?");
	else
		complain("%s", strerror(-err));
	return EXIT_FAILURE;
}
