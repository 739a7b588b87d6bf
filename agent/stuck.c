// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "stuck.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/resident.h"
#include "stuck_kill.h"

/* A tenth of the time: what wakes lmkd (70 ms of a second), rounded up. */
#define STALL_PART	    10
/* Above the loop's 2 (harden.c). */
#define STUCK_PRIORITY	    3
#define STUCK_STACK_BYTES   (64UL * 1024)
#define STUCK_TOUCHED_BYTES (24UL * 1024)

static void begin_count(struct stuck *s)
{
	s->psi_ns = clock_now_ns();
	if (psi_read(s->pressure_fd, &s->psi))
		s->psi_ns = 0;
}

/* A loop that waits for a disk or for a reader of its log frees nothing by a kill. */
static bool memory_stalls(const struct stuck *s)
{
	__u64 now = clock_now_ns();
	struct psi psi;

	return s->psi_ns && !psi_read(s->pressure_fd, &psi) &&
	       psi.some_ns - s->psi.some_ns >= (now - s->psi_ns) / STALL_PART;
}

/* Until no handler runs. */
static void watch(struct stuck *s)
{
	struct pollfd p = { .fd = s->pulse.wake_fd, .events = POLLIN };
	struct pulse_count count = { .beat = atomic_load(&s->pulse.beat) };
	unsigned int beat;
	__u64 begin, n;
	bool stuck;

	if (read(p.fd, &n, sizeof(n)) < 0)
		n = 0; /* nobody woke it: it found the handler itself */
	while (!atomic_load(&s->stop)) {
		begin = clock_now_ns();
		if (!count.steps)
			begin_count(s);
		poll(&p, 1, PULSE_STEP_MS);
		beat = atomic_load(&s->pulse.beat);
		stuck = pulse_is_stuck(&count, beat, clock_now_ns() - begin);
		if (stuck && memory_stalls(s))
			stuck_bite(s);
		else if (!(beat & 1))
			return;
	}
}

static void __attribute__((noinline)) touch_stack(void)
{
	RESIDENT_STACK(STUCK_TOUCHED_BYTES);
}

static void *stuck_main(void *arg)
{
	struct sched_param fifo = { .sched_priority = STUCK_PRIORITY };
	struct stuck *s = arg;
	struct pollfd p = { .fd = s->pulse.wake_fd, .events = POLLIN };

	touch_stack();
	pthread_setname_np(pthread_self(), "reapd/watchdog");
	if (s->realtime)
		sched_setscheduler(0, SCHED_FIFO, &fifo);
	while (!atomic_load(&s->stop)) {
		atomic_store(&s->pulse.asleep, true);
		/* One that began before that did not wake it. */
		if (!(atomic_load(&s->pulse.beat) & 1))
			poll(&p, 1, -1);
		atomic_store(&s->pulse.asleep, false);
		watch(s);
	}
	return NULL;
}

static int start_thread(struct stuck *s)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STUCK_STACK_BYTES);
	err = -pthread_create(&s->thread, &attr, stuck_main, s);
	pthread_attr_destroy(&attr);
	return err;
}

int stuck_start(struct agent *a)
{
	static const int maps[FILTER_KINDS] = { HOOK_MAP_PACKAGE, HOOK_MAP_CGROUP, HOOK_MAP_UID };
	char path[2 * PATH_MAX] = "/proc/pressure/memory";
	struct stuck *s;
	int err;

	if (a->config.watchdog == STUCK_NO ||
	    (a->config.watchdog == STUCK_AUTO && strcmp(a->config.strategy, "android") != 0))
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	stuck_lists_init(&s->lists);
	s->realtime = a->config.realtime;
	s->lmkd = a->lmkd;
	s->registry = a->registry;
	for (int kind = 0; kind < FILTER_KINDS; kind++)
		s->filter_fd[kind] = hook_map_fd(a->hooks, maps[kind]);
	if (cgroups_scope_id(a->cgroups))
		cgroups_scope_file(a->cgroups, path, sizeof(path), "memory.pressure");
	s->pressure_fd = open(path, O_RDONLY | O_CLOEXEC);
	s->pulse.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->told_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	resident_touch(s, sizeof(*s));
	a->stuck = s;
	if (s->pressure_fd < 0 || s->pulse.wake_fd < 0 || s->told_fd < 0)
		return -EMFILE;
	err = loop_add(a->loop, s->told_fd, EPOLLIN, stuck_on_told, a);
	if (!err)
		err = start_thread(s);
	if (!err)
		loop_watched(a->loop, &s->pulse);
	return err;
}

void stuck_stop(struct agent *a)
{
	struct stuck *s = a->stuck;

	if (!s)
		return;
	loop_watched(a->loop, NULL);
	atomic_store(&s->stop, true);
	pulse_wake(&s->pulse);
	if (s->thread)
		pthread_join(s->thread, NULL);
	close(s->pressure_fd);
	close(s->pulse.wake_fd);
	close(s->told_fd);
	free(s);
	a->stuck = NULL;
}

void stuck_look(struct agent *a)
{
	if (a->stuck)
		stuck_publish(&a->stuck->lists, a);
}
