/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * prekill.h - tell others before a kill, so that they can save what they need of the victim.
 *
 * Of a directory every executable file is run (program.h) and every unix stream socket gets one line of
 * JSON, {"event":"prekill","rule":..,"cgroup":..,"pid":N,"name":..,"kill_id":N}; all at once, with one
 * limit of time for all. A socket has answered when its peer sends a line or closes; a program when it
 * exits, whatever its status. Strings are sent as they are but for JSON's escapes: the caller has
 * cleaned them. Names that begin with '.' are passed over.
 */
#ifndef REAPD_PREKILL_H
#define REAPD_PREKILL_H

#include "program.h"

#define PREKILL_HOOKS_MAX 32

struct prekill_result {
	__u32 hooks;	/* that were told */
	__u32 answered; /* of them, in time */
};

/*
 * 0: all that there are were told and have answered. -ETIMEDOUT: some have not in time; programs among
 * them were killed. Else the error of one that could not be told: -ECONNREFUSED (nobody listens),
 * -E2BIG (beyond PREKILL_HOOKS_MAX), -EPERM: it, or the whole directory, belongs to others than root
 * and the agent's user or can be written by them, so it is not run. Or that of opening the directory.
 */
int prekill_run(const char *dir, const struct about *about, __u64 timeout_ns,
		struct prekill_result *ret);

#endif
