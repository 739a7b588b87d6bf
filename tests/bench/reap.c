// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reap.c - from SIGKILL to 2 GiB freed, when the victim is SCHED_IDLE and busy loops have all CPUs:
 * plain SIGKILL, the pair pidfd_send_signal + process_mrelease made by hand, and reapd's reaper.
 *
 * A plain SIGKILL is given up after PLAIN_LIMIT_S, and its ratio is then a lower bound. The machine must
 * have 4 GiB to spare.
 */
#include <fcntl.h>

#include "../../agent/base/file.h"
#include "../../agent/sense/meminfo.h"
#include "bench.h"
#include "freeing/freeing.h"

#define VICTIM_KIB    (2UL << 20)
#define ROUNDS	      5
#define PLAIN_LIMIT_S 30

static const struct slow_case idle = { .victim = V_IDLE, .busy = true };

static bool room(void)
{
	char text[8192];
	uint64_t kib;

	return file_read_at(AT_FDCWD, "/proc/meminfo", text, sizeof(text)) > 0 &&
	       !stat_field(text, "MemAvailable:", &kib) && kib > 2 * VICTIM_KIB;
}

int main(void)
{
	uint64_t hand[ROUNDS], ours[ROUNDS], none, h, o;
	char figure[64], beside[64], ratio[64];

	if (!room()) {
		fprintf(stderr, "less than 4 GiB available\n");
		return 77;
	}
	slow_bytes = (uint64_t)VICTIM_KIB << 10;
	slow_limit_ns = PLAIN_LIMIT_S * NS_PER_S;
	slow_begin();
	none = slow_once(&idle, PLAIN);
	for (int i = 0; i < ROUNDS; i++) {
		hand[i] = slow_once(&idle, PAIR);
		ours[i] = slow_once(&idle, REAPER);
	}
	h = bench_median(hand, ROUNDS);
	o = bench_median(ours, ROUNDS);
	snprintf(figure, sizeof(figure), "%.0f ms (%.0f-%.0f)", (double)o / 1e6,
		 (double)ours[0] / 1e6, (double)ours[ROUNDS - 1] / 1e6);
	snprintf(beside, sizeof(beside), "plain: %s%.1f s", none >= slow_limit_ns ? "> " : "",
		 (double)none / 1e9);
	snprintf(ratio, sizeof(ratio), "%.0f x faster", (double)none / (double)o);
	bench_row("SIGKILL to 2 GiB freed, CPUs busy", figure, beside, ratio, ">= 50 x",
		  none >= 50 * o);
	snprintf(beside, sizeof(beside), "by hand: %.0f ms", (double)h / 1e6);
	snprintf(ratio, sizeof(ratio), "%.2f", (double)o / (double)h);
	bench_row("the same", figure, beside, ratio, "<= 1.3", (double)o <= 1.3 * (double)h);
	return 0;
}
