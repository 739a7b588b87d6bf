// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * refresh.c - how fast is everything known of 5,000 processes, by the iterator into the table, and by
 * reading /proc (oom_score, oom_score_adj, statm) as others do? The quick look has sizes and
 * oom_score_adj, which is what those three files tell; the whole one also identity, cgroup, name. And
 * how long does the same take from files where there is no iterator (sense/procs.c)?
 */
#include "../../agent/sense/procs.h"
#include "../../agent/sense/snapshot.h"
#include "bench.h"
#include "hooks.h"
#include "proc_read.h"
#include "procs.h"

#define PROCS  5000
#define ROUNDS 11

static uint64_t iterate_ns(struct hooks *h, struct table *t, __u32 flags)
{
	struct snapshots none = { .hooks = h }; /* opening the pass is part of it */
	uint64_t start = cpu_now_ns();

	if (snapshots_take(&none, flags, 0, true, t))
		exit(1);
	return cpu_now_ns() - start;
}

static uint64_t read_files_ns(struct procs *p, struct table *t)
{
	uint64_t start = cpu_now_ns();

	if (procs_pass(p, t))
		exit(1);
	return cpu_now_ns() - start;
}

static void row(const char *what, uint64_t ours, uint64_t proc, bool target)
{
	char figure[64], beside[64], ratio[64];

	snprintf(figure, sizeof(figure), "%.1f ms", (double)ours / 1e6);
	snprintf(beside, sizeof(beside), "/proc: %.1f ms", (double)proc / 1e6);
	snprintf(ratio, sizeof(ratio), "%.0f x faster", (double)proc / (double)ours);
	bench_row(what, figure, beside, ratio, target ? ">= 30 x" : "-",
		  !target || proc >= 30 * ours);
}

int main(void)
{
	static uint64_t sizes[ROUNDS], whole[ROUNDS], proc[ROUNDS], files[ROUNDS];
	static struct procs reader;
	static pid_t pids[PROCS];
	struct hooks *h;
	struct table t, by_files;
	uint64_t other;

	procs_start(pids, PROCS);
	h = hooks_load();
	if (table_init(&t, 32768) || table_init(&by_files, 32768) ||
	    procs_open(&reader, "/proc", hook_map_fd(h, HOOK_MAP_NAMES), -1))
		return 1;
	iterate_ns(h, &t, SNAPSHOT_NAMES);
	for (int i = 0; i < ROUNDS; i++) {
		sizes[i] = iterate_ns(h, &t, SNAPSHOT_SIZES);
		proc[i] = proc_read_ns(pids, PROCS);
		whole[i] = iterate_ns(h, &t, SNAPSHOT_NAMES);
		files[i] = read_files_ns(&reader, &by_files);
	}
	if (t.n < PROCS) {
		fprintf(stderr, "only %u processes seen\n", t.n);
		return 1;
	}
	other = bench_median(proc, ROUNDS);
	row("sizes of 5,000 processes", bench_median(sizes, ROUNDS), other, true);
	row("all about them, with names", bench_median(whole, ROUNDS), other, false);
	row("the same without BTF, from files", bench_median(files, ROUNDS), other, false);
	procs_close(&reader);
	procs_end(pids, PROCS);
	hook_free(h);
	return 0;
}
