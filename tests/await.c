// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * await.c - wait for an event, not for time: for shell tests.
 *
 *   await [-t SECONDS] exit PID...          until all of them have exited
 *   await [-t SECONDS] line FILE TEXT [N]   until the file has N (1) lines with TEXT; prints the last.
 *                                         It may be missing yet, and be replaced meanwhile.
 *
 * Exits 0 when it happened, 1 when the time (default 20 s) ran out, 2 on bad usage. Static, for VMs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long long deadline_ms;

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Until the fd is readable; false when time is up. */
static int readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long long left = deadline_ms - now_ms();

	return poll(&p, 1, left > 0 ? (int)left : 0) > 0;
}

static int await_exit(const char *pid)
{
	int fd = (int)syscall(SYS_pidfd_open, atoi(pid), 0), ok;

	/* EINVAL, before 6.15: the number of one that was reaped is still its group's. */
	if (fd < 0)
		return errno == ESRCH || (errno == EINVAL && atoi(pid) > 0);
	ok = readable(fd);
	close(fd);
	return ok;
}

static int count_lines(const char *path, const char *text, char *last, size_t size)
{
	FILE *f = fopen(path, "re");
	char line[8192];
	int n = 0;

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		if (!strstr(line, text))
			continue;
		n++;
		snprintf(last, size, "%s", line);
	}
	fclose(f);
	return n;
}

static int await_line(const char *path, const char *text, int wanted)
{
	char last[8192], events[4096], dir[4096];
	int in = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	/* Its directory, and so also a file that is yet to come or is replaced by another. */
	snprintf(dir, sizeof(dir), "%s", path);
	/* Watch first, look then: nothing can come in between unseen. */
	if (in < 0 || inotify_add_watch(in, dirname(dir), IN_MODIFY | IN_MOVED_TO) < 0) {
		fprintf(stderr, "await: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	while (count_lines(path, text, last, sizeof(last)) < wanted) {
		if (!readable(in))
			return 0;
		while (read(in, events, sizeof(events)) > 0)
			;
	}
	fputs(last, stdout);
	return 1;
}

int main(int argc, char **argv)
{
	int seconds = 20, at = 1;

	if (argc > 2 && !strcmp(argv[1], "-t")) {
		seconds = atoi(argv[2]);
		at = 3;
	}
	deadline_ms = now_ms() + seconds * 1000LL;
	if (argc >= at + 2 && !strcmp(argv[at], "exit")) {
		while (++at < argc) {
			if (!await_exit(argv[at]))
				return 1;
		}
		return 0;
	}
	if ((argc == at + 3 || argc == at + 4) && !strcmp(argv[at], "line"))
		return !await_line(argv[at + 1], argv[at + 2],
				   argc == at + 4 ? atoi(argv[at + 3]) : 1);
	fprintf(stderr, "usage: await [-t SECONDS] exit PID... | line FILE TEXT [N]\n");
	return 2;
}
