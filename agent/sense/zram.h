/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * zram.h - memory that zram devices take (mem_used_total of mm_stat), whenever they appear.
 */
#ifndef REAPD_ZRAM_H
#define REAPD_ZRAM_H

#include <stdbool.h>
#include <stdint.h>

/* More of them than this are not met: one a CPU was the fashion until zram had streams (4.7). */
#define ZRAM_MAX 8

struct zram {
	int fd[ZRAM_MAX];   /* mm_stat; -1: not there */
	uint64_t looked_ns; /* when devices were last looked for */
};

void zram_init(struct zram *z);
void zram_close(struct zram *z);

/* The third number of a mm_stat, bytes, in KiB. 0 or -EINVAL. */
int zram_parse(const char *text, uint64_t *ret_kib);

/*
 * Of all devices that are in use, together; false when there is none. Looks for new ones each second.
 */
bool zram_read(struct zram *z, uint64_t now_ns, uint64_t *ret_kib);

#endif
