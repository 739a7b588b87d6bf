/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * peers.h - other programs here that kill for the sake of memory.
 *
 * Two of them see the same shortage, and each kills somebody for it. They are known by what they are
 * called; whether one is configured to do anything is not asked.
 */
#ifndef REAPD_SENSE_PEERS_H
#define REAPD_SENSE_PEERS_H

#include <stdbool.h>

#include "table.h"
#include <reapd/control.h>

#define PEER_KINDS 7
#define PEER_NONE  PEER_KINDS

struct peers {
	struct {
		__u32 count; /* processes; 0 = none */
		__u32 tgid;  /* one of them */
		char cgroup[REAPD_PATH_LEN];
	} kind[PEER_KINDS];
	bool look; /* the caller's: there is reason to look again */
};

/* Path of a cgroup by its id, NULL when it is not known. */
typedef const char *peers_path_fn(void *ctx, __u64 cgroup_id);

/* Is a program of this name (or comm) one? Its kind, or PEER_NONE. */
__u32 peer_find(const char *name, const char *comm);

/* Can it kill in this scope ("/": the whole machine)? The kubelet kills nothing but pods. */
bool peer_concerns(__u32 kind, const char *scope);

/*
 * Look through a table. `whole`: who is not in it is gone; else it is only added to. Returns one bit for
 * each kind that was not there before.
 */
__u32 peers_take(struct peers *p, const struct table *t, bool whole, peers_path_fn *path,
		 void *ctx);

/* Who it is, what it does and how to end that, in words. */
void peer_describe(const struct peers *p, __u32 kind, struct control_peer *ret);

#endif
