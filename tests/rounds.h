/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* rounds.h - for programs of tests that look every 10 ms until SIGTERM: what time it is, and whether it came. */
#ifndef REAPD_TESTS_ROUNDS_H
#define REAPD_TESTS_ROUNDS_H

#include <signal.h>
#include <time.h>

#define ROUND_NS 10000000L

static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

static inline void end_on_sigterm(void)
{
	signal(SIGTERM, end);
}

/* CLOCK_MONOTONIC. */
static inline long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

#endif
