/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * meminfo.h - memory of the machine: /proc/meminfo and the reclaim counters of /proc/vmstat.
 *
 * Parsers are pure on their text. A file that lacks a needed field is refused (-EINVAL) and the
 * output is not touched.
 */
#ifndef REAPD_MEMINFO_H
#define REAPD_MEMINFO_H

#include <stdint.h>

struct meminfo {
	uint64_t total_kib;
	uint64_t free_kib;
	uint64_t available_kib;
	uint64_t file_kib; /* page cache; 0 when the kernel does not say */
	uint64_t swap_total_kib;
	uint64_t swap_free_kib;
};

struct vmstat {
	uint64_t scanned_pages; /* sums since boot, by kswapd, direct and khugepaged reclaim */
	uint64_t reclaimed_pages;
	uint64_t refaulted_pages; /* of files; 0, as the next, when the kernel does not say */
	uint64_t oom_kills;
};

int meminfo_parse(const char *text, struct meminfo *ret);
int vmstat_parse(const char *text, struct vmstat *ret);

/* Through an open fd. 0 or negative errno. */
int meminfo_read(int fd, struct meminfo *ret);
int vmstat_read(int fd, struct vmstat *ret);

/*
 * The number in the line "NAME VALUE" or "NAME: VALUE kB" of a kernel file; -EINVAL when there is
 * no such line. Also for memory.stat of cgroups.
 */
int stat_field(const char *text, const char *name, uint64_t *ret);

#endif
