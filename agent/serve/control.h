/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * control.h - the control socket: clients in, frames out. What an answer says is the caller's.
 *
 * Protocol: include/reapd/control.h. Nothing here waits: a client whose socket is full is dropped,
 * and so is one that sends what is not a request. Clients are few (CONTROL_CLIENTS_MAX); one more is
 * turned away.
 */
#ifndef REAPD_SERVE_CONTROL_H
#define REAPD_SERVE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/control.h>

#define CONTROL_CLIENTS_MAX 8

struct control_server;
struct control_client;

/* Answer one request, which was checked, by control_send(), the last time with CONTROL_END. */
typedef void control_fn(void *ctx, struct control_client *client, const struct control *request);

/* Listen on run_dir/control (replacing a stale socket). 0 or negative errno. */
int control_open(struct control_server **ret, const char *run_dir, control_fn *fn, void *ctx);
struct control_server *control_close(struct control_server *s); /* always NULL */

/* Readable when control_dispatch() has something to do. */
int control_fd(const struct control_server *s);
void control_dispatch(struct control_server *s);

/* A client of its own on a connected socket, for the caller to free(); NULL without memory. */
struct control_client *control_adopt(int fd);

/* One frame on a socket, whole and without waiting. 0 or negative errno. */
int control_write(int fd, enum control_type type, int arg, const void *payload, size_t size);

int control_client_fd(const struct control_client *client);

/* One frame to one client. A client that cannot take it is marked to be dropped. */
void control_send(struct control_client *client, enum control_type type, int arg,
		  const void *payload, size_t size);

/* From now on this client gets what control_publish() sends. */
void control_subscribe(struct control_client *client);

/* Is anybody subscribed? Asked before a frame is made. */
bool control_subscribed(const struct control_server *s);

/* One frame to all subscribers. */
void control_publish(struct control_server *s, enum control_type type, int arg, const void *payload,
		     size_t size);

#endif
