// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * timeline.c - what memory did, moment by moment, and who ended when.
 *
 *   timeline FILE
 *
 * Writes down available memory and free swap every 10 ms, pressure and the kernel's OOM kills every 50 ms (whoever
 * reads pressure more often than the kernel counts time takes some of it from all readers). In FILE stand
 * processes to watch, a line "NAME PID" each; lines may be added. On SIGTERM it prints, in order of time:
 *
 *   at MS AVAILABLE_KIB SWAP_FREE_KIB SOME_US FULL_US OOM_KILLS
 *   exit MS NAME PID
 *
 * MS is CLOCK_MONOTONIC. Locked and SCHED_FIFO, so that a crisis keeps it from nothing; its memory is there
 * from the start. Static, for VMs.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rounds.h"

#define PSI_EACH 5
#define ROWS	 24000 /* 4 minutes */
#define WATCHED	 64
#define NAME	 32

struct row {
	long ms;
	unsigned long available, swap_free, some, full, ooms;
};

static struct row rows[ROWS];
static size_t row_count;
static struct {
	char name[NAME];
	int pid, fd;
	long ended_ms;
} watched[WATCHED];
static size_t watched_count;
static int meminfo_fd, pressure_fd, vmstat_fd, list_fd;
static char text[16384];

static void fetch(int fd, off_t from)
{
	ssize_t n = pread(fd, text, sizeof(text) - 1, from);

	text[n > 0 ? n : 0] = 0;
}

/* The number behind a word of the text, from `in` on. */
static unsigned long number(const char *in, const char *word)
{
	const char *at = strstr(in, word);

	return at ? strtoul(at + strlen(word), NULL, 10) : 0;
}

static void read_pressure(struct row *r)
{
	const char *full;

	fetch(pressure_fd, 0);
	full = strstr(text, "full");
	r->some = number(text, "total=");
	r->full = full ? number(full, "total=") : 0;
	fetch(vmstat_fd, 0);
	r->ooms = number(text, "\noom_kill ");
}

static void sample(long now)
{
	struct row *r = &rows[row_count];

	*r = row_count ? r[-1] : (struct row){};
	r->ms = now;
	fetch(meminfo_fd, 0);
	r->available = number(text, "MemAvailable:");
	r->swap_free = number(text, "SwapFree:");
	if (row_count % PSI_EACH == 0)
		read_pressure(r);
	row_count++;
}

/* Whole lines that came since the last time. */
static void read_list(void)
{
	static off_t done;
	char *at = text, *line_end;

	fetch(list_fd, done);
	for (; (line_end = strchr(at, '\n')) && watched_count < WATCHED; at = line_end + 1) {
		if (sscanf(at, "%31s %d", watched[watched_count].name,
			   &watched[watched_count].pid) == 2) {
			watched[watched_count].fd =
				(int)syscall(SYS_pidfd_open, watched[watched_count].pid, 0);
			watched_count++;
		}
		done += line_end + 1 - at;
	}
}

static void look_for_ends(long now)
{
	for (size_t i = 0; i < watched_count; i++) {
		struct pollfd p = { .fd = watched[i].fd, .events = POLLIN };

		/* Who was gone before it could be watched has no descriptor. */
		if (!watched[i].ended_ms && (p.fd < 0 || poll(&p, 1, 0) > 0))
			watched[i].ended_ms = now;
	}
}

static void print(void)
{
	for (size_t i = 0; i < row_count; i++) {
		const struct row *r = &rows[i];

		for (size_t k = 0; k < watched_count; k++) {
			if (watched[k].ended_ms == r->ms)
				printf("exit %ld %s %d\n", r->ms, watched[k].name, watched[k].pid);
		}
		printf("at %ld %lu %lu %lu %lu %lu\n", r->ms, r->available, r->swap_free, r->some,
		       r->full, r->ooms);
	}
}

static int open_all(const char *list)
{
	meminfo_fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	pressure_fd = open("/proc/pressure/memory", O_RDONLY | O_CLOEXEC);
	vmstat_fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	list_fd = open(list, O_RDONLY | O_CREAT | O_CLOEXEC, 0644);
	return meminfo_fd < 0 || pressure_fd < 0 || vmstat_fd < 0 || list_fd < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	const struct timespec round = { .tv_nsec = ROUND_NS };
	const struct sched_param fifo = { .sched_priority = 1 };
	long now;

	if (argc != 2)
		return 2;
	if (open_all(argv[1]) || mlockall(MCL_CURRENT | MCL_FUTURE) ||
	    sched_setscheduler(0, SCHED_FIFO, &fifo)) {
		perror("timeline");
		return 1;
	}
	end_on_sigterm();
	printf("ready %d\n", getpid());
	fflush(stdout);
	while (!ended && row_count < ROWS) {
		now = now_ms();
		sample(now);
		read_list();
		look_for_ends(now);
		nanosleep(&round, NULL);
	}
	print();
	return 0;
}
