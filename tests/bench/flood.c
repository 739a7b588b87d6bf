// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * flood.c - 100,000 RSS updates a second for 10 s, and as many records besides (oom_score_adj): is anything
 * lost in `critical`, is all that is lost in `bulk` counted, and is the table right afterwards?
 *
 * The kernel side publishes one RSS update in 16 or so (rss.bpf.c), so that the records that fill the ring
 * are those of oom_score_adj. Half way nobody reads for a second: what comes then is more than the ring
 * holds. The reader is what the agent's intake is: stream, table, and a snapshot after a loss.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../../agent/sense/snapshot.h"
#include "../../agent/sense/stream.h"
#include "bench.h"
#include "freeing/freeing.h"
#include "hooks.h"
#include "procs.h"

#define SECONDS	      10
#define A_SECOND      100000 /* of each kind */
#define SLICE_MS      10
#define STEP	      (64UL << 10) /* what one fault of a file mapping brings (fault-around) */
#define REGION	      (64UL << 20)
#define SQUEEZED      (16UL << 20)
#define ADJ_AT_END    "123"
#define FINE_KIB      4096 /* the last sizes published are so near: four quanta */
#define TAKEN_IN_A_GO 65536

struct taken {
	struct table table;
	unsigned long bulk, critical;
};

static void sleep_until(uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / NS_PER_S),
			       .tv_nsec = (long)(ns % NS_PER_S) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* Says how many records it made: updates of priority; and pauses with a size of REGION. */
static void generate(int out)
{
	int memory = memfd_create("flood", MFD_CLOEXEC);
	int adj = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	uint64_t next = clock_now_ns(), end = next + SECONDS * NS_PER_S;
	unsigned long at = 0, made = 0, sum = 0;
	char *p;

	if (memory < 0 || ftruncate(memory, REGION))
		_exit(1);
	p = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memory, 0);
	while (clock_now_ns() < end) {
		for (int i = 0; i < A_SECOND / 1000 * SLICE_MS; i++, made++) {
			if (!at)
				madvise(p, REGION, MADV_DONTNEED);
			sum += (unsigned char)p[at];
			at = (at + STEP) % REGION;
			if (pwrite(adj, i % 2 ? "0" : "1", 1, 0) != 1)
				_exit(1);
		}
		next += SLICE_MS * NS_PER_MS;
		sleep_until(next);
	}
	for (at = 0; at < REGION; at += 4096)
		sum += (unsigned char)p[at];
	if (pwrite(adj, ADJ_AT_END, strlen(ADJ_AT_END), 0) < 0 ||
	    write(out, &made, sizeof(made)) != sizeof(made) || sum == 1)
		_exit(1);
	for (;;)
		pause();
}

/* Meets the limit of its cgroup, again and again: edges. */
static void edges(void)
{
	static char piece[1 << 20];
	FILE *f = tmpfile();

	ground_enter(false);
	for (unsigned long i = 0;; i++) {
		if (pwrite(fileno(f), piece, sizeof(piece), (off_t)(i % 32) << 20) < 0)
			_exit(1);
		usleep(2000);
	}
}

static void take(void *ctx, const struct event *e)
{
	struct taken *t = ctx;

	t->bulk++;
	table_apply(&t->table, e);
}

static void take_critical(void *ctx, const struct event *e)
{
	(void)e;
	((struct taken *)ctx)->critical++;
}

static __u64 lost(const struct hooks *h, bool critical)
{
	__u64 sum = 0;

	for (int type = 0; type < EV_TYPES; type++) {
		bool is = type == EV_EDGE || type == EV_OOM || type == EV_KILL;

		if (is == critical)
			sum += hook_counter(h, (enum counter)(COUNT_LOST_FIRST + type));
	}
	return sum;
}

/* Until the generator has said how many it made. Returns that. */
static unsigned long run(struct hooks *h, struct taken *t, int from, unsigned int *healed)
{
	struct snapshots none = { .hooks = h };
	struct pollfd p = { .fd = from, .events = POLLIN };
	uint64_t stop = clock_now_ns() + SECONDS / 2 * NS_PER_S;
	struct stream *bulk, *critical;
	unsigned long made;
	__u32 seen = hook_board(h)->bulk_lost;

	if (stream_open(&bulk, hook_map_fd(h, HOOK_MAP_BULK), take, t) ||
	    stream_open(&critical, hook_map_fd(h, HOOK_MAP_CRITICAL), take_critical, t))
		exit(1);
	for (bool last = false; !last;) {
		last = poll(&p, 1, 3) > 0; /* a tick, as in watch */
		if (stop && clock_now_ns() > stop) {
			sleep(1);
			stop = 0;
		}
		stream_drain(critical, TAKEN_IN_A_GO);
		stream_drain(bulk, TAKEN_IN_A_GO);
		if (hook_board(h)->bulk_lost != seen) {
			seen = hook_board(h)->bulk_lost;
			snapshots_take(&none, SNAPSHOT_NAMES, 0, true, &t->table);
			(*healed)++;
		}
	}
	if (read(from, &made, sizeof(made)) != sizeof(made))
		exit(1);
	return made;
}

static bool right(const struct table *t, pid_t pid)
{
	for (__u32 i = 0; i < t->n; i++) {
		if (t->procs[i].tgid == (__u32)pid)
			return t->procs[i].oom_score_adj == atoi(ADJ_AT_END) &&
			       t->procs[i].shmem_kib + FINE_KIB >= REGION >> 10;
	}
	return false;
}

int main(void)
{
	char figure[64], beside[64], ratio[64];
	struct taken t = {};
	unsigned int healed = 0;
	unsigned long made;
	struct hooks *h = hooks_load();
	pid_t pid[2];
	int said[2];
	__u64 lost_bulk, lost_critical;
	bool met;

	if (table_init(&t.table, 32768) || pipe(said))
		return 1;
	ground_begin();
	ground_squeeze(SQUEEZED);
	hook_board(h)->state = STATE_WATCH;
	hook_watch(h, true);
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			i ? edges() : generate(said[1]);
		}
	}
	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK,
			   &(struct sched_param){ .sched_priority = 2 });
	made = run(h, &t, said[0], &healed);
	lost_bulk = lost(h, false);
	lost_critical = lost(h, true);
	met = !lost_critical && t.critical && lost_bulk && t.bulk + lost_bulk >= made &&
	      right(&t.table, pid[0]);
	procs_end(pid, 2);
	snprintf(figure, sizeof(figure), "lost: critical %llu of %lu", lost_critical, t.critical);
	snprintf(beside, sizeof(beside), "bulk %llu of %lu", lost_bulk,
		 t.bulk + (unsigned long)lost_bulk);
	snprintf(ratio, sizeof(ratio), "%lu/s, healed %u x", made / SECONDS, healed);
	bench_row("100,000 updates/s, 10 s", figure, beside, ratio, "0; all counted, healed", met);
	hook_free(h);
	return 0;
}
