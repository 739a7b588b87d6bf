// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * victim.c - the processes that are killed.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "freeing.h"

#define PAGE	     4096UL
#define THREAD_STACK (64UL << 10)

static void *sleep_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static bool threads_start(int n)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	for (int i = 0; i < n; i++) {
		if (pthread_create(&thread, &attr, sleep_for_ever, NULL))
			return false;
	}
	return true;
}

/* A file of that size whose name is gone already. */
static int file_make(size_t bytes)
{
	char name[] = "/var/tmp/reapd-bench.XXXXXX", block[64 << 10] = { 1 };
	int fd = mkstemp(name);

	unlink(name);
	for (size_t done = 0; fd >= 0 && done < bytes; done += sizeof(block)) {
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return -1;
	}
	return fd;
}

static bool memory_take(unsigned int kind, size_t bytes)
{
	int fd = kind & V_FILE ? file_make(bytes) : -1;
	int flags = (kind & (V_SHMEM | V_FILE) ? MAP_SHARED : MAP_PRIVATE) |
		    (kind & V_FILE ? 0 : MAP_ANONYMOUS);
	volatile char *p, sum = 0;

	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (p == MAP_FAILED)
		return false;
	madvise((void *)p, bytes, kind & V_THP ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	for (size_t i = 0; i < bytes; i += PAGE) {
		if (kind & V_FILE)
			sum += p[i]; /* clean: they are the page cache's */
		else
			memset((void *)&p[i], (int)(i >> 12) | 1, 64);
	}
	return !(kind & V_LOCKED) || !mlock((void *)p, bytes);
}

static void live(const struct slow_case *c, uint64_t bytes, int ready)
{
	struct sched_param none = {};
	cpu_set_t first;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ground_enter(c->throttled);
	if (!memory_take(c->victim, bytes) || !threads_start(c->threads))
		_exit(1);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (c->victim & V_CORE)
		sched_setaffinity(0, sizeof(first), &first);
	if (c->victim & V_IDLE)
		sched_setscheduler(0, SCHED_IDLE, &none);
	if (write(ready, "r", 1) != 1)
		_exit(1);
	while (c->victim & V_SPIN)
		;
	for (;;)
		pause();
}

pid_t victim_start(const struct slow_case *c, uint64_t bytes)
{
	int ready[2];
	pid_t pid;
	char no;

	if (pipe2(ready, O_CLOEXEC))
		exit(1);
	pid = fork();
	if (!pid)
		live(c, bytes, ready[1]);
	close(ready[1]);
	if (pid > 0 && read(ready[0], &no, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}
