// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "crowd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/clock.h"
#include "hasten.h"

/*
 * Who is refused with EINVAL so often (for 30 ms) is not dying: it left the cgroup in time, or another
 * process has its memory. The others' news must not wait for it.
 */
#define EINVAL_ROUNDS 6

void crowd_signal(struct reap_job *job, struct cgroup_toll *ret)
{
	job->signal_error = job->sig == SIGTERM ? cgroup_term(&job->cgroup, ret) :
						  cgroup_kill(&job->cgroup, ret);
	job->signalled_ns = clock_now_ns();
	job->killed = ret->signalled;
	job->failed = ret->failed;
}

/* 0: taken. -ESRCH: it has exited, or nearly. *ret_pidfd is open unless negative. */
static int take(__u32 tgid, int *ret_pidfd)
{
	*ret_pidfd = pidfd_of(tgid);
	return *ret_pidfd < 0 ? *ret_pidfd : pidfd_release(*ret_pidfd);
}

static void close_pidfd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/*
 * Once for each of the first `n` members; those to be tried again are moved to the front, in their
 * order. How many they are.
 */
static __u32 take_round(struct reap_job *job, __u32 n, bool einval_passes, __u32 *not_dying)
{
	__u32 again = 0;

	job->release_error = 0;
	for (__u32 i = 0; i < n; i++) {
		__u32 tgid = job->member[i];
		int fd, err = take(tgid, &fd);

		close_pidfd(fd);
		job->release_tries++;
		if (!err) {
			job->released++;
			job->released_ns = clock_now_ns();
		} else if (err == -EAGAIN || err == -EINTR || (err == -EINVAL && einval_passes)) {
			job->member[i] = job->member[again];
			job->member[again++] = tgid;
		} else if (err == -EINVAL) {
			(*not_dying)++;
		}
		if (err && err != -ESRCH)
			job->release_error = err;
	}
	return again;
}

void crowd_release(struct reap_job *job, const struct cgroup_toll *toll)
{
	__u64 until = clock_now_ns() + job->patience_ns;
	__u32 left, not_dying = 0;
	int pause_ms = 1;

	if (job->what == CHOOSE_GROUP) {
		job->members = job->targets;
		for (__u32 i = 0; i < job->targets; i++)
			job->member[i] = job->target[i].tgid;
	}
	left = job->members;
	for (int round = 1; left; round++) {
		left = take_round(job, left, round < EINVAL_ROUNDS, &not_dying);
		if (!left || clock_now_ns() > until)
			break;
		poll(NULL, 0, pause_ms);
		if (pause_ms < RELEASE_PAUSE_MAX_MS)
			pause_ms *= 2;
	}
	if (toll->whole) { /* nobody was counted when the signal went out */
		job->failed = not_dying;
		job->killed = job->members - not_dying;
	}
}

/* Its pidfd if it is dying still, else -1: the number may be another's. */
static int dying(__u32 tgid)
{
	int fd, err = take(tgid, &fd);

	if (!err || err == -EAGAIN)
		return fd;
	close_pidfd(fd);
	return -1;
}

/* All of them to the front, then one by one over the line. */
static void hasten_members(const struct reap_job *job, __u64 until_ns)
{
	int fd;

	for (__u32 i = 0; i < job->members && clock_now_ns() < until_ns; i++) {
		fd = dying(job->member[i]);
		if (fd >= 0)
			hasten_raise(job->member[i]);
		close_pidfd(fd);
	}
	for (__u32 i = 0; i < job->members && clock_now_ns() < until_ns; i++) {
		fd = dying(job->member[i]);
		if (fd >= 0)
			hasten_exit(job->member[i], fd);
		close_pidfd(fd);
	}
}

void crowd_end(struct reap_job *job, const struct cgroup_toll *toll, __u64 until_ns)
{
	hasten_members(job, until_ns);
	if (!job->sig)
		return; /* the kernel's kill, and its to count */
	/* Whoever froze it: who comes next into this cgroup is to run. */
	if (toll->whole)
		cgroup_freeze(&job->cgroup, false);
	else
		cgroup_sweep(&job->cgroup, until_ns);
	job->mark_error = cgroup_mark(&job->cgroup, job->kill_id, job->killed);
}
