// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * probe.c - how a program feels while memory is short.
 *
 *   probe [-a] [-l] [-s MIB] [-w FILE]
 *
 * Every 10 ms it touches the next 2 MiB of its memory (2 MiB), and takes and returns a little more, as
 * programs do; locked (-l) it has all it needs and takes none: what it misses then is the CPU. On SIGTERM
 * it prints the longest time between two rounds; with -a, before that, each that was longer than two rounds and
 * when it ended (CLOCK_MONOTONIC). With -w it also watches available memory, and the process whose pid comes
 * to stand in FILE:
 *
 *   gap MS at MS
 *   longest MS [short MS dead MS back MS least PERMILLE]
 *
 * short: memory was short (under a tenth available) for so long in all; dead and back: that process
 * ended, and memory was no longer short, so long after it was first short; '-': that did not happen.
 * Static, for VMs.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rounds.h"

#define MIB	       (1UL << 20)
#define PAGE	       4096UL
#define PART	       (2 * MIB)
#define EXTRA	       (64 * 1024UL)
#define SHORT_PERMILLE 100
#define GAP_MS	       20
#define GAPS	       2048 /* later ones are not said */

static struct {
	int meminfo_fd, pid_fd;
	const char *file;
	long first_ms, dead_ms, back_ms, short_ms, least;
} watch = { .pid_fd = -1, .least = 1000 };

static unsigned long size = PART;
static bool locked, say_gaps;
static struct {
	long ms, at;
} gaps[GAPS];
static int gap_count;

static void note_gap(long ms, long at)
{
	if (!say_gaps || ms <= GAP_MS || gap_count == GAPS)
		return;
	gaps[gap_count].ms = ms;
	gaps[gap_count++].at = at;
}

static void touch(char *p, unsigned long bytes)
{
	for (unsigned long at = 0; at < bytes; at += PAGE)
		p[at]++;
}

/* The next part of its own. */
static void work(char *mine)
{
	static unsigned long at;

	touch(mine + at, PART);
	at = (at + PART) % size;
}

static void take_and_return(void)
{
	char *p = mmap(NULL, EXTRA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return;
	touch(p, EXTRA);
	munmap(p, EXTRA);
}

static long read_text(int fd, char *buf, size_t room)
{
	long n = pread(fd, buf, room - 1, 0);

	buf[n > 0 ? n : 0] = 0;
	return n;
}

static long available_permille(void)
{
	unsigned long total, available;
	char text[512];

	if (read_text(watch.meminfo_fd, text, sizeof(text)) <= 0 ||
	    sscanf(text, "MemTotal: %lu kB MemFree: %*u kB MemAvailable: %lu", &total,
		   &available) != 2)
		return 1000;
	return (long)(available * 1000 / total);
}

/* The one to watch, once its pid is there. */
static void find_process(void)
{
	int fd = open(watch.file, O_RDONLY | O_CLOEXEC), pid;
	char text[32];

	if (fd < 0)
		return;
	read_text(fd, text, sizeof(text));
	close(fd);
	pid = atoi(text);
	if (pid > 0)
		watch.pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
}

static void look(long now, long gap)
{
	struct pollfd p = { .events = POLLIN };
	long permille = available_permille();

	if (permille < watch.least)
		watch.least = permille;
	if (permille < SHORT_PERMILLE) {
		watch.first_ms = watch.first_ms ? watch.first_ms : now;
		watch.short_ms += gap;
		watch.back_ms = 0;
	} else if (watch.first_ms && !watch.back_ms) {
		watch.back_ms = now;
	}
	if (watch.pid_fd < 0)
		find_process();
	p.fd = watch.pid_fd;
	if (!watch.dead_ms && p.fd >= 0 && poll(&p, 1, 0) > 0)
		watch.dead_ms = now;
}

static void print_since(const char *what, long ms)
{
	if (ms && watch.first_ms)
		printf(" %s %ld", what, ms - watch.first_ms);
	else
		printf(" %s -", what);
}

static bool wished(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "als:w:")) != -1) {
		if (c == 'a')
			say_gaps = true;
		else if (c == 'l')
			locked = true;
		else if (c == 's')
			size = strtoul(optarg, NULL, 10) * MIB / PART * PART;
		else if (c == 'w')
			watch.file = optarg;
		else
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	const struct timespec round = { .tv_nsec = ROUND_NS };
	long last, now, longest = 0;
	char *mine;

	if (!wished(argc, argv))
		return 2;
	watch.meminfo_fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	mine = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (watch.meminfo_fd < 0 || !size || mine == MAP_FAILED ||
	    (locked && mlockall(MCL_CURRENT | MCL_FUTURE))) {
		perror("probe");
		return 1;
	}
	end_on_sigterm();
	touch(mine, size);
	printf("ready %d\n", getpid());
	fflush(stdout);
	for (last = now_ms(); !ended; last = now) {
		/* It waits for nothing: how late it wakes is what is measured. */
		nanosleep(&round, NULL);
		work(mine);
		if (!locked)
			take_and_return();
		now = now_ms();
		note_gap(now - last, now);
		if (now - last > longest)
			longest = now - last;
		if (watch.file)
			look(now, now - last);
	}
	for (int i = 0; i < gap_count; i++)
		printf("gap %ld at %ld\n", gaps[i].ms, gaps[i].at);
	printf("longest %ld", longest);
	if (watch.file) {
		printf(" short %ld", watch.short_ms);
		print_since("dead", watch.dead_ms);
		print_since("back", watch.back_ms);
		printf(" least %ld", watch.least);
	}
	printf("\n");
	return 0;
}
