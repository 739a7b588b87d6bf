// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_reap.c - act/reap: the threads that kill and take memory back, on children of our own.
 */
#include "test.h"

#include <dirent.h>
#include <sched.h>

#include "../../agent/act/reap.h"
#include "../../agent/base/clock.h"
#include "../../agent/base/file.h"
#include "child.h"

#define KIB 4096

static struct reapers *reapers;

static int begin(void **state)
{
	(void)state;
	return reapers_start(&reapers, 2, false, NULL);
}

static int end(void **state)
{
	(void)state;
	reapers = reapers_stop(reapers);
	return 0;
}

/* A job with these children as targets. */
static struct reap_job *job_on(const pid_t *pid, __u32 n, bool dry_run)
{
	struct reap_job *job = reapers_get(reapers);

	assert_non_null(job);
	job->sig = SIGKILL;
	job->dry_run = dry_run;
	job->patience_ns = NS_PER_S;
	job->decided_ns = clock_now_ns();
	for (job->targets = 0; job->targets < n; job->targets++) {
		job->target[job->targets] = target_of(pid[job->targets]);
		assert_int_equal(target_open(&job->target[job->targets]), 0);
	}
	return job;
}

/* Waits for a job to be done; half a minute is for ever. */
static struct reap_job *wait_done(void)
{
	struct pollfd p = { .fd = reapers_fd(reapers), .events = POLLIN };
	struct reap_job *job = NULL;

	while (!job) {
		assert_int_equal(poll(&p, 1, 30000), 1);
		job = reapers_done(reapers);
	}
	return job;
}

/* process_mrelease took it, or came too late, or the kernel (or valgrind) has no such call. */
static void check_release(const struct reap_job *job)
{
	assert_true(job->release_tries >= 1);
	if (job->released_ns) {
		assert_int_equal(job->release_error, 0);
		assert_true(job->released_ns >= job->signalled_ns);
	} else {
		assert_true(job->release_error == -ESRCH || job->release_error == -ENOSYS ||
			    job->release_error == -EAGAIN || job->release_error == -EINVAL);
	}
}

static void a_victim_is_killed_and_its_memory_taken(void **state)
{
	pid_t pid = child_start(KIB);
	struct reap_job *job = job_on(&pid, 1, false);

	(void)state;
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	assert_int_equal(job->signal_error, 0);
	assert_true(job->signalled_ns >= job->decided_ns);
	check_release(job);
	assert_int_equal(child_signal(pid), SIGKILL);
	reapers_put(reapers, job);
	assert_int_equal(reapers_busy(reapers), 0);
}

static void a_dry_run_stops_before_the_last_line(void **state)
{
	pid_t pid = child_start(0);
	struct reap_job *job = job_on(&pid, 1, true);

	(void)state;
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	assert_true(job->signalled_ns >= job->decided_ns);
	assert_int_equal(job->released_ns, 0);
	assert_int_equal(job->release_tries, 0);
	assert_int_equal(job->signal_error, 0);
	assert_true(child_alive(pid));
	reapers_put(reapers, job);
	assert_true(child_alive(pid));
	child_end(pid);
}

static void a_rehearsal_without_targets_is_a_dry_run_too(void **state)
{
	struct reap_job *job = job_on(NULL, 0, true);

	(void)state;
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	reapers_put(reapers, job);
}

static void all_targets_die_and_a_bystander_does_not(void **state)
{
	pid_t pid[4], bystander = child_start(0);
	struct reap_job *job;

	(void)state;
	for (size_t i = 0; i < countof(pid); i++)
		pid[i] = child_start(16);
	job = job_on(pid, countof(pid), false);
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	assert_int_equal(job->signal_error, 0);
	for (size_t i = 0; i < countof(pid); i++)
		assert_int_equal(child_signal(pid[i]), SIGKILL);
	assert_true(child_alive(bystander));
	reapers_put(reapers, job);
	child_end(bystander);
}

static void a_victim_that_was_gone_before_the_signal_is_told(void **state)
{
	pid_t pid = child_start(0);
	struct reap_job *job = job_on(&pid, 1, false);

	(void)state;
	child_end(pid); /* waited for: nobody has the number any more */
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	assert_int_equal(job->signal_error, -ESRCH);
	assert_int_equal(job->release_tries, 0);
	assert_int_equal(job->released_ns, 0);
	reapers_put(reapers, job);
}

/* The victim's answer counts; a sharer may be gone already. */
static void a_sharer_that_was_gone_is_no_error(void **state)
{
	pid_t pid[2] = { child_start(0), child_start(0) };
	struct reap_job *job = job_on(pid, 2, false);

	(void)state;
	child_end(pid[1]);
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	assert_int_equal(job->signal_error, 0);
	assert_int_equal(child_signal(pid[0]), SIGKILL);
	reapers_put(reapers, job);
}

/* The kernel's own killer was first: memory is taken, no signal is sent. */
static void without_signal_only_memory_is_taken(void **state)
{
	pid_t pid[2] = { child_start(KIB), child_start(0) };
	struct reap_job *job = job_on(pid, 2, false);

	(void)state;
	assert_int_equal(kill(pid[0], SIGKILL), 0);
	job->sig = 0;
	job->decided_ns = 4711;
	job->target[0].start_ns = 0;
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	assert_int_equal(job->signalled_ns, 4711);
	check_release(job);
	assert_int_equal(child_signal(pid[0]), SIGKILL);
	assert_true(child_alive(pid[1]));
	reapers_put(reapers, job);
	child_end(pid[1]);
}

static void memory_of_one_that_does_not_die_is_not_taken(void **state)
{
	pid_t pid = child_start(0);
	struct reap_job *job = job_on(&pid, 1, false);

	(void)state;
	job->sig = 0;
	job->patience_ns = NS_PER_MS;
	reapers_submit(reapers, job);
	assert_ptr_equal(wait_done(), job);
	assert_int_equal(job->released_ns, 0);
	assert_true(job->release_error == -EINVAL || job->release_error == -ENOSYS);
	assert_true(child_alive(pid));
	reapers_put(reapers, job);
	child_end(pid);
}

/* Of a thread of this program, by its name; -1: there is none. */
static pid_t thread_named(const char *name)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *entry;
	pid_t tid = -1;

	assert_non_null(tasks);
	while (tid < 0 && (entry = readdir(tasks))) {
		char path[300], text[32];

		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		if (file_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
			continue;
		text[strcspn(text, "\n")] = 0;
		if (!strcmp(text, name))
			tid = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	closedir(tasks);
	return tid;
}

/* Refused for two seconds, as the victim does not die: the reaper is at work for so long. */
static void
a_realtime_reaper_that_takes_long_is_made_an_ordinary_thread_until_it_is_done(void **state)
{
	struct sched_param fifo = { .sched_priority = 1 };
	struct pollfd p = { .events = POLLIN };
	struct reap_job *job;
	pid_t pid, tid;

	(void)state;
	if (sched_setscheduler(0, SCHED_FIFO, &fifo))
		skip();
	sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){});
	reapers = reapers_stop(reapers);
	assert_int_equal(reapers_start(&reapers, 1, true, NULL), 0);
	p.fd = reapers_fd(reapers);
	pid = child_start(0);
	job = job_on(&pid, 1, false);
	job->sig = 0;
	job->patience_ns = 2 * NS_PER_S;
	reapers_submit(reapers, job);
	do {
		tid = thread_named("reapd/reap0");
	} while (tid < 0 || sched_getscheduler(tid) != SCHED_FIFO);
	while (sched_getscheduler(tid) == SCHED_FIFO) {
		assert_int_equal(poll(&p, 1, 5), 0); /* it was done before */
		reapers_ease(reapers);
	}
	assert_int_equal(sched_getscheduler(tid), SCHED_OTHER);
	assert_ptr_equal(wait_done(), job);
	assert_int_equal(sched_getscheduler(tid), SCHED_FIFO);
	reapers_ease(reapers);
	assert_int_equal(sched_getscheduler(tid), SCHED_FIFO);
	reapers_put(reapers, job);
	child_end(pid);
}

static void a_job_is_cleared_counted_and_there_are_no_more_than_reapers(void **state)
{
	struct reap_job *one = reapers_get(reapers), *two = reapers_get(reapers);
	static const struct reap_job clear = { .cgroup.dirfd = -1 };

	(void)state;
	assert_non_null(one);
	assert_non_null(two);
	assert_ptr_not_equal(one, two);
	assert_memory_equal(one, &clear, offsetof(struct reap_job, target));
	assert_null(reapers_get(reapers));
	assert_int_equal(reapers_busy(reapers), 2);
	one->kill_id = 5;
	reapers_put(reapers, one);
	assert_int_equal(reapers_busy(reapers), 1);
	one = reapers_get(reapers);
	assert_int_equal(one->kill_id, 0);
	reapers_put(reapers, one);
	reapers_put(reapers, two);
	assert_null(reapers_done(reapers));
}

static void putting_a_job_away_closes_its_pidfds(void **state)
{
	pid_t pid = child_start(0);
	struct reap_job *job = job_on(&pid, 1, true);
	int fd = job->target[0].pidfd;

	(void)state;
	reapers_submit(reapers, job);
	wait_done();
	assert_true(fcntl(fd, F_GETFD) >= 0);
	reapers_put(reapers, job);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	child_end(pid);
}

static void two_victims_at_once_are_each_told_once(void **state)
{
	pid_t pid[2] = { child_start(KIB), child_start(KIB) };
	struct reap_job *job[2], *done[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		job[i] = job_on(&pid[i], 1, false);
	for (int i = 0; i < 2; i++)
		reapers_submit(reapers, job[i]);
	done[0] = wait_done();
	done[1] = wait_done();
	assert_ptr_not_equal(done[0], done[1]);
	assert_null(reapers_done(reapers));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(child_signal(pid[i]), SIGKILL);
		reapers_put(reapers, job[i]);
	}
}

static void jobs_can_follow_each_other_for_ever(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		struct reap_job *job = job_on(NULL, 0, true);

		reapers_submit(reapers, job);
		assert_ptr_equal(wait_done(), job);
		reapers_put(reapers, job);
	}
}

static void stopping_none_is_nothing_and_more_than_eight_are_eight(void **state)
{
	struct reapers *many;

	(void)state;
	assert_null(reapers_stop(NULL));
	assert_int_equal(reapers_start(&many, 50, false, NULL), 0);
	for (int i = 0; i < 8; i++)
		assert_non_null(reapers_get(many));
	assert_null(reapers_get(many));
	assert_null(reapers_stop(many));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_victim_is_killed_and_its_memory_taken),
		TEST(a_dry_run_stops_before_the_last_line),
		TEST(a_rehearsal_without_targets_is_a_dry_run_too),
		TEST(all_targets_die_and_a_bystander_does_not),
		TEST(a_victim_that_was_gone_before_the_signal_is_told),
		TEST(a_sharer_that_was_gone_is_no_error),
		TEST(without_signal_only_memory_is_taken),
		TEST(memory_of_one_that_does_not_die_is_not_taken),
		TEST(a_realtime_reaper_that_takes_long_is_made_an_ordinary_thread_until_it_is_done),
		TEST(a_job_is_cleared_counted_and_there_are_no_more_than_reapers),
		TEST(putting_a_job_away_closes_its_pidfds),
		TEST(two_victims_at_once_are_each_told_once),
		TEST(jobs_can_follow_each_other_for_ever),
		TEST(stopping_none_is_nothing_and_more_than_eight_are_eight),
	};

	return RUN("act/reap", tests);
}
