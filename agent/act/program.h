/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * program.h - run a program of the administrator's.
 *
 * No shell. It gets PATH and REAPD_EVENT, REAPD_RULE, REAPD_CGROUP, REAPD_PID, REAPD_NAME,
 * REAPD_KILL_ID; stdin and stdout are /dev/null, stderr is the agent's, no other descriptor is open. It
 * is in a process group of its own, an ordinary process (nice 0, oom_score_adj 0, default signals),
 * and dies with the thread that started it. Errors are negative errno; nothing is logged.
 */
#ifndef REAPD_PROGRAM_H
#define REAPD_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include <reapd/event.h>

/* What a program or a hook is told. Empty or 0: there is none. */
struct about {
	char event[16]; /* "rule", "prekill", "kill" */
	char rule[32];
	char cgroup[REAPD_PATH_LEN];
	char name[REAPD_NAME_LEN];
	__u32 pid;
	__u64 kill_id;
};

struct program {
	pid_t pid;
	int pidfd; /* readable when it has exited */
};

/* `path` is absolute. Its error is the program's, if it could not be executed. */
int program_start(struct program *ret, const char *path, const struct about *about);

/*
 * Collect it, once. One that has not exited is killed with its process group, and then -ETIMEDOUT.
 * Else 0. status: of its exit, or 128 + N: signal N ended it.
 */
int program_end(struct program *p, int *status);

/* Start it, wait for so long, end it. As these two. */
int program_run(const char *path, const struct about *about, __u64 timeout_ns, int *status);

#endif
