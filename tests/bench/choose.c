// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * choose.c - how long does one choice among 5,000 processes take, by each kind of
 * order, and one among the 2,000 cgroups that they live in?
 */
#include <string.h>

#include "../../agent/decide/choose.h"
#include "../../agent/decide/strategy.h"
#include "bench.h"

#define PROCS	5000
#define CGROUPS 2000
#define SLICES	20
#define ROUNDS	501

static const struct facts facts = { .time_ns = NS_PER_S, .mem_total_kib = 24 << 20 };
static struct proc procs[PROCS];
static struct cgroup cgroups[CGROUPS];
static struct choose_sum sums[CGROUPS];

static void make_procs(void)
{
	srand(1);
	for (int i = 0; i < PROCS; i++) {
		procs[i].tgid = (__u32)i + 2;
		procs[i].start_ns = (__u64)i;
		procs[i].mm_id = (__u64)i + 1;
		procs[i].updated_ns = NS_PER_S;
		procs[i].anon_kib = (__u32)rand() % 1000000;
		procs[i].growth_kib_s = rand() % 1000;
		procs[i].oom_score_adj = (__s16)(rand() % 1000);
		procs[i].home = 1 + SLICES + (__u32)rand() % (CGROUPS - SLICES - 1);
	}
}

/* The root, slices in it, and in these all others. */
static void make_cgroups(void)
{
	for (__u32 i = 0; i < CGROUPS; i++) {
		cgroups[i].id = i + 1;
		cgroups[i].parent = i > SLICES ? 1 + i % SLICES : i ? 0 : CGROUP_NONE;
		cgroups[i].flags = CGROUP_INSIDE;
	}
}

static void measure(const char *what, const struct rule *rule, __u32 ncgroups, uint64_t most_ns)
{
	struct view view = { .facts = &facts,
			     .procs = procs,
			     .nprocs = PROCS,
			     .cgroups = cgroups,
			     .ncgroups = ncgroups };
	char figure[64], target[64];
	uint64_t ns[ROUNDS], start;
	struct policy policy;
	struct verdict v = {};

	strategy_host.defaults(&policy);
	for (int i = 0; i < ROUNDS; i++) {
		start = clock_now_ns();
		choose(&policy.choose, rule, &view, sums, &v);
		ns[i] = clock_now_ns() - start;
		procs[rand() % PROCS].anon_kib += v.victim; /* keeps the compiler honest */
	}
	start = bench_median(ns, ROUNDS);
	snprintf(figure, sizeof(figure), "%.1f us", (double)start / 1e3);
	snprintf(target, sizeof(target), "<= %llu us", (unsigned long long)(most_ns / 1000));
	bench_row(what, figure, "-", "-", target, start <= most_ns);
}

int main(void)
{
	const struct rule benefit = { .order = ORDER_BENEFIT }, lmkd = { .order = ORDER_LMKD };
	const struct rule rule = { .what = CHOOSE_CGROUP };

	make_procs();
	make_cgroups();
	measure("choose among 5,000", NULL, 0, 100 * NS_PER_US);
	measure("choose among 5,000, by benefit", &benefit, 0, 100 * NS_PER_US);
	measure("choose among 5,000, as lmkd", &lmkd, 0, 100 * NS_PER_US);
	measure("choose among 2,000 cgroups", &rule, CGROUPS, 1000 * NS_PER_US);
	return 0;
}
