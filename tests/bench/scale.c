// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * scale.c - how do costs grow with the number of processes (100 to 20,000), and of cgroups (10 to 2,000)?
 *
 *   scale processes|cgroups
 *
 * Prints WHAT <TAB> N <TAB> US: CPU time, the median of some rounds. Processes are children that sleep
 * (80 KiB of kernel memory each); cgroups are made, empty, below one of our own.
 */
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "../../agent/decide/choose.h"
#include "../../agent/decide/strategy.h"
#include "../../agent/sense/cgroup_facts.h"
#include "../../agent/sense/snapshot.h"
#include "../../agent/sense/tree.h"
#include "bench.h"
#include "hooks.h"
#include "proc_read.h"
#include "procs.h"

#define ROUNDS	    7
#define PROCS_MAX   20000
#define CGROUPS_MAX 2000

static const int procs_at[] = { 100, 200, 500, 1000, 2000, 5000, 10000, PROCS_MAX };
static const int cgroups_at[] = { 10, 20, 50, 100, 200, 500, 1000, CGROUPS_MAX };

static void say(const char *what, int n, uint64_t *ns)
{
	printf("%s\t%d\t%.1f\n", what, n, (double)bench_median(ns, ROUNDS) / 1e3);
}

static uint64_t pass_ns(struct hooks *h, struct table *t, __u32 flags)
{
	struct snapshots none = { .hooks = h };
	uint64_t start = cpu_now_ns();

	if (snapshots_take(&none, flags, 0, true, t))
		exit(1);
	return cpu_now_ns() - start;
}

static uint64_t choose_ns(const struct table *t)
{
	struct facts facts = { .time_ns = clock_now_ns(), .mem_total_kib = 24 << 20 };
	struct view view = { .facts = &facts, .procs = t->procs, .nprocs = t->n };
	struct policy policy;
	struct verdict v;
	uint64_t start;

	strategy_host.defaults(&policy);
	start = cpu_now_ns();
	choose(&policy.choose, NULL, &view, NULL, &v);
	return cpu_now_ns() - start;
}

static void processes(void)
{
	static pid_t pids[PROCS_MAX];
	uint64_t ns[4][ROUNDS];
	struct table t;
	struct hooks *h;
	int have = 0;

	h = hooks_load();
	for (size_t i = 0; i < sizeof(procs_at) / sizeof(*procs_at); i++) {
		procs_start(pids + have, procs_at[i] - have);
		have = procs_at[i];
		if (table_init(&t, 65536))
			exit(1);
		pass_ns(h, &t, SNAPSHOT_NAMES);
		for (int k = 0; k < ROUNDS; k++) {
			ns[0][k] = proc_read_ns(pids, have);
			ns[1][k] = pass_ns(h, &t, SNAPSHOT_NAMES);
			ns[2][k] = pass_ns(h, &t, SNAPSHOT_SIZES);
			ns[3][k] = choose_ns(&t);
		}
		say("/proc: three files of each", have, ns[0]);
		say("iterator: all about them", have, ns[1]);
		say("iterator: sizes", have, ns[2]);
		say("choose one", have, ns[3]);
		table_done(&t);
	}
	procs_end(pids, have);
	hook_free(h);
}

/* Where ours are: PATH below the mount, 100 in each of some slices. */
static char mount[PATH_MAX - 64], base[32];
static int made;

static void name_of(char *buf, size_t size, int i)
{
	snprintf(buf, size, "%s/slice%d/unit%d", base, i / 100, i);
}

static void cgroups_end(void)
{
	char path[PATH_MAX], name[64];

	for (int i = 0; i < made; i++) {
		name_of(name, sizeof(name), i);
		snprintf(path, sizeof(path), "%s%s", mount, name);
		rmdir(path);
	}
	for (int i = 0; i <= made / 100; i++) {
		snprintf(path, sizeof(path), "%s%s/slice%d", mount, base, i);
		rmdir(path);
	}
	snprintf(path, sizeof(path), "%s%s", mount, base);
	rmdir(path);
}

static void cgroups_make(int n)
{
	char path[PATH_MAX], name[64];

	for (; made < n; made++) {
		snprintf(path, sizeof(path), "%s%s/slice%d", mount, base, made / 100);
		mkdir(path, 0755);
		name_of(name, sizeof(name), made);
		snprintf(path, sizeof(path), "%s%s", mount, name);
		if (mkdir(path, 0755)) {
			perror(path);
			exit(1);
		}
	}
}

/* As for a rule whose pattern matches all of them, at each look. */
static uint64_t facts_ns(struct cgroup_facts *files, int n)
{
	struct facts machine = { .time_ns = clock_now_ns(), .mem_total_kib = 24 << 20 }, f;
	uint64_t start = cpu_now_ns();

	for (int i = 0; i < n; i++) {
		f = machine;
		cgroup_facts_read(&files[i], &f);
	}
	return cpu_now_ns() - start;
}

static void cgroups_measure(struct cgroup_facts *files, int n)
{
	static struct cgroup rows[TREE_ROWS_MAX];
	static struct choose_sum sums[TREE_ROWS_MAX];
	const struct rule rule = { .what = CHOOSE_CGROUP };
	struct facts facts = { .time_ns = clock_now_ns(), .mem_total_kib = 24 << 20 };
	struct view view = { .facts = &facts, .cgroups = rows };
	uint64_t ns[4][ROUNDS], start;
	struct policy policy;
	struct cgroups *c;
	struct tree *t;
	struct verdict v;

	strategy_host.defaults(&policy);
	for (int k = 0; k < ROUNDS; k++) {
		start = cpu_now_ns();
		if (cgroups_open(&c, base) || cgroups_scan(c) || tree_new(&t, c))
			exit(1);
		tree_update(t);
		ns[0][k] = cpu_now_ns() - start;
		start = cpu_now_ns();
		view.ncgroups = tree_view(t, TREE_ROOT, rows);
		ns[1][k] = cpu_now_ns() - start;
		start = cpu_now_ns();
		choose(&policy.choose, &rule, &view, sums, &v);
		ns[2][k] = cpu_now_ns() - start;
		ns[3][k] = facts_ns(files, n);
		tree_free(t);
		cgroups_free(c);
	}
	say("start: walk the tree", n, ns[0]);
	say("rows for a choice", n, ns[1]);
	say("choose one", n, ns[2]);
	say("pressure and memory of each", n, ns[3]);
}

static void cgroups(void)
{
	static struct cgroup_facts files[CGROUPS_MAX];
	struct cgroups *c;
	char name[64];
	int have = 0;

	if (cgroups_open(&c, "/")) {
		fprintf(stderr, "no cgroup2\n");
		exit(77);
	}
	snprintf(mount, sizeof(mount), "%s", cgroups_mount(c));
	snprintf(base, sizeof(base), "/reapd-bench-%d", getpid());
	snprintf(name, sizeof(name), "%s", base);
	cgroups_free(c);
	atexit(cgroups_end);
	if (mkdir(strcat(strcpy((char[PATH_MAX]){}, mount), base), 0755)) {
		fprintf(stderr, "cannot make cgroups\n");
		exit(77);
	}
	for (size_t i = 0; i < sizeof(cgroups_at) / sizeof(*cgroups_at); i++) {
		cgroups_make(cgroups_at[i]);
		for (; have < made; have++) {
			name_of(name, sizeof(name), have);
			cgroup_facts_init(&files[have]);
			if (cgroup_facts_open(&files[have], mount, name))
				exit(1);
		}
		cgroups_measure(files, made);
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "processes"))
		processes();
	else if (argc == 2 && !strcmp(argv[1], "cgroups"))
		cgroups();
	else
		return 2;
	return 0;
}
