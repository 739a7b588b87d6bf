/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * file.h - small files, whole. All return a length or 0, or a negative errno.
 */
#ifndef REAPD_FILE_H
#define REAPD_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Read the file behind fd from its start into buf and end it with NUL. -EFBIG: it did not fit. */
ssize_t file_pread(int fd, char *buf, size_t size);

/* The same by path, relative to dirfd (or AT_FDCWD). */
ssize_t file_read_at(int dirfd, const char *path, char *buf, size_t size);

/* Write all of buf. */
int file_write(int fd, const void *buf, size_t size);

/* Write the text to a file that is there, in one piece. */
int file_write_at(int dirfd, const char *path, const char *text);
/*
 * Put a file with this text in the place of `path`: a reader sees the old one or the new one, whole.
 * Written as path.tmp first. Not synced: after a crash of the machine it may be empty.
 */
int file_replace(const char *path, const char *text, size_t len, mode_t mode);

/* Make the directory and its parents, like mkdir -p. */
int file_mkdirs(const char *path, mode_t mode);

#endif
