// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * signal.c - from the decision to the SIGKILL: the way through a reaper thread, on an idle machine
 * and beside busy loops on every CPU.
 */
#include <poll.h>
#include <sched.h>
#include <string.h>

#include "../../agent/act/reap.h"
#include "bench.h"
#include "procs.h"

#define ROUNDS 201

static uint64_t kill_one_ns(struct reapers *r)
{
	struct reap_job *job = reapers_get(r), *done;
	struct pollfd p = { .fd = reapers_fd(r), .events = POLLIN };
	uint64_t ns;
	pid_t pid;

	procs_start(&pid, 1);
	job->sig = SIGKILL;
	job->patience_ns = NS_PER_S;
	job->target[0] = (struct target){ .tgid = (__u32)pid };
	if (target_open(&job->target[0]))
		exit(1);
	job->targets = 1;
	job->decided_ns = clock_now_ns();
	reapers_submit(r, job);
	while (!(done = reapers_done(r)))
		poll(&p, 1, -1);
	ns = done->signalled_ns - done->decided_ns;
	reapers_put(r, done);
	waitpid(pid, NULL, 0);
	return ns;
}

static void measure(struct reapers *r, const char *what)
{
	static uint64_t ns[ROUNDS];
	char figure[64], beside[64];
	uint64_t median;

	for (int i = 0; i < ROUNDS; i++)
		ns[i] = kill_one_ns(r);
	median = bench_median(ns, ROUNDS);
	snprintf(figure, sizeof(figure), "%.1f us", (double)median / 1e3);
	snprintf(beside, sizeof(beside), "p99 %.1f us", (double)ns[ROUNDS * 99 / 100] / 1e3);
	bench_row(what, figure, beside, "-", "<= 50 us", median <= 50 * NS_PER_US);
}

int main(void)
{
	struct sched_param fifo = { .sched_priority = 1 };
	int n = 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
	pid_t busy[256];
	struct reapers *r;

	if (reapers_start(&r, 2, true, NULL))
		return 1;
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK,
			       &fifo)) /* as the agent's loop */
		perror("SCHED_FIFO");
	measure(r, "decided to SIGKILL, idle");
	for (int i = 0; i < n && i < 256; i++) {
		busy[i] = fork();
		if (!busy[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				;
		}
	}
	measure(r, "decided to SIGKILL, CPUs busy");
	procs_end(busy, n);
	reapers_stop(r);
	return 0;
}
