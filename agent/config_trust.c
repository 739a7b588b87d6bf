// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config_trust.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "base/mount.h"

int trust_file(int fd, uid_t *ret_owner)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM;
	*ret_owner = st.st_uid == geteuid() ? 0 : st.st_uid;
	return 0;
}

bool trust_cgroup(const char *mount, const char *path, uid_t uid)
{
	char full[2 * PATH_MAX];
	size_t len = 0, part;
	struct stat st;

	while (path[len] == '/' && path[len + 1]) {
		part = 1 + strcspn(path + len + 1, "/");
		if (strcspn(path + len, "*?[") < part)
			return false;
		len += part;
		snprintf(full, sizeof(full), "%s%.*s", mount, (int)len, path);
		if (stat(full, &st))
			return false;
		if (st.st_uid == uid)
			return true;
	}
	return false;
}

const char *trust_cgroup_fault(const char *path, uid_t uid)
{
	char mount[PATH_MAX];

	if (mount_find("cgroup2", NULL, mount, sizeof(mount)) && trust_cgroup(mount, path, uid))
		return NULL;
	return "not inside a cgroup of the owner of this file";
}
