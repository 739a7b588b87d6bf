/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmkd.h - Android's lmkd socket: its clients, and what they are told. Packets: lmkd_packet.h.
 *
 * A thread of its own serves it. What clients ask for opens files of /proc and what they are told takes
 * memory of the kernel: when there is none both wait, for which the loop has no time. It is never waited
 * for, nor does the thread wait for a client: what a client's socket has no room for is lost, and counted.
 *
 * At most LMKD_CLIENTS_MAX clients; a further one is closed at once and those before it stay. A packet
 * that is none is dropped with a line in the log (one in ten seconds), and the client stays.
 *
 * A client is the PID in its credentials: what processes it registered is kept by the handlers.
 */
#ifndef REAPD_LMKD_H
#define REAPD_LMKD_H

#include "lmkd_listen.h"
#include "lmkd_packet.h"

#define LMKD_CLIENTS_MAX 3 /* ActivityManager, init and one more: as many as lmkd has */

/* Called by the thread; `client` is the PID of who asks. 0 or negative errno, which is said. */
struct lmkd_handlers {
	void *ctx;
	int (*prio)(void *ctx, __u32 client, const struct lmkd_prio *prio);
	int (*remove)(void *ctx, __u32 client, __u32 pid);
	void (*purge)(void *ctx, __u32 client);
	void (*gone)(void *ctx, __u32 client); /* its last connection ended */
};

/* Who tells of kills: each has a queue of its own, so that neither waits for the other. */
enum lmkd_teller {
	LMKD_LOOP = 0,
	LMKD_WATCHDOG,
	LMKD_TELLERS,
};

struct lmkd_status {
	__u32 clients;
	__u64 lost; /* packets that a client had no room for, or that came faster than they went out */
	__u64 malformed; /* packets that were none */
};

struct lmkd;

/*
 * Serve the socket at `path` (made with mode 0660, a stale one is replaced; -EADDRINUSE: somebody serves
 * it), or that which init left us in the environment ($ANDROID_SOCKET_lmkd), which goes before it.
 * *handlers is copied. 0 or negative errno.
 */
int lmkd_start(struct lmkd **ret, const char *path, const struct lmkd_handlers *handlers);
struct lmkd *lmkd_stop(struct lmkd *l); /* always NULL */

/*
 * Readable when a client sent a TARGET, or asked for the configuration to be read again: then lmkd_asked()
 * is true, once.
 */
int lmkd_fd(const struct lmkd *l);
bool lmkd_asked(struct lmkd *l);
/* It was: 0 or negative errno. Those who asked are answered. */
void lmkd_reloaded(struct lmkd *l, int err);

/* The process has its SIGKILL: count it, tell subscribers (STAT, then KILL). Never waits. */
void lmkd_killed(struct lmkd *l, enum lmkd_teller teller, const struct lmkd_kill *kill);

/* The last TARGET that was taken: levels in their order; how many. From any thread. */
__u32 lmkd_levels(struct lmkd *l, struct lmkd_level ret[LMKD_TARGETS]);

/* START_MONITORING or BOOT_COMPLETED has come. */
bool lmkd_may_monitor(const struct lmkd *l);
bool lmkd_booted(const struct lmkd *l);

void lmkd_status(const struct lmkd *l, struct lmkd_status *ret);

#endif
