/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmkd.h - a server of the lmkd socket in a scratch directory, whose handlers write down what they are
 * called for; and its clients.
 */
#ifndef REAPD_TEST_LMKD_H
#define REAPD_TEST_LMKD_H

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "../../agent/base/clock.h"
#include "../../agent/serve/lmkd.h"

#define WAIT_MS 20000

static struct lmkd *server;
static int said[2]; /* what handlers were called for, a line each */
static int fds_before;

static inline void note(const char *what, __u32 client, __u32 pid)
{
	dprintf(said[1], "%s %u %u\n", what, client == (__u32)getpid(), pid);
}

static inline int on_prio(void *ctx, __u32 client, const struct lmkd_prio *prio)
{
	(void)ctx;
	note("prio", client, prio->pid);
	return prio->pid == 666 ? -EPERM : 0;
}

static inline int on_remove(void *ctx, __u32 client, __u32 pid)
{
	(void)ctx;
	note("remove", client, pid);
	return 0;
}

static inline void on_purge(void *ctx, __u32 client)
{
	(void)ctx;
	note("purge", client, 0);
}

static inline void on_gone(void *ctx, __u32 client)
{
	(void)ctx;
	note("gone", client, 0);
}

static const struct lmkd_handlers handlers = {
	.prio = on_prio,
	.remove = on_remove,
	.purge = on_purge,
	.gone = on_gone,
};

static inline const char *path(void)
{
	return in_scratch("lmkd");
}

static inline int begin(void **state)
{
	fds_before = open_fds();
	unsetenv("ANDROID_SOCKET_lmkd");
	return scratch_make(state) || pipe2(said, O_CLOEXEC) ||
	       lmkd_start(&server, path(), &handlers);
}

static inline int end(void **state)
{
	server = lmkd_stop(server);
	close(said[0]);
	close(said[1]);
	return scratch_remove(state) || open_fds() != fds_before;
}

static inline int client(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, path());
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* Up to four words. */
static inline void ask(int fd, size_t n, __u32 a, __u32 b, __u32 c, __u32 d)
{
	__u32 words[] = { htobe32(a), htobe32(b), htobe32(c), htobe32(d) };

	assert_int_equal(send(fd, words, n * sizeof(words[0]), MSG_NOSIGNAL), n * sizeof(words[0]));
}

static inline ssize_t receive(int fd, unsigned char *buf)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	return recv(fd, buf, 222, 0);
}

/* The value of a reply. */
static inline __s32 answer(int fd, __u32 command)
{
	unsigned char buf[222];
	__u32 word[2];

	assert_int_equal(receive(fd, buf), sizeof(word));
	memcpy(word, buf, sizeof(word));
	assert_int_equal(be32toh(word[0]), command);
	return (__s32)be32toh(word[1]);
}

static inline __s32 count(int fd, __s32 min, __s32 max)
{
	ask(fd, 3, LMKD_GETKILLCNT, (__u32)min, (__u32)max, 0);
	return answer(fd, LMKD_GETKILLCNT);
}

static inline void barrier(int fd)
{
	count(fd, -1000, 1000);
}

/* The server ended this connection. */
static inline bool closed(int fd)
{
	unsigned char buf[222];

	return receive(fd, buf) <= 0;
}

static inline void check_said(const char *text)
{
	struct pollfd p = { .fd = said[0], .events = POLLIN };
	char got[256];
	size_t len = 0;

	while (len < strlen(text)) {
		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		len += (size_t)read(said[0], got + len, sizeof(got) - 1 - len);
	}
	got[len] = 0;
	assert_string_equal(got, text);
}

static inline void told(const struct lmkd_kill *kill)
{
	lmkd_killed(server, LMKD_LOOP, kill);
}

#endif
