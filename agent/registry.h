/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * registry.h - which processes the clients of the lmkd socket registered, with which priority, and
 * whose they are.
 *
 * A process is its number and its start time, so that whoever has the number later is not registered.
 * It belongs to the client that registered it, by that one's PID: others can neither change nor remove
 * it. When the client is gone it belongs to nobody, and then to the first that touches it.
 *
 * The thread of the socket writes (it opens files of /proc), the loop copies what is written into its
 * table; a lock is held for memory alone.
 */
#ifndef REAPD_REGISTRY_H
#define REAPD_REGISTRY_H

#include "sense/table.h"
#include "serve/lmkd.h"

/* Android has some hundred; one more after that is refused, once those that are gone were removed. */
#define REGISTERED_MAX 4096

struct registry;

struct registry *registry_new(__u32 max); /* for so many processes; NULL without memory */
struct registry *registry_free(struct registry *r);

/* What a client asks for; for the thread of the socket. */
struct lmkd_handlers registry_handlers(struct registry *r);

/*
 * Make the table say of each row whether it is registered (PROC_REGISTERED), with the priority and time
 * of its registration. Costs nothing when neither was a row made nor anything registered since the last
 * time.
 */
void registry_mark(struct registry *r, struct table *t);

/*
 * It was killed: forget it. True: it was registered, and with this uid, which is what its client knows
 * it by.
 */
bool registry_take(struct registry *r, __u32 pid, __u64 start_ns, __u32 *ret_uid);

/* The uid it was registered with; not touched when it is not. */
void registry_uid(struct registry *r, __u32 pid, __u64 start_ns, __u32 *ret_uid);

/*
 * For the watchdog, whatever the loop is stuck in: its priority now. 0, -ESRCH: not registered, -EBUSY:
 * the lock was not to be had for some milliseconds.
 */
int registry_try_adj(struct registry *r, __u32 pid, __u64 start_ns, __s16 *ret_adj);

__u32 registry_count(const struct registry *r);

#endif
