// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "cgroup_id.h"

#include <errno.h>
#include <fcntl.h>

#define FILEID_KERNFS 0xfe /* handle type of kernfs: the id itself */

/* kernfs's file handle is the id; it lies where f_handle begins. */
struct handle {
	struct file_handle handle;
	__u64 id;
};

__u64 cgroup_id_at(int dirfd, const char *path)
{
	struct handle h = { .handle.handle_bytes = sizeof(h.id) };
	int mount_id;

	if (name_to_handle_at(dirfd, path, &h.handle, &mount_id, *path ? 0 : AT_EMPTY_PATH))
		return 0;
	return h.id;
}

int cgroup_open_id(int mount_fd, __u64 id, int flags)
{
	struct handle h = {
		.handle = { .handle_bytes = sizeof(h.id), .handle_type = FILEID_KERNFS },
		.id = id,
	};
	int fd = open_by_handle_at(mount_fd, &h.handle, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
