/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * killlog.h - the file of kill records: append on one side, read on the other.
 *
 * Format and crash rules: include/reapd/record.h.
 */
#ifndef REAPD_KILLLOG_H
#define REAPD_KILLLOG_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/record.h>

#define KILLLOG_FILE "kills"
#define KILLLOG_OLD  "kills.1"

/* Is this a whole record, as it was written? */
bool killlog_valid(const struct kill_record *r);

struct killlog {
	int dir_fd;
	int fd;
	__u64 next_seq;
	__u32 records; /* in the present file */
};

/*
 * Open for appending; makes the directory and the file, cuts off a torn tail and goes on counting
 * where the last whole record ended. 0 or negative errno.
 */
int killlog_open(struct killlog *log, const char *dir);
void killlog_close(struct killlog *log);

/*
 * Stamp (magic, size, seq, crc) and append; rotates when the file is full. A record with kill_id 0
 * gets its seq as its kill id. 0 or negative errno; the record is then lost but for the log line.
 */
int killlog_append(struct killlog *log, struct kill_record *r);

/*
 * Read the next whole record of a file, from *offset on; what is torn or was overwritten is stepped
 * over. Returns 1, 0 at the end, or a negative errno.
 */
int killlog_read(int fd, __u64 *offset, struct kill_record *ret);

#endif
