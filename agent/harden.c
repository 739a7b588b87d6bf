// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "harden.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/resident.h"

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

/* The deepest path, from tick to record, needs some 30 KiB. */
#define STACK_TOUCHED_BYTES (64UL * 1024)

/* Pages that were touched before mlockall() stay. */
static void __attribute__((noinline)) touch_stack(void)
{
	RESIDENT_STACK(STACK_TOUCHED_BYTES);
}

static void lower_adj(void)
{
	static const char lowest[] = "-1000";
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC), err;

	err = fd < 0 ? -errno : file_write(fd, lowest, sizeof(lowest) - 1);
	if (fd >= 0)
		close(fd);
	if (err)
		log_warn("cannot lower own oom_score_adj, going on: %s", strerror(-err));
}

void harden_malloc(void)
{
	/* Of each large mapping a little is used: as huge pages, which stock Debian gives to all, 3 MiB more. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	/* A fixed threshold, or each freed block would raise it. */
	mallopt(M_MMAP_THRESHOLD, 16 * 1024);
	mallopt(M_ARENA_MAX, 1); /* the reapers allocate nothing */
}

void harden_shed(void)
{
	unsigned long from, to;
	char line[512], *at;
	FILE *f;

	malloc_trim(0);
	f = fopen("/proc/self/maps", "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		from = strtoul(line, &at, 16);
		to = strtoul(at + 1, &at, 16);
		/* Only code: it is never written, so nothing is lost. */
		if (!strncmp(at, " r-xp ", 6) && strchr(at, '/'))
			madvise((void *)from, to - from, MADV_DONTNEED);
	}
	fclose(f);
}

void harden(bool realtime)
{
	/* Over the reapers, which it has to be able to hold back (reapers_ease()). */
	struct sched_param fifo = { .sched_priority = 2 };

	lower_adj();
	touch_stack();
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		log_warn("cannot lock memory, going on: %s", strerror(errno));
	if (realtime && sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &fifo))
		log_warn("cannot become SCHED_FIFO, going on: %s", strerror(errno));
}
