/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * mount.h - where something is mounted, from /proc/self/mountinfo.
 */
#ifndef REAPD_MOUNT_H
#define REAPD_MOUNT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Mount point of the first file system of this type ("cgroup2") that has this word among its own
 * options ("memory"; NULL: any). False when there is none.
 */
bool mount_find(const char *type, const char *option, char *ret, size_t size);

#endif
