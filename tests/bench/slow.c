// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * slow.c - from SIGKILL to the memory freed, of victims that give it back slowly.
 *
 *   slow [-m MIB] [-n ROUNDS] [CASE]...
 *
 * The three ways are taken in turn, and in another order each time. A way that is given up once (what is
 * frozen does not die of a plain SIGKILL) is not waited for again: its ratio is then a bound.
 */
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "freeing/freeing.h"

#define ROUNDS_MAX 51
/*
 * Two medians of the same thing differ by so much here: by a tenth, or by what it takes when reaper and victim
 * free the same few huge pages and get into each other's way.
 */
#define NOISE	   1.1
#define NOISE_MS   0.5

static int rounds = 7;

static const struct slow_case cases[] = {
	{ "small pages", V_SPIN, .threads = 0 },
	{ "huge pages", V_SPIN | V_THP, .threads = 0 },
	{ "1,000 threads", 0, .threads = 1000 },
	{ "SCHED_IDLE, CPUs busy", V_IDLE, .busy = true },
	{ "throttled by cpu.max", V_SPIN, .throttled = true },
	{ "frozen by v1", 0, .freezer = 1 },
	{ "frozen by v2", 0, .freezer = 2 },
	{ "mostly in zram", 0, .swapped = true },
	{ "file pages (exit)", V_FILE, .by_exit = true },
	{ "shared memory", V_SHMEM, .threads = 0 },
	{ "shared memory, frozen by v1", V_SHMEM, .freezer = 1 },
	{ "shared memory, throttled", V_SHMEM | V_SPIN, .throttled = true },
	{ "shared memory, SCHED_IDLE, busy", V_SHMEM | V_IDLE, .busy = true },
	{ "mlocked", V_LOCKED, .threads = 0 },
	{ "mm pinned by a /proc reader", 0, .pinned = true },
	{ "two at once", V_SPIN, .victims = 2 },
	{ "on the reaper's CPU", V_SPIN | V_CORE, .threads = 0 },
};

static void row(const struct slow_case *c, uint64_t ns[WAYS][ROUNDS_MAX])
{
	char what[80], figure[64], beside[64], ratio[64], limit = ns[PLAIN][0] >= slow_limit_ns;
	double ms[WAYS];

	for (int way = 0; way < WAYS; way++)
		ms[way] = (double)bench_median(ns[way], (size_t)rounds) / 1e6;
	snprintf(what, sizeof(what), "freed: %s", c->name);
	snprintf(figure, sizeof(figure), "%.1f ms (%.1f-%.1f)", ms[REAPER],
		 (double)ns[REAPER][0] / 1e6, (double)ns[REAPER][rounds - 1] / 1e6);
	snprintf(beside, sizeof(beside), "pair %.1f, plain %s%.1f ms", ms[PAIR], limit ? "> " : "",
		 ms[PLAIN]);
	snprintf(ratio, sizeof(ratio), "%.2f, %s%.2f", ms[REAPER] / ms[PAIR], limit ? "< " : "",
		 ms[REAPER] / ms[PLAIN]);
	bench_row(what, figure, beside, ratio, "<= 1.3, <= 1",
		  ms[REAPER] <= 1.3 * ms[PAIR] + NOISE_MS &&
			  ms[REAPER] <= NOISE * ms[PLAIN] + NOISE_MS);
}

static void measure(const struct slow_case *c)
{
	static uint64_t ns[WAYS][ROUNDS_MAX];
	bool given_up[WAYS] = {};

	if (!slow_possible(c)) {
		fprintf(stderr, "%s: not possible here\n", c->name);
		return;
	}
	for (int i = 0; i < rounds; i++) {
		for (int k = 0; k < WAYS; k++) {
			int way = (i + k) % WAYS;

			ns[way][i] = given_up[way] ? slow_limit_ns : slow_once(c, (enum way)way);
			given_up[way] = ns[way][i] >= slow_limit_ns;
			if (!ns[way][i]) {
				fprintf(stderr, "%s: the victim cannot be had here\n", c->name);
				return;
			}
		}
	}
	row(c, ns);
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "m:n:")) != -1) {
		if (option == 'm')
			slow_bytes = strtoull(optarg, NULL, 10) << 20;
		else if (option == 'n')
			rounds = atoi(optarg);
		else
			return 2;
	}
	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	slow_begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bool wanted = optind == argc;

		for (int k = optind; k < argc; k++)
			wanted |= strstr(cases[i].name, argv[k]) != NULL;
		if (wanted)
			measure(&cases[i]);
	}
	return 0;
}
