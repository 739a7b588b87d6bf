// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fault.c - what do the loaded hooks add to a page fault, in calm and in watch?
 *
 * The three are taken in turn, a few milliseconds each and many times over, so that the drift of the
 * machine's speed meets all of them alike; the ratio is that of the medians. CPU time, so that the time of
 * others is not in it.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../agent/sense/stream.h"
#include "bench.h"
#include "hooks.h"

#define PAGES	 4096UL /* 16 MiB: crosses the quantum as a growing program does */
#define PAGE	 4096UL
#define ROUNDS	 30
#define TRIES	 5
#define SLEPT_US 50000

enum {
	NONE,
	CALM,
	WATCH,
	KINDS
};

static uint64_t fault_ns(char *memory)
{
	uint64_t start;

	madvise(memory, PAGES * PAGE, MADV_DONTNEED);
	start = clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
	for (unsigned long i = 0; i < PAGES; i++)
		((volatile char *)memory)[i * PAGE] = 1;
	return (clock_read_ns(CLOCK_THREAD_CPUTIME_ID) - start) * 1000 / PAGES; /* ps */
}

/*
 * The best of a few: what else runs on the machine takes caches away. Who has just slept meets other pages and
 * colder caches (4 to 9 % here), and loading hooks is sleeping; so all have slept.
 */
static uint64_t best_ns(char *memory)
{
	uint64_t best = UINT64_MAX, ns;

	usleep(SLEPT_US);
	fault_ns(memory);
	for (int i = 0; i < TRIES; i++) {
		ns = fault_ns(memory);
		if (ns < best)
			best = ns;
	}
	return best;
}

static void take(void *ctx, const struct event *e)
{
	(void)e;
	++*(unsigned long *)ctx;
}

static void row(const char *what, uint64_t with, uint64_t without, double most)
{
	double percent = ((double)with / (double)without - 1) * 100;
	char figure[64], beside[64], ratio[64], target[64];

	snprintf(figure, sizeof(figure), "%.0f ns", (double)with / 1e3);
	snprintf(beside, sizeof(beside), "without: %.0f ns", (double)without / 1e3);
	snprintf(ratio, sizeof(ratio), "%+.1f %%", percent);
	snprintf(target, sizeof(target), "<= +%.0f %%", most);
	bench_row(what, figure, beside, ratio, target, percent <= most);
}

int main(void)
{
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	static uint64_t ps[KINDS][ROUNDS];
	unsigned long records = 0;
	struct stream *bulk;
	struct hooks *h;

	if (memory == MAP_FAILED)
		return 1;
	madvise(memory, PAGES * PAGE, MADV_NOHUGEPAGE);
	for (int i = 0; i < ROUNDS; i++) {
		ps[NONE][i] = best_ns(memory);
		/* Loading anew each time is slow, so calm and watch share one load. */
		h = hooks_load();
		hook_board(h)->state = STATE_CALM;
		ps[CALM][i] = best_ns(memory);
		hook_board(h)->state = STATE_WATCH;
		hook_watch(h, true);
		ps[WATCH][i] = best_ns(memory);
		if (!stream_open(&bulk, hook_map_fd(h, HOOK_MAP_BULK), take, &records)) {
			stream_drain(bulk, 1 << 20);
			stream_free(bulk);
		}
		hook_free(h);
	}
	if (!records) {
		fprintf(stderr, "no sizes were published: not the watch state\n");
		return 1;
	}
	ps[NONE][0] = bench_median(ps[NONE], ROUNDS);
	row("page fault, hooks in calm", bench_median(ps[CALM], ROUNDS), ps[NONE][0], 1);
	row("page fault, hooks in watch", bench_median(ps[WATCH], ROUNDS), ps[NONE][0], 5);
	return 0;
}
