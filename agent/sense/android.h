/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * android.h - the facts of the android strategy (decide/facts_android.h), from files that stay open, the
 * board, and Android's map of GPU memory where there is one. Only for that strategy.
 *
 * Nothing is allocated after android_open().
 */
#ifndef REAPD_SENSE_ANDROID_H
#define REAPD_SENSE_ANDROID_H

#include <reapd/board.h>
#include <reapd/event.h>

#include "../decide/facts_android.h"

struct android_sense {
	int meminfo_fd, vmstat_fd, zoneinfo_fd;
	int pressure_fd[3];	      /* of memory, io, cpu; -1: not there */
	int gpu_map;		      /* -1: not there */
	__u64 vmstat_ns;	      /* when that was last read */
	__u64 pressure_ns, others_ns; /* and pressure of memory, and of the other two */
	__u32 watermarks;	      /* as the board counted them at the last reading */
	struct android_facts last;
};

/* 0 or negative errno. Pressure files and the map may be missing. */
int android_open(struct android_sense *s);
void android_close(struct android_sense *s);

/* Watermarks of now: they change seldom, and the file is the largest of all. 0 or negative errno. */
int android_watermarks_read(struct android_sense *s, __u64 time_ns, __u32 page_kib);

/*
 * All that is due: meminfo at each call, vmstat and pressure less often, watermarks when the kernel said that
 * they changed, else once a minute. *ret has no flags yet. 0 or negative errno; *ret then untouched.
 */
int android_gather(struct android_sense *s, const struct board *b, __u64 time_ns, __u32 page_kib,
		   struct android_facts *ret);

/* The parsers, pure on their text; fields that are not there are 0. -EINVAL: one that is needed is not. */
int android_meminfo_parse(const char *text, struct android_facts *f);
int android_vmstat_parse(const char *text, struct android_facts *f);

#endif
