// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "../base/text.h"

/* Room for the largest answer: a recording's table of some 5,000 processes. */
#define CLIENT_SNDBUF (1 << 20)
struct control_client {
	int fd; /* -1 = free */
	bool subscribed;
	bool broken; /* to be dropped when it is no longer being talked to */
};

struct control_server {
	int epoll_fd;
	int listen_fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	control_fn *fn;
	void *ctx;
	struct control_client client[CONTROL_CLIENTS_MAX];
};

static int watch_fd(const struct control_server *s, int fd, void *who)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = who };

	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int listen_on(struct control_server *s, const char *run_dir)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int err;

	if ((size_t)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" CONTROL_SOCKET, run_dir) >=
	    sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	s->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->listen_fd < 0)
		return -errno;
	unlink(addr.sun_path); /* left by an agent that is no more: the caller holds the lock */
	mask = umask(0177);
	err = bind(s->listen_fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(mask);
	if (err)
		return err;
	text_copy(s->path, sizeof(s->path), addr.sun_path);
	return listen(s->listen_fd, CONTROL_CLIENTS_MAX) ? -errno : watch_fd(s, s->listen_fd, NULL);
}

int control_open(struct control_server **ret, const char *run_dir, control_fn *fn, void *ctx)
{
	struct control_server *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->fn = fn;
	s->ctx = ctx;
	s->listen_fd = -1;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		s->client[i].fd = -1;
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	err = s->epoll_fd < 0 ? -errno : listen_on(s, run_dir);
	if (err) {
		control_close(s);
		return err;
	}
	*ret = s;
	return 0;
}

static void drop(struct control_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	memset(client, 0, sizeof(*client));
	client->fd = -1;
}

struct control_server *control_close(struct control_server *s)
{
	if (!s)
		return NULL;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		drop(&s->client[i]);
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	if (s->epoll_fd >= 0)
		close(s->epoll_fd);
	if (s->path[0])
		unlink(s->path);
	free(s);
	return NULL;
}

int control_fd(const struct control_server *s)
{
	return s->epoll_fd;
}

static void accept_client(struct control_server *s)
{
	int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), size;
	struct control_client *client = NULL;

	if (fd < 0)
		return;
	for (int i = 0; i < CONTROL_CLIENTS_MAX && !client; i++) {
		if (s->client[i].fd < 0)
			client = &s->client[i];
	}
	if (!client) {
		struct control_client refused = { .fd = fd };

		control_send(&refused, CONTROL_END, -EBUSY, NULL, 0);
		close(fd);
		return;
	}
	size = CLIENT_SNDBUF;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	client->fd = fd;
	if (watch_fd(s, fd, client))
		drop(client);
}

static bool request_ok(const struct control *c)
{
	return c->magic == CONTROL_MAGIC && c->version == CONTROL_VERSION && c->type &&
	       c->type < CONTROL_REQUESTS && !c->size;
}

static void serve_client(struct control_server *s, struct control_client *client)
{
	struct control request;
	ssize_t len;

	/* MSG_TRUNC: the true length, so that a longer packet is not taken for a request. */
	len = recv(client->fd, &request, sizeof(request), MSG_TRUNC);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		drop(client);
		return;
	}
	if (len != sizeof(request) || !request_ok(&request)) {
		control_send(client, CONTROL_END, -EPROTO, NULL, 0);
		drop(client);
		return;
	}
	s->fn(s->ctx, client, &request);
	if (client->broken)
		drop(client);
}

void control_dispatch(struct control_server *s)
{
	struct epoll_event event;

	/* A client that never stops asking must not hold the loop: the rest waits for the next call. */
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (epoll_wait(s->epoll_fd, &event, 1, 0) <= 0)
			return;
		if (event.data.ptr)
			serve_client(s, event.data.ptr);
		else
			accept_client(s);
	}
}

int control_write(int fd, enum control_type type, int arg, const void *payload, size_t size)
{
	struct control hdr = {
		.magic = CONTROL_MAGIC,
		.version = CONTROL_VERSION,
		.type = (__u16)type,
		.size = (__u32)size,
		.arg = arg,
	};
	struct iovec iov[] = {
		{ .iov_base = &hdr, .iov_len = sizeof(hdr) },
		{ .iov_base = (void *)payload, .iov_len = size },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = size ? 2 : 1 };

	return sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void control_send(struct control_client *client, enum control_type type, int arg,
		  const void *payload, size_t size)
{
	if (!client->broken && control_write(client->fd, type, arg, payload, size))
		client->broken = true;
}

int control_client_fd(const struct control_client *client)
{
	return client->fd;
}

struct control_client *control_adopt(int fd)
{
	struct control_client *client = calloc(1, sizeof(*client));

	if (client)
		client->fd = fd;
	return client;
}

void control_subscribe(struct control_client *client)
{
	client->subscribed = true;
}

bool control_subscribed(const struct control_server *s)
{
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (s->client[i].fd >= 0 && s->client[i].subscribed)
			return true;
	}
	return false;
}

void control_publish(struct control_server *s, enum control_type type, int arg, const void *payload,
		     size_t size)
{
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct control_client *client = &s->client[i];

		if (client->fd < 0 || !client->subscribed)
			continue;
		control_send(client, type, arg, payload, size);
		if (client->broken)
			drop(client);
	}
}
