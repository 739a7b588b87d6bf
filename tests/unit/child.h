/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * child.h - processes to be killed. Only a test's own children are: each dies with its parent.
 */
#ifndef REAPD_TEST_CHILD_H
#define REAPD_TEST_CHILD_H

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../../agent/act/kill.h"

/* Linux has pidfds since 5.3; valgrind 3.19 does not know the call. */
static inline void needs_pidfds(void)
{
	static int error = -1;
	int fd;

	if (error < 0) {
		fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
		error = fd < 0 ? errno : 0;
		if (fd >= 0)
			close(fd);
	}
	if (error)
		skip();
}

/* A child that waits for its end with so many KiB of its own. Returns when it has them. */
static inline pid_t child_start(size_t kib)
{
	pid_t parent = getpid(), pid;
	char ready;
	int fds[2];

	needs_pidfds();
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		char *memory = malloc(kib * 1024 + 1);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!memory || getppid() != parent)
			_exit(1);
		memset(memory, 1, kib * 1024 + 1);
		if (write(fds[1], memory, 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &ready, 1), 1);
	close(fds[0]);
	return pid;
}

/* Waits for its end; the signal that ended it. */
static inline int child_signal(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static inline int child_end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	return child_signal(pid);
}

/* Is it alive, seen without touching it? */
static inline bool child_alive(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return !waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid;
}

/* start_ns as the kernel side would tell it, to the tick that /proc/PID/stat has. */
static inline __u64 start_of(pid_t pid)
{
	char path[64], text[1024] = "";
	const char *at;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	at = strrchr(text, ')');
	for (int field = 2; field < 22; field++)
		at = strchr(at + 1, ' ');
	return strtoull(at + 1, NULL, 10) * 10000000ULL;
}

static inline struct target target_of(pid_t pid)
{
	return (struct target){ .tgid = (__u32)pid, .pidfd = -1, .start_ns = start_of(pid) };
}

#endif
