// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * refresh.c - how fast is everything known of 5,000 processes, by the iterator into the table, and by
 * reading /proc (oom_score, oom_score_adj, statm) as others do? The quick look has sizes and
 * oom_score_adj, which is what those three files tell; the whole one also identity, cgroup, name.
 */
#include <fcntl.h>
#include <string.h>

#include "../../agent/base/file.h"
#include "../../agent/sense/snapshot.h"
#include "bench.h"
#include "hooks.h"
#include "procs.h"

#define PROCS  5000
#define ROUNDS 11

static uint64_t iterate_ns(struct hooks *h, struct table *t, __u32 flags)
{
	struct snapshots none = { .hooks = h }; /* opening the pass is part of it */
	uint64_t start = clock_now_ns();

	if (snapshots_take(&none, flags, 0, true, t))
		exit(1);
	return clock_now_ns() - start;
}

static uint64_t read_proc_ns(const pid_t *pids)
{
	static const char *const files[] = { "oom_score", "oom_score_adj", "statm" };
	uint64_t start = clock_now_ns();
	char path[64], text[256];

	for (int i = 0; i < PROCS; i++) {
		for (int f = 0; f < 3; f++) {
			snprintf(path, sizeof(path), "/proc/%d/%s", pids[i], files[f]);
			if (file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
				exit(1);
		}
	}
	return clock_now_ns() - start;
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
	static uint64_t sizes[ROUNDS], whole[ROUNDS], proc[ROUNDS];
	static pid_t pids[PROCS];
	struct hooks *h;
	struct table t;
	uint64_t other;

	procs_start(pids, PROCS);
	h = hooks_load();
	if (table_init(&t, 32768))
		return 1;
	iterate_ns(h, &t, SNAPSHOT_NAMES);
	for (int i = 0; i < ROUNDS; i++) {
		sizes[i] = iterate_ns(h, &t, SNAPSHOT_SIZES);
		proc[i] = read_proc_ns(pids);
		whole[i] = iterate_ns(h, &t, SNAPSHOT_NAMES);
	}
	if (t.n < PROCS) {
		fprintf(stderr, "only %u processes seen\n", t.n);
		return 1;
	}
	other = bench_median(proc, ROUNDS);
	row("sizes of 5,000 processes", bench_median(sizes, ROUNDS), other, true);
	row("all about them, with names", bench_median(whole, ROUNDS), other, false);
	procs_end(pids, PROCS);
	hook_free(h);
	return 0;
}
