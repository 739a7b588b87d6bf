/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * procs.h - many processes that do nothing, and their end.
 */
#ifndef REAPD_BENCH_PROCS_H
#define REAPD_BENCH_PROCS_H

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Start n children that pause until their parent ends. */
static inline void procs_start(pid_t *pids, int n)
{
	for (int i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] < 0) {
			perror("fork");
			exit(1);
		}
		if (!pids[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
	}
}

static inline void procs_end(const pid_t *pids, int n)
{
	for (int i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (int i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
}

#endif
