// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * cost.c - what each BPF program costs: instructions that the verifier looked at, and time for each run
 * under a load of known size. Watch state; what this kernel refuses is not in the list.
 *
 *   cost [-n]	  -n: instructions only, no load
 *
 * Prints PROGRAM <TAB> INSTRUCTIONS <TAB> RUNS <TAB> NS, in the order of names. The load is on the whole
 * machine, as the hooks are: counts of runs contain what others do meanwhile.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include "../../agent/base/file.h"
#include "../../agent/sense/snapshot.h"
#include "bench.h"
#include "freeing/freeing.h"
#include "hooks.h"
#include "procs.h"

#define PROGRAMS_MAX 64
#define PAGE	     4096UL
#define FAULTS	     8192UL /* 32 MiB, so often: */
#define FAULT_ROUNDS 8
#define CHILDREN     1000
#define ADJS	     5000
#define SAMPLES	     1000
#define PASSES	     20
#define SQUEEZE	     (32UL << 20)

static __u32 programs[PROGRAMS_MAX];
static int n;

static int compare(const void *a, const void *b)
{
	return *(const __u32 *)a < *(const __u32 *)b ? -1 : *(const __u32 *)a > *(const __u32 *)b;
}

/* Links and programs that we hold say so in /proc: nobody else's are among them. */
static void find_programs(void)
{
	DIR *fds = opendir("/proc/self/fdinfo");
	const struct dirent *entry;
	int unique = 0;

	while ((entry = readdir(fds)) && n < PROGRAMS_MAX) {
		char path[300], text[4096], *at;

		snprintf(path, sizeof(path), "/proc/self/fdinfo/%s", entry->d_name);
		if (file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
			continue;
		at = strstr(text, "prog_id:");
		if (at)
			programs[n++] = (__u32)strtoul(at + strlen("prog_id:"), NULL, 10);
	}
	closedir(fds);
	/* A program's own fd and its link's. */
	qsort(programs, (size_t)n, sizeof(*programs), compare);
	for (int i = 0; i < n; i++) {
		if (!unique || programs[i] != programs[unique - 1])
			programs[unique++] = programs[i];
	}
	n = unique;
}

static void faults(void)
{
	char *p = mmap(NULL, FAULTS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	madvise(p, FAULTS * PAGE, MADV_NOHUGEPAGE);
	for (int round = 0; round < FAULT_ROUNDS; round++) {
		for (unsigned long i = 0; i < FAULTS; i++)
			((volatile char *)p)[i * PAGE] = 1;
		madvise(p, FAULTS * PAGE, MADV_DONTNEED);
	}
	munmap(p, FAULTS * PAGE);
}

/* Fork, exec, rename, exit, kill. */
static void lives(void)
{
	pid_t pid;

	for (int i = 0; i < CHILDREN; i++) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_NAME, "renamed");
			if (i % 2)
				pause();
			execl("/bin/true", "true", NULL);
			_exit(1);
		}
		if (i % 2)
			kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

static void priorities(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	for (int i = 0; i < ADJS; i++) {
		if (pwrite(fd, i % 2 ? "0" : "1", 1, 0) != 1)
			exit(1);
	}
	close(fd);
}

/* Reclaim at a cgroup's own limit. */
static void squeeze(void)
{
	static const struct slow_case file = { .victim = V_FILE };
	pid_t pid;

	ground_squeeze(SQUEEZE);
	pid = victim_start(&file, 4 * SQUEEZE);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void load(struct hooks *h)
{
	struct snapshots none = { .hooks = h };
	struct table t;

	ground_begin();
	faults();
	lives();
	priorities();
	squeeze();
	for (int i = 0; i < SAMPLES; i++)
		hook_psi_sample(h);
	if (table_init(&t, 32768))
		exit(1);
	for (int i = 0; i < PASSES; i++)
		snapshots_take(&none, i % 2 ? SNAPSHOT_SIZES : SNAPSHOT_NAMES, 0, true, &t);
}

static void show(__u32 id)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len)) {
		perror("bpf_prog_info");
		exit(1);
	}
	close(fd);
	printf("%s\t%u\t%llu\t%.0f\n", info.name, info.verified_insns, info.run_cnt,
	       info.run_cnt ? (double)info.run_time_ns / (double)info.run_cnt : 0);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && !strcmp(argv[1], "-n");
	struct hooks *h = hooks_load();
	int stats = quick ? -1 : bpf_enable_stats(BPF_STATS_RUN_TIME);

	hook_board(h)->state = STATE_WATCH;
	hook_watch(h, true);
	if (!quick)
		load(h);
	find_programs();
	if (!n) {
		fprintf(stderr, "no program is loaded\n");
		return 1;
	}
	for (int i = 0; i < n; i++)
		show(programs[i]);
	if (stats >= 0)
		close(stats);
	hook_free(h);
	return 0;
}
