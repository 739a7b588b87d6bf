/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cgroup_id.h - the id by which BPF and the kernel know a cgroup, and the way back.
 */
#ifndef REAPD_CGROUP_ID_H
#define REAPD_CGROUP_ID_H

#include <linux/types.h>

/* Id of the cgroup at this path below dirfd ("": of dirfd itself); 0: errno says why. */
__u64 cgroup_id_at(int dirfd, const char *path);

/*
 * Open the directory of the cgroup with this id; mount_fd is anything on the same cgroup2. Descriptor
 * (close-on-exec), or -ESTALE (gone), -EPERM (not without CAP_DAC_READ_SEARCH), another negative errno.
 */
int cgroup_open_id(int mount_fd, __u64 id, int flags);

#endif
