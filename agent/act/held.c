// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "held.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/dir.h"
#include "../base/file.h"
#include "../base/text.h"

#define NOTE_MAX (128 + REAPD_PATH_LEN)

int held_note(const char *file, __u64 id, const char *path, const struct cgroup_clamp *clamp)
{
	char text[NOTE_MAX];
	int len = snprintf(text, sizeof(text), "%llu %s %s %s\n", id, clamp ? clamp->before : "-",
			   clamp ? clamp->with : "-", path);

	return file_replace(file, text, (size_t)len, 0600);
}

void held_forget(const char *file)
{
	unlink(file);
}

/* Of one file; false: there was nothing to let go. */
static bool undo(int dirfd, const char *name, int mount_fd)
{
	struct cgroup_target t = { .dirfd = -1 };
	char text[NOTE_MAX], id[24], path[REAPD_PATH_LEN];
	struct cgroup_clamp clamp = {};
	uint64_t cgroup;
	bool frozen;
	int err;

	if (file_read_at(dirfd, name, text, sizeof(text)) < 0 ||
	    sscanf(text, "%23s %23s %23s %251[^\n]", id, clamp.before, clamp.with, path) != 4 ||
	    text_to_u64(id, &cgroup) || !cgroup || path[0] != '/')
		return false;
	t.id = cgroup;
	frozen = !strcmp(clamp.before, "-");
	if (cgroup_target_open(&t, mount_fd, path))
		return false;
	err = frozen ? cgroup_freeze(&t, false) : cgroup_unclamp(&t, &clamp);
	cgroup_target_close(&t);
	return !err;
}

unsigned int held_undo(const char *dir, int mount_fd)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent64 *entry;
	unsigned int n = 0;
	struct dir_list d;

	if (fd < 0)
		return 0;
	dir_begin(&d, fd);
	while ((entry = dir_next(&d))) {
		if (strncmp(entry->d_name, HELD_PREFIX, strlen(HELD_PREFIX)))
			continue;
		n += undo(fd, entry->d_name, mount_fd);
		unlinkat(fd, entry->d_name, 0);
	}
	close(fd);
	return n;
}
