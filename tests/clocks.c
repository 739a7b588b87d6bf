// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * clocks.c - do the kernel's pressure clocks, read by BPF, say the same as its pressure file?
 *
 *     clocks MIN_MS
 *
 * Waits for a second with at least MIN_MS of stalls by the file in which both agree; says what it saw of
 * each. Exit 0: there was one within ten seconds; 1: none; 77: this kernel has no such clocks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../agent/base/clock.h"
#include "../agent/sense/psi.h"
#include "bench/hooks.h"

#define SAMPLE_NS (5 * NS_PER_MS) /* the agent's tick */

/*
 * Anybody who reads the file takes from it what happened within the last jiffy, and two CPUs are weighed
 * over another length of time: not to the nanosecond, then.
 */
static bool agree(const struct psi *file, const struct psi *clocks)
{
	uint64_t some = file->some_ns / 10 + 20 * NS_PER_MS,
		 full = file->full_ns / 10 + 20 * NS_PER_MS;

	return clocks->some_ns + some >= file->some_ns && clocks->some_ns <= file->some_ns + some &&
	       clocks->full_ns + full >= file->full_ns && clocks->full_ns <= file->full_ns + full;
}

/* What both say: sums since boot, and since load. */
static void look(const struct hooks *h, int fd, struct psi *file, struct psi *clocks)
{
	if (hook_psi_sample(h) || psi_read(fd, file))
		exit(EXIT_FAILURE);
	clocks->some_ns = hook_board(h)->psi_some_ns;
	clocks->full_ns = hook_board(h)->psi_full_ns;
}

static void subtract(struct psi *from, const struct psi *what)
{
	from->some_ns -= what->some_ns;
	from->full_ns -= what->full_ns;
}

static void second(const struct hooks *h)
{
	const struct timespec tick = { .tv_nsec = SAMPLE_NS };
	uint64_t end = clock_now_ns() + NS_PER_S;

	while (clock_now_ns() < end) {
		nanosleep(&tick, NULL);
		hook_psi_sample(h);
	}
}

/* One second: is it what we wait for? */
static bool agreed(const struct hooks *h, int fd, uint64_t least_ns)
{
	struct psi file, clocks, file_was, clocks_was;

	look(h, fd, &file_was, &clocks_was);
	second(h);
	look(h, fd, &file, &clocks);
	subtract(&file, &file_was);
	subtract(&clocks, &clocks_was);
	printf("some and full: %.1f and %.1f ms by the file, %.1f and %.1f by the clocks\n",
	       (double)file.some_ns / 1e6, (double)file.full_ns / 1e6, (double)clocks.some_ns / 1e6,
	       (double)clocks.full_ns / 1e6);
	return file.some_ns >= least_ns && agree(&file, &clocks);
}

int main(int argc, char **argv)
{
	int fd = open("/proc/pressure/memory", O_RDONLY | O_CLOEXEC), tries = 0;
	uint64_t least_ns = argc > 1 ? strtoull(argv[1], NULL, 10) * NS_PER_MS : 0;
	struct hooks *h = hooks_load();

	if (hook_psi_sample(h)) {
		puts("SKIP: no in-kernel pressure on this kernel");
		return 77;
	}
	while (!agreed(h, fd, least_ns))
		if (++tries == 10)
			return EXIT_FAILURE;
	return 0;
}
