/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * client.h - the other end of the control socket, and of a recording.
 */
#ifndef REAPCTL_CLIENT_H
#define REAPCTL_CLIENT_H

#include <stddef.h>
#include <stdio.h>

#include "tool.h"
#include <reapd/control.h>

struct frame {
	struct control hdr;
	_Alignas(8) char payload[CONTROL_FRAME_MAX];
};

/* A connected socket or a negative errno; -ENOENT, -ECONNREFUSED: there is no agent. */
int client_try(const char *run_dir);

/* Connect; says what is wrong when it cannot. The socket, or -1. */
int client_connect(const struct tool *t);

/* Is there an agent? (A socket alone may have been left by one that was killed.) */
bool client_agent_runs(const struct tool *t);

/* Send a request. 0 or negative errno. */
int client_request(int fd, enum control_type type, int arg);

/*
 * The next frame of the answer. 1, 0 at CONTROL_END, or a negative errno: what CONTROL_END said, or
 * -EPROTO for what is no frame, or -ECONNRESET.
 */
int client_next(int fd, struct frame *ret);

/* The next frame of a recording. 1, 0 at the end, -EPROTO when it is damaged. */
int frame_read(FILE *f, struct frame *ret);

/* Its payload, when it is of this type and size; else NULL. */
const void *frame_as(const struct frame *f, enum control_type type, size_t size);

typedef void frame_fn(void *ctx, const struct frame *f);

/*
 * The whole of a simple verb: connect, ask, hand over each frame. An exit code; what went wrong was
 * said.
 */
int client_ask(const struct tool *t, enum control_type type, int arg, frame_fn *fn, void *ctx);

#endif
