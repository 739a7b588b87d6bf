// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * pin.c - keep the memory of a process pinned: "pin PID".
 *
 * Reads /proc/PID/cmdline into a page of which another thread (userfaultfd) is to bring the contents and
 * never does, as a ps(1) would whose own page is on a slow swap. The kernel holds the mm of PID until the
 * read is over. Prints "pinned PID" once it is stuck in there; ends when it is killed. Static, for VMs.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *pid;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The read has come to the page, and is not helped. */
static void *let_wait(void *arg)
{
	struct uffd_msg msg;

	if (read(*(int *)arg, &msg, sizeof(msg)) != sizeof(msg))
		die("userfaultfd");
	printf("pinned %s\n", pid);
	fflush(stdout);
	for (;;)
		pause();
	return NULL;
}

int main(int argc, char **argv)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	int uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC), file;
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register page = { .range.len = size, .mode = UFFDIO_REGISTER_MODE_MISSING };
	pthread_t thread;
	char path[64];
	void *buf;

	if (argc != 2)
		return 2;
	pid = argv[1];
	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	buf = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page.range.start = (unsigned long)buf;
	if (file < 0 || buf == MAP_FAILED)
		die(path);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &page))
		die("userfaultfd");
	if (pthread_create(&thread, NULL, let_wait, &uffd))
		die("pthread_create");
	return read(file, buf, size) < 0;
}
