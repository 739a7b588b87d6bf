// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "dir.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void dir_begin(struct dir_list *d, int fd)
{
	d->fd = fd;
	d->len = 0;
	d->at = 0;
}

const struct dirent64 *dir_next(struct dir_list *d)
{
	const struct dirent64 *entry;

	do {
		if (d->at >= d->len) {
			d->len = syscall(SYS_getdents64, d->fd, d->entries, sizeof(d->entries));
			d->at = 0;
			if (d->len <= 0)
				return NULL;
		}
		entry = (const struct dirent64 *)(d->entries + d->at);
		d->at += entry->d_reclen;
	} while (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."));
	return entry;
}
