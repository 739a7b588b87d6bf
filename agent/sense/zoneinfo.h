/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * zoneinfo.h - watermarks of the machine from /proc/zoneinfo, of any number of nodes and zones.
 *
 * The file grows with zones times CPUs: it is read in pieces of a fixed buffer, line by line.
 */
#ifndef REAPD_ZONEINFO_H
#define REAPD_ZONEINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In pages: sums over the populated zones, each with the highest of its zone's lowmem reserves. */
struct zoneinfo {
	uint64_t min_pages;
	uint64_t low_pages;
	uint64_t high_pages;
	uint32_t zones; /* populated ones */
	uint32_t nodes; /* that have one */
};

/* While it is read; all 0 to begin. Inner matter but for its size. */
struct zoneinfo_scan {
	struct zoneinfo sum;
	uint64_t min, low, high, present, protection; /* of the present zone */
	uint32_t found;				      /* bit for each of them */
	int64_t node, counted; /* of the present zone; the last one with a zone, + 1 */
	bool in_zone, bad;
};

/* One line, without its newline. */
void zoneinfo_line(struct zoneinfo_scan *s, const char *line);

/* No more lines. 0, or -EINVAL: no zone that has pages, or one of them lacks a number. */
int zoneinfo_end(struct zoneinfo_scan *s, struct zoneinfo *ret);

/* A whole text; *ret is not touched on failure, as below. */
int zoneinfo_parse(const char *text, struct zoneinfo *ret);

/* Through an open fd, from its start. 0 or negative errno. */
int zoneinfo_read(int fd, struct zoneinfo *ret);

#endif
