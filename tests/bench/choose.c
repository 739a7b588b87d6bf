// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * choose.c - how long does one choice among 5,000 processes take?
 */
#include <string.h>

#include "../../agent/decide/choose.h"
#include "../../agent/decide/strategy.h"
#include "bench.h"

#define PROCS  5000
#define ROUNDS 501

static struct proc procs[PROCS];

int main(void)
{
	struct facts facts = { .time_ns = NS_PER_S, .mem_total_kib = 24 << 20 };
	struct view view = { &facts, procs, PROCS };
	uint64_t ns[ROUNDS], start;
	struct policy policy;
	struct verdict v;
	char figure[64];

	strategy_host.defaults(&policy);
	srand(1);
	for (int i = 0; i < PROCS; i++) {
		procs[i].tgid = (__u32)i + 2;
		procs[i].start_ns = (__u64)i;
		procs[i].mm_id = (__u64)i + 1;
		procs[i].updated_ns = NS_PER_S;
		procs[i].anon_kib = (__u32)rand() % 1000000;
		procs[i].growth_kib_s = rand() % 1000;
		procs[i].oom_score_adj = (__s16)(rand() % 1000);
	}
	for (int i = 0; i < ROUNDS; i++) {
		start = clock_now_ns();
		choose(&policy.choose, &view, &v);
		ns[i] = clock_now_ns() - start;
		procs[rand() % PROCS].anon_kib += v.victim; /* keeps the compiler honest */
	}
	start = bench_median(ns, ROUNDS);
	snprintf(figure, sizeof(figure), "%.1f us", (double)start / 1e3);
	bench_row("choose among 5,000", figure, "-", "-", "<= 100 us", start <= 100 * NS_PER_US);
	return 0;
}
