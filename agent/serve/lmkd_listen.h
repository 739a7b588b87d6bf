/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmkd_listen.h - the socket that lmkd's clients connect to: made at a path, or left by Android's init.
 */
#ifndef REAPD_LMKD_LISTEN_H
#define REAPD_LMKD_LISTEN_H

#include <stdbool.h>

/* Does the environment name one ($ANDROID_SOCKET_lmkd, the number of a descriptor)? */
bool lmkd_inherits(void);

/* That one: listening, as every connection of it passing credentials. A descriptor or negative errno. */
int lmkd_listen_inherited(void);

/*
 * One of our own, mode 0660. A socket that nobody serves any more is replaced. A descriptor or negative
 * errno; -EADDRINUSE: somebody serves it, or the path is something else.
 */
int lmkd_listen_at(const char *path);

/* The next client, not blocking; negative errno. */
int lmkd_accept(int listen_fd);

/*
 * One packet and the PID of its sender (0: not known here). Returns its true size, which may be more
 * than `size`, or negative errno.
 */
long lmkd_receive(int fd, void *buf, unsigned long size, unsigned int *ret_pid);

#endif
