// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_killlog.c - base/killlog, base/record_text: any bytes in place of the file of kill records.
 *
 * The first byte says which records are given a good checksum, or no input would ever have one.
 */
#include "fuzz.h"

#include <zlib.h>

#include "../../agent/base/killlog.h"
#include "../../agent/base/record_text.h"

/* Records of the input that are stamped at all; it is repeated to fill them. */
#define RECORDS 4

static void stamp(struct kill_record *r)
{
	r->magic = RECORD_MAGIC;
	r->version = RECORD_VERSION;
	r->size = sizeof(*r);
	r->crc = 0;
	r->crc = (__u32)crc32(0, (const unsigned char *)r, sizeof(*r));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kill_record r[RECORDS];
	struct kill_record one;
	__u64 offset = 0, before = 0;
	char line[RECORD_LINE];
	int fd, whole = 0;

	if (size < 2)
		return 0;
	for (size_t i = 0; i < sizeof(r); i++)
		((char *)r)[i] = (char)data[1 + i % (size - 1)];
	for (int i = 0; i < RECORDS; i++) {
		if (data[0] & (1 << i))
			stamp(&r[i]);
	}
	fd = input_file(r, sizeof(r) - data[0] % 7);
	while (killlog_read(fd, &offset, &one) > 0) {
		MUST(offset > before && killlog_valid(&one));
		before = offset;
		record_line(line, sizeof(line), &one);
		MUST(strlen(line) < sizeof(line));
		whole++;
	}
	MUST(whole <= RECORDS);
	close(fd);
	return 0;
}
