/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * dir.h - list a directory without allocating, as opendir(3) would.
 */
#ifndef REAPD_DIR_H
#define REAPD_DIR_H

#include <dirent.h>

struct dir_list {
	int fd;
	long len;
	long at;
	_Alignas(struct dirent64) char entries[512]; /* room for the longest name */
};

/* List the open directory from where its offset is. The caller closes fd. */
void dir_begin(struct dir_list *d, int fd);

/* The next entry, "." and ".." left out; NULL: no more. Valid until the next call. */
const struct dirent64 *dir_next(struct dir_list *d);

#endif
