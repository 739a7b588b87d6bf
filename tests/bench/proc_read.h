/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_read.h - sizes of processes as others learn them: three files in /proc of each.
 */
#ifndef REAPD_BENCH_PROC_READ_H
#define REAPD_BENCH_PROC_READ_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "../../agent/base/clock.h"
#include "../../agent/base/file.h"

/*
 * CPU time of this thread: neither way waits for anything, and what else runs on the machine is then
 * not in the figure.
 */
static inline uint64_t cpu_now_ns(void)
{
	return clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
}

static inline uint64_t proc_read_ns(const pid_t *pids, int n)
{
	static const char *const files[] = { "oom_score", "oom_score_adj", "statm" };
	uint64_t start = cpu_now_ns();
	char path[64], text[256];

	for (int i = 0; i < n; i++) {
		for (int f = 0; f < 3; f++) {
			snprintf(path, sizeof(path), "/proc/%d/%s", pids[i], files[f]);
			if (file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
				exit(1);
		}
	}
	return cpu_now_ns() - start;
}

#endif
