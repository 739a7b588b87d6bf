// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * once.c - one victim, killed one way.
 */
#include "freeing.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../agent/act/reap.h"
#include "../bench.h"
#include "../procs.h"

#define VICTIMS_MAX 4
/* As reading the cgroup's file costs 2 us, this costs the victim nothing worth counting. */
#define LOOK_NS	    100000

uint64_t slow_bytes = 256UL << 20;
uint64_t slow_limit_ns = 3 * NS_PER_S;

/* The reapers, and those that may only run where the victim runs. */
static struct reapers *reapers[2];
static cpu_set_t all, first;

struct round {
	const struct slow_case *c;
	int n;
	pid_t pid[VICTIMS_MAX], reader;
	int pidfd[VICTIMS_MAX];
	pid_t busy[64];
	int nbusy;
};

void slow_begin(void)
{
	struct sched_param fifo = { .sched_priority = 1 };

	ground_begin();
	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (reapers_start(&reapers[0], 2, true, NULL))
		exit(1);
	sched_setaffinity(0, sizeof(first), &first);
	if (reapers_start(&reapers[1], 2, true, NULL))
		exit(1);
	sched_setaffinity(0, sizeof(all), &all);
	/* As the agent's loop. */
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &fifo))
		perror("SCHED_FIFO");
}

bool slow_possible(const struct slow_case *c)
{
	return (!c->freezer || ground_has_freezer(c->freezer)) &&
	       (!c->throttled || ground_has_cpu()) && (!c->swapped || ground_has_swap());
}

/* Each bound to its CPU: where others are at work too, one CPU would else be left to the victim. */
static void busy_start(struct round *r)
{
	int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t one;

	r->nbusy = 2 * cpus;
	if (r->nbusy > 64)
		r->nbusy = 64;
	for (int i = 0; i < r->nbusy; i++) {
		r->busy[i] = fork();
		if (!r->busy[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			CPU_ZERO(&one);
			CPU_SET(i % cpus, &one);
			sched_setaffinity(0, sizeof(one), &one);
			for (;;)
				;
		}
	}
}

static bool prepare(struct round *r)
{
	const struct slow_case *c = r->c;

	r->n = c->victims ? c->victims : 1;
	for (int i = 0; i < r->n; i++) {
		r->pid[i] = victim_start(c, slow_bytes / (uint64_t)r->n);
		if (r->pid[i] < 0)
			return false;
		r->pidfd[i] = (int)syscall(SYS_pidfd_open, r->pid[i], 0);
	}
	if (c->pinned) {
		r->reader = pin_start(r->pid[0]);
		if (r->reader < 0)
			return false;
	}
	if (c->swapped)
		ground_swap_out(slow_bytes);
	if (c->busy)
		busy_start(r);
	if (c->throttled) {
		ground_throttle(true);
		usleep(150000); /* over one period: it has used up its share */
	}
	if (c->freezer)
		ground_freeze(c->freezer, true);
	return true;
}

static void plain(const struct round *r)
{
	for (int i = 0; i < r->n; i++)
		kill(r->pid[i], SIGKILL);
}

static void pair(const struct round *r)
{
	if (r->c->victim & V_CORE)
		sched_setaffinity(0, sizeof(first), &first);
	for (int i = 0; i < r->n; i++)
		syscall(SYS_pidfd_send_signal, r->pidfd[i], SIGKILL, NULL, 0);
	for (int i = 0; i < r->n; i++)
		pidfd_release(r->pidfd[i]);
	sched_setaffinity(0, sizeof(all), &all);
}

static void reap(const struct round *r, struct reapers *by)
{
	for (int i = 0; i < r->n; i++) {
		struct reap_job *job = reapers_get(by);

		job->sig = SIGKILL;
		job->patience_ns = NS_PER_S;
		job->decided_ns = clock_now_ns();
		job->target[0] = (struct target){ .tgid = (__u32)r->pid[i], .pidfd = r->pidfd[i] };
		job->targets = 1;
		reapers_submit(by, job);
	}
}

/* The jobs close the pidfds. */
static void reap_done(int n, struct reapers *by)
{
	struct pollfd p = { .fd = reapers_fd(by), .events = POLLIN };
	struct reap_job *done;

	while (n) {
		done = reapers_done(by);
		if (!done) {
			poll(&p, 1, -1);
			continue;
		}
		reapers_put(by, done);
		n--;
	}
}

static bool over(const struct round *r, uint64_t enough)
{
	struct pollfd p = { .events = POLLIN };

	if (!r->c->by_exit)
		return ground_held() <= enough;
	for (int i = 0; i < r->n; i++) {
		p.fd = r->pidfd[i];
		if (!poll(&p, 1, 0))
			return false;
	}
	return true;
}

/* As the agent's loop, which looks after its reapers at each tick. */
static uint64_t wait_over(const struct round *r, uint64_t enough, uint64_t start,
			  struct reapers *by)
{
	struct timespec look = { .tv_nsec = LOOK_NS };

	while (!over(r, enough)) {
		if (clock_now_ns() - start > slow_limit_ns)
			return slow_limit_ns;
		reapers_ease(by);
		nanosleep(&look, NULL);
	}
	return clock_now_ns() - start;
}

/* Whatever holds the victim up, or the next round waits for it. */
static void help_over(struct round *r)
{
	struct sched_param none = {};

	if (r->c->freezer)
		ground_freeze(r->c->freezer, false);
	if (r->c->throttled)
		ground_throttle(false);
	if (r->reader > 0) {
		kill(r->reader, SIGKILL);
		waitpid(r->reader, NULL, 0);
	}
	procs_end(r->busy, r->nbusy);
	for (int i = 0; i < r->n; i++)
		sched_setscheduler(r->pid[i], SCHED_OTHER, &none);
}

uint64_t slow_once(const struct slow_case *c, enum way way)
{
	struct reapers *by = reapers[c->victim & V_CORE ? 1 : 0];
	struct round r = { .c = c, .reader = -1 };
	uint64_t enough, before = ground_held(), start, ns;

	if (!prepare(&r)) {
		help_over(&r);
		for (int i = 0; i < r.n; i++)
			r.pid[i] > 0 ? kill(r.pid[i], SIGKILL) : 0;
		while (wait(NULL) > 0)
			;
		return 0;
	}
	enough = before + (ground_held() - before) / 10;
	start = clock_now_ns();
	if (way == PLAIN)
		plain(&r);
	else if (way == PAIR)
		pair(&r);
	else
		reap(&r, by);
	ns = wait_over(&r, enough, start, by);
	help_over(&r);
	if (way == REAPER)
		reap_done(r.n, by);
	/* The reaper may have thawed it, and frozen again what was left. */
	if (c->freezer)
		ground_freeze(c->freezer, false);
	for (int i = 0; i < r.n; i++) {
		if (way != REAPER)
			close(r.pidfd[i]);
		waitpid(r.pid[i], NULL, 0);
	}
	return ns;
}
