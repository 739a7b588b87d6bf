// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * pin.c - a reader of /proc/PID/environ that does not get on: the page it reads into is missing, and
 * whoever should fill it (userfaultfd) does not. Until it is killed the mm has a user more.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "freeing.h"

#define PAGE 4096UL

static void *page;
static int environ_fd;

static void *reads(void *arg)
{
	if (read(environ_fd, page, PAGE) < 0)
		perror("environ");
	return arg;
}

/* 0, or at once: it cannot be had. Says so when the reader is stuck. */
static void run(pid_t pid, int ready)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffd_msg msg;
	pthread_t thread;
	char path[64];
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	environ_fd = open(path, O_RDONLY);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (environ_fd < 0 || page == MAP_FAILED || fd < 0 || ioctl(fd, UFFDIO_API, &api))
		return;
	reg.range.start = (uintptr_t)page;
	reg.range.len = PAGE;
	if (ioctl(fd, UFFDIO_REGISTER, &reg) || pthread_create(&thread, NULL, reads, NULL))
		return;
	/* The fault has been announced: it reads, and waits. */
	if (read(fd, &msg, sizeof(msg)) != sizeof(msg) || write(ready, "r", 1) != 1)
		return;
	for (;;)
		pause();
}

pid_t pin_start(pid_t pid)
{
	int ready[2];
	pid_t reader;
	char no;

	if (pipe2(ready, O_CLOEXEC))
		exit(1);
	reader = fork();
	if (!reader) {
		run(pid, ready[1]);
		_exit(1);
	}
	close(ready[1]);
	if (reader > 0 && read(ready[0], &no, 1) != 1) {
		waitpid(reader, NULL, 0);
		reader = -1;
	}
	close(ready[0]);
	return reader;
}
