// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reap.c - from SIGKILL to 2 GiB freed, when the victim is SCHED_IDLE and busy loops have all CPUs:
 * plain SIGKILL, the pair pidfd_send_signal + process_mrelease made by hand, and reapd's reaper.
 *
 * "Freed" is when free pages have grown by nine tenths of the victim: those of the zones and those on
 * the CPUs' own lists, which since 6.7 take more than a gigabyte and are in no MemFree. A plain
 * SIGKILL is given up after PLAIN_LIMIT_S, and its ratio is then a lower bound. The machine must have
 * 4 GiB to spare.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "../../agent/act/reap.h"
#include "../../agent/base/file.h"
#include "bench.h"
#include "procs.h"

#define VICTIM_KIB    (2UL << 20)
#define ROUNDS	      5
#define PLAIN_LIMIT_S 30

static int zoneinfo_fd;

/* The number behind each `what` in the text, added up. */
static uint64_t sum_of(const char *text, const char *what)
{
	uint64_t sum = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		sum += strtoull(at + strlen(what), NULL, 10);
	return sum;
}

static uint64_t free_kib(void)
{
	static char text[256 * 1024];

	if (file_pread(zoneinfo_fd, text, sizeof(text)) < 0)
		exit(1);
	return (sum_of(text, "pages free ") + sum_of(text, " count: ")) *
	       (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static pid_t victim(void)
{
	struct sched_param none = {};
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready))
		exit(1);
	pid = fork();
	if (!pid) {
		char *p = mmap(NULL, VICTIM_KIB << 10, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		madvise(p, VICTIM_KIB << 10, MADV_NOHUGEPAGE);
		memset(p, 1, VICTIM_KIB << 10);
		sched_setscheduler(0, SCHED_IDLE, &none);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &c, 1) != 1)
		exit(1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Looks every 200 us, as a realtime thread: costs nothing worth counting. */
static uint64_t until_free(uint64_t start, uint64_t want_kib)
{
	struct timespec pause = { .tv_nsec = 200000 };

	while (free_kib() < want_kib) {
		if (clock_now_ns() - start > PLAIN_LIMIT_S * NS_PER_S)
			break;
		nanosleep(&pause, NULL);
	}
	return clock_now_ns() - start;
}

static uint64_t plain(pid_t pid, struct reapers *r)
{
	(void)r;
	kill(pid, SIGKILL);
	return 0;
}

static uint64_t by_hand(pid_t pid, struct reapers *r)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	(void)r;
	syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	syscall(448 /* process_mrelease */, fd, 0);
	close(fd);
	return 0;
}

static uint64_t reaper(pid_t pid, struct reapers *r)
{
	struct reap_job *job = reapers_get(r);

	job->signal = true;
	job->patience_ns = NS_PER_S;
	job->decided_ns = clock_now_ns();
	job->target[0] = (struct target){ .tgid = (__u32)pid };
	if (target_open(&job->target[0]))
		exit(1);
	job->targets = 1;
	reapers_submit(r, job);
	return 0;
}

static uint64_t once(uint64_t (*how)(pid_t, struct reapers *), struct reapers *r)
{
	struct pollfd p = { .fd = r ? reapers_fd(r) : -1, .events = POLLIN };
	struct reap_job *done;
	pid_t pid = victim();
	uint64_t want = free_kib() + VICTIM_KIB / 10 * 9, start = clock_now_ns(), ns;

	how(pid, r);
	ns = until_free(start, want);
	/* Help it over, or the next round waits for it. */
	setpriority(PRIO_PROCESS, (id_t)pid, -20);
	sched_setscheduler(pid, SCHED_OTHER, &(struct sched_param){});
	if (how == reaper) {
		while (!(done = reapers_done(r)))
			poll(&p, 1, -1);
		reapers_put(r, done);
	}
	waitpid(pid, NULL, 0);
	return ns;
}

int main(void)
{
	struct sched_param fifo = { .sched_priority = 1 };
	int n = 2 * (int)sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t hand[ROUNDS], ours[ROUNDS], none, h, o;
	char figure[64], beside[64], ratio[64];
	struct reapers *r;
	pid_t busy[256];

	zoneinfo_fd = open("/proc/zoneinfo", O_RDONLY | O_CLOEXEC);
	if (free_kib() < 2 * VICTIM_KIB) {
		fprintf(stderr, "less than 4 GiB free\n");
		return 77;
	}
	if (reapers_start(&r, 2, true))
		return 1;
	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &fifo))
		perror("SCHED_FIFO");
	for (int i = 0; i < n && i < 256; i++) {
		busy[i] = fork();
		if (!busy[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				;
		}
	}
	none = once(plain, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		hand[i] = once(by_hand, NULL);
		ours[i] = once(reaper, r);
	}
	procs_end(busy, n);
	h = bench_median(hand, ROUNDS);
	o = bench_median(ours, ROUNDS);
	snprintf(figure, sizeof(figure), "%.0f ms", (double)o / 1e6);
	snprintf(beside, sizeof(beside), "plain: %s%.1f s",
		 none > PLAIN_LIMIT_S * NS_PER_S ? "> " : "", (double)none / 1e9);
	snprintf(ratio, sizeof(ratio), "%.0f x faster", (double)none / (double)o);
	bench_row("SIGKILL to 2 GiB freed, CPUs busy", figure, beside, ratio, ">= 50 x",
		  none >= 50 * o);
	snprintf(beside, sizeof(beside), "by hand: %.0f ms", (double)h / 1e6);
	snprintf(ratio, sizeof(ratio), "%.2f", (double)o / (double)h);
	bench_row("the same", figure, beside, ratio, "<= 1.3", (double)o <= 1.3 * (double)h);
	return 0;
}
