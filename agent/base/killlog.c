// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "killlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "file.h"

static __u32 record_crc(const struct kill_record *r)
{
	struct kill_record copy = *r;

	copy.crc = 0;
	return (__u32)crc32(0, (const unsigned char *)&copy, sizeof(copy));
}

#define ENDS(string) (!(string)[sizeof(string) - 1])

/* A good checksum says that nothing changed since, not that the writer was sane. */
static bool strings_end(const struct kill_record *r)
{
	bool all = ENDS(r->strategy) && ENDS(r->rule) && ENDS(r->comm) && ENDS(r->name) &&
		   ENDS(r->cgroup) && ENDS(r->place);

	for (int i = 0; i < RECORD_CANDIDATES; i++)
		all &= ENDS(r->candidate[i].name) && ENDS(r->candidate[i].rule);
	return all;
}

bool killlog_valid(const struct kill_record *r)
{
	return r->magic == RECORD_MAGIC && r->version == RECORD_VERSION && r->size == sizeof(*r) &&
	       r->crc == record_crc(r) && strings_end(r);
}

int killlog_read(int fd, __u64 *offset, struct kill_record *ret)
{
	ssize_t n;

	for (;;) {
		n = pread(fd, ret, sizeof(*ret), (off_t)*offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n < (ssize_t)sizeof(*ret))
			return 0;
		*offset += sizeof(*ret);
		if (killlog_valid(ret))
			return 1;
	}
}

/* Find the end: behind the last record that is whole. What a dying agent left there is cut off. */
static int find_end(struct killlog *log)
{
	struct kill_record r;
	__u64 offset = 0, end = 0;
	int got;

	log->records = 0;
	while ((got = killlog_read(log->fd, &offset, &r)) > 0) {
		end = offset;
		log->records = (__u32)(offset / sizeof(r));
		if (r.seq >= log->next_seq)
			log->next_seq = r.seq + 1;
	}
	if (got < 0)
		return got;
	if (ftruncate(log->fd, (off_t)end) || lseek(log->fd, (off_t)end, SEEK_SET) < 0)
		return -errno;
	return 0;
}

static int open_file(struct killlog *log)
{
	log->fd = openat(log->dir_fd, KILLLOG_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (log->fd < 0)
		return -errno;
	return find_end(log);
}

/* The numbers go on after a rotation that left the present file empty. */
static void count_on(struct killlog *log)
{
	struct kill_record r;
	__u64 offset = 0;
	int fd = openat(log->dir_fd, KILLLOG_OLD, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while (killlog_read(fd, &offset, &r) > 0) {
		if (r.seq >= log->next_seq)
			log->next_seq = r.seq + 1;
	}
	close(fd);
}

int killlog_open(struct killlog *log, const char *dir)
{
	int err = file_mkdirs(dir, 0755);

	log->fd = log->dir_fd = -1;
	log->next_seq = 1;
	if (err)
		return err;
	log->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (log->dir_fd < 0)
		return -errno;
	count_on(log);
	err = open_file(log);
	if (err)
		killlog_close(log);
	return err;
}

void killlog_close(struct killlog *log)
{
	if (log->fd >= 0)
		close(log->fd);
	if (log->dir_fd >= 0)
		close(log->dir_fd);
	log->fd = log->dir_fd = -1;
}

static int rotate(struct killlog *log)
{
	if (renameat(log->dir_fd, KILLLOG_FILE, log->dir_fd, KILLLOG_OLD))
		return -errno;
	close(log->fd);
	log->fd = -1;
	return open_file(log);
}

int killlog_append(struct killlog *log, struct kill_record *r)
{
	int err;

	/* A rotation that could not open the new file (no descriptor left, say): once more. */
	if (log->fd < 0) {
		err = log->dir_fd < 0 ? -EBADF : open_file(log);
		if (err)
			return err;
	}
	if (log->records >= RECORDS_MAX) {
		err = rotate(log);
		if (err)
			return err;
	}
	r->magic = RECORD_MAGIC;
	r->version = RECORD_VERSION;
	r->size = sizeof(*r);
	r->seq = log->next_seq++;
	if (!r->kill_id)
		r->kill_id = r->seq;
	r->crc = record_crc(r);
	err = file_write(log->fd, r, sizeof(*r));
	/* A write that stopped half way (full disk) must not shift all that follow. */
	if (err && ftruncate(log->fd, (off_t)log->records * (off_t)sizeof(*r)))
		return err;
	if (err) {
		lseek(log->fd, (off_t)log->records * (off_t)sizeof(*r), SEEK_SET);
		return err;
	}
	log->records++;
	return 0;
}
