/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmkd_link.h - the lmkd socket and the agent: what clients told of processes into the table, kills out
 * to them, and lmkd's own lines in the log.
 */
#ifndef REAPD_LMKD_LINK_H
#define REAPD_LMKD_LINK_H

#include "agent.h"

/* Serve the socket, if there is one to serve. 0 or negative errno. */
int lmkd_link_start(struct agent *a);
void lmkd_link_stop(struct agent *a);

/* Rows of the table may be new, or what clients said: mark those that are registered. */
void lmkd_link_mark(struct agent *a);

/*
 * A victim has its SIGKILL, as its reaper or the kernel side says: tell it, once. Not before: a kill
 * that fails is no kill.
 */
void lmkd_link_killed(struct agent *a, struct death *d);

/* The same of somebody whose kill is another's: one of a cgroup. Told if it is registered. */
void lmkd_link_member(struct agent *a, __u32 tgid, __u64 start_ns);

/* Its reaper took its memory back, or could not. */
void lmkd_link_reaped(struct agent *a, const struct death *d);

/* lmkd's numbers of a kill that was just decided. */
void lmkd_link_killinfo(const struct agent *a, struct kill_record *r);

/*
 * What clients said of minfree (TARGET), into the policy: strategy android's old way goes by it. Also
 * after the configuration was read again.
 */
void lmkd_link_levels(struct agent *a);

/* delay_monitors_until_boot: nothing is decided until a client says that it may be. */
bool lmkd_link_waits(const struct agent *a);

void lmkd_link_status(const struct agent *a, struct control_status *ret);

#endif
