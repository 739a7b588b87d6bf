/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * freeing.h - a victim whose memory comes back slowly is killed: plainly, by the pair of system calls made
 * by hand, and by reapd's reaper; how long does it take?
 *
 * Victims live in a cgroup of their own (the ground), in each hierarchy there is. What they hold is what
 * is charged to it, so that nothing else on the machine is in the figure. All functions here end the
 * program when something fails that should not; 77: this machine cannot.
 */
#ifndef REAPD_BENCH_FREEING_H
#define REAPD_BENCH_FREEING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

enum {
	V_THP = 1 << 0,	   /* huge pages; else small ones */
	V_SHMEM = 1 << 1,  /* shared memory */
	V_FILE = 1 << 2,   /* pages of a file */
	V_LOCKED = 1 << 3, /* mlock() */
	V_IDLE = 1 << 4,   /* SCHED_IDLE */
	V_SPIN = 1 << 5,   /* runs all the time */
	V_CORE = 1 << 6,   /* only on the CPU on which the killer runs too */
};

struct slow_case {
	const char *name;
	unsigned int victim; /* V_* */
	int threads;	     /* beside the first */
	int victims;	     /* so many at once, which share the size; 0 = one */
	int freezer;	     /* 1, 2: frozen by that version of cgroups */
	bool busy;	     /* two busy loops for each CPU */
	bool throttled;	     /* by cpu.max, to a hundredth of one CPU */
	bool pinned;	     /* another process is reading /proc/PID/environ and does not get on */
	bool swapped;	     /* most of it is in swap */
	bool by_exit;	     /* nothing of it comes back: the exit is what is waited for */
};

enum way {
	PLAIN, /* kill(2) */
	PAIR,  /* pidfd_send_signal + process_mrelease by hand */
	REAPER,
	WAYS
};

extern uint64_t slow_bytes;    /* what a victim takes; 256 MiB */
extern uint64_t slow_limit_ns; /* after that a way is given up; 3 s */

/* Once, before all else; the ground is taken away at exit. */
void slow_begin(void);

/* Can it be done here? */
bool slow_possible(const struct slow_case *c);

/* Make the victim, kill it, wait; ns to nine tenths freed (by_exit: to the exit), slow_limit_ns: never. */
uint64_t slow_once(const struct slow_case *c, enum way way);

/* Where victims live. held: bytes, swap included. */
void ground_begin(void);
void ground_enter(
	bool cpu); /* by who shall live there; not cpu: beside the busy loops, not over them */
uint64_t ground_held(void);
bool ground_has_freezer(int version);
bool ground_has_cpu(void);
bool ground_has_swap(void);
void ground_freeze(int version, bool frozen);
void ground_throttle(bool throttled);
void ground_swap_out(uint64_t bytes);
void ground_squeeze(uint64_t bytes); /* a limit: by memory.high, on v1 by limit_in_bytes */

/* Started and in possession of its memory; -1: it could not get it (mlock). */
pid_t victim_start(const struct slow_case *c, uint64_t bytes);

/* A reader that has the mm of pid in use until it is killed; -1: cannot be had here. */
pid_t pin_start(pid_t pid);

#endif
