// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * hog.c - the program that takes memory, in all the ways the tests need.
 *
 * Static, so that it runs in a VM without libraries. Prints "ready PID" when it has what it was
 * asked for (-s), then goes on as told until it is killed. Never returns on success.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB  (1UL << 20)
#define PAGE 4096UL

static const char usage[] =
	"usage: hog [OPTION]...\n"
	"  -s MIB    take this much anonymous memory, then say ready (default 1)\n"
	"  -g MIB    then grow by this much a second, for ever (0 = as fast as it goes)\n"
	"  -m MIB    ... but not beyond this\n"
	"  -o MIB    ... but not beyond this much more than is available now, swap included\n"
	"  -D MIB    have so much in a dma-buf too, which is in no RSS, by two descriptors\n"
	"  -f FILE   then read this file or block device over and over through a mapping\n"
	"  -w        touch the anonymous memory over and over too\n"
	"  -x        fill it with what does not compress\n"
	"  -j FILE   first write our pid into this file (cgroup.procs); repeatable\n"
	"  -a ADJ    first write our oom_score_adj\n"
	"  -n NAME   rename by prctl, as a program does that renames itself\n"
	"  -Z NAME   go on in a child that is renamed as zygote's are: by prctl, then in argv\n"
	"  -u UID    then be this user\n"
	"  -t        ignore SIGTERM\n"
	"  -T N      have N more threads\n"
	"  -z        let the first thread exit and another one do it all\n"
	"  -v        share the memory with a child (CLONE_VM without CLONE_THREAD)\n"
	"  -i        be SCHED_IDLE\n";

static struct {
	unsigned long size, grow, most, buffer;
	bool grows, rewrite, share, dead_leader, noise;
	const char *file, *app;
	int threads;
} want = { .size = MIB };

static void die(const char *what)
{
	fprintf(stderr, "hog: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void fill(char *page)
{
	static unsigned long random = 88172645463325252UL;
	unsigned long *word = (unsigned long *)page;

	for (unsigned long i = 0; i < PAGE / sizeof(*word); i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		word[i] = random;
	}
}

static char *take(unsigned long size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	for (unsigned long at = 0; at < size; at += PAGE) {
		if (want.noise)
			fill(p + at);
		else
			p[at] = 1;
	}
	return p;
}

static void take_buffer(unsigned long size)
{
	struct dma_heap_allocation_data got = { .len = size, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
	char *p;

	if (heap < 0 || ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &got))
		die("/dev/dma_heap/system");
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, (int)got.fd, 0);
	if (p == MAP_FAILED || dup((int)got.fd) < 0)
		die("dma-buf");
	memset(p, 1, size);
	munmap(p, size);
	close(heap);
}

static void nap(unsigned long us)
{
	struct timespec ts = { .tv_sec = (time_t)(us / 1000000),
			       .tv_nsec = (long)(us % 1000000) * 1000 };

	nanosleep(&ts, NULL);
}

/* What could be taken now without anybody having to go. */
static unsigned long available(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	unsigned long sum = 0, kib;
	char line[128];

	if (!f)
		die("/proc/meminfo");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "MemAvailable: %lu", &kib) == 1 ||
		    sscanf(line, "SwapFree: %lu", &kib) == 1)
			sum += kib * 1024;
	}
	fclose(f);
	return sum;
}

/* Grow in steps of 256 KiB, the last one included; say "grown PID" at the end. */
static void grow(void)
{
	const unsigned long step = 256 * 1024;
	unsigned long got = want.size;

	while (!want.most || got < want.most) {
		take(step);
		got += step;
		if (want.grow)
			nap(1000000 * step / want.grow);
	}
	printf("grown %d\n", getpid());
	fflush(stdout);
}

static void read_for_ever(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	unsigned long pages, random = (unsigned long)getpid();
	off_t size = lseek(fd, 0, SEEK_END);
	volatile char sum = 0;
	char *p;

	if (size < (off_t)PAGE)
		die(file);
	/* Cached pages belong to the cgroup that read them first: make sure that is ours. */
	fdatasync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	p = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die(file);
	/* At random, so that the readahead around each fault pushes out what others need. */
	pages = (unsigned long)size / PAGE;
	for (;;) {
		random = random * 6364136223846793005UL + 1442695040888963407UL;
		sum += p[(random >> 33) % pages * PAGE];
	}
}

static void rest(void)
{
	for (;;)
		pause();
}

static void *idle_thread(void *arg)
{
	rest();
	return arg;
}

static int sharer(void *arg)
{
	(void)arg;
	rest();
	return 0;
}

static void share(void)
{
	char *stack = take(64 * 1024);

	if (clone(sharer, stack + 64 * 1024, CLONE_VM | SIGCHLD, NULL) < 0)
		die("clone");
}

static void *work(void *arg)
{
	char *mine;

	if (want.dead_leader)
		nap(100000); /* until the leader is gone: there is no event for it in here */
	mine = take(want.size);
	if (want.buffer)
		take_buffer(want.buffer);
	if (want.share)
		share();
	printf("ready %d\n", getpid());
	fflush(stdout);
	if (want.grows)
		grow();
	if (want.file)
		read_for_ever(want.file);
	while (want.rewrite) {
		for (unsigned long at = 0; at < want.size; at += PAGE)
			mine[at]++;
	}
	rest();
	return arg;
}

static void start_thread(void *(*fn)(void *))
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	if (pthread_create(&thread, &attr, fn, NULL))
		die("pthread_create");
}

static unsigned long mib(const char *text)
{
	return strtoul(text, NULL, 10) * MIB;
}

/* Options that say what is to come; false: it is not one of them. */
static bool wish(int c)
{
	switch (c) {
	case 's':
		want.size = mib(optarg);
		return true;
	case 'g':
		want.grows = true;
		want.grow = mib(optarg);
		return true;
	case 'm':
		want.most = mib(optarg);
		return true;
	case 'o':
		want.most = available() + mib(optarg);
		return true;
	case 'D':
		want.buffer = mib(optarg);
		return true;
	case 'f':
		want.file = strdup(optarg); /* argv may be written over */
		return true;
	case 'Z':
		want.app = strdup(optarg);
		return true;
	case 'w':
		return want.rewrite = true;
	case 'x':
		return want.noise = true;
	case 'T':
		want.threads = atoi(optarg);
		return true;
	case 'z':
		return want.dead_leader = true;
	case 'v':
		return want.share = true;
	default:
		return false;
	}
}

/* Options that are done at once. */
static bool obey(int c)
{
	struct sched_param none = {};
	char pid[16];

	switch (c) {
	case 'j':
		snprintf(pid, sizeof(pid), "%d", getpid());
		put(optarg, pid);
		return true;
	case 'a':
		put("/proc/self/oom_score_adj", optarg);
		return true;
	case 'n':
		prctl(PR_SET_NAME, optarg);
		return true;
	case 'u':
		if (setuid((uid_t)strtoul(optarg, NULL, 10)))
			die("setuid");
		return true;
	case 't':
		signal(SIGTERM, SIG_IGN);
		return true;
	case 'i':
		sched_setscheduler(0, SCHED_IDLE, &none);
		return true;
	default:
		return false;
	}
}

/* As Android does it; the parent only waits, and takes the child with it. */
static void become_app(int argc, char **argv)
{
	size_t room = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]);
	size_t len = strlen(want.app);
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child) {
		waitpid(child, NULL, 0);
		exit(0);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, want.app + (len > 15 ? len - 15 : 0));
	memset(argv[0], 0, room);
	memcpy(argv[0], want.app, len < room ? len : room);
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:g:m:o:D:f:wxj:a:n:tT:zviZ:u:")) != -1) {
		if (!wish(c) && !obey(c)) {
			fputs(usage, stderr);
			return 2;
		}
	}
	if (want.app)
		become_app(argc, argv);
	for (int i = 0; i < want.threads; i++)
		start_thread(idle_thread);
	if (want.dead_leader) {
		start_thread(work);
		pthread_exit(NULL);
	}
	work(NULL);
}
