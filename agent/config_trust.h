/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config_trust.h - whose a drop-in is, and what its owner may decide.
 */
#ifndef REAPD_CONFIG_TRUST_H
#define REAPD_CONFIG_TRUST_H

#include <stdbool.h>

#include <sys/types.h>

/*
 * The owner of an open file: 0 for root and for the user that the agent itself is. -EPERM: its group or
 * others may write it, so it is nobody's. Or another negative errno.
 */
int trust_file(int fd, uid_t *ret_owner);

/*
 * Is this path (or pattern) in cgroupfs, below `mount`, inside a cgroup that the user owns? What stands
 * behind the first component with a '*', '?' or '[' is not looked at.
 */
bool trust_cgroup(const char *mount, const char *path, uid_t uid);

/* NULL when it is, in this machine's cgroupfs; else what is wrong with it, in words. */
const char *trust_cgroup_fault(const char *path, uid_t uid);

#endif
