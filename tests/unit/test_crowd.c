// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_crowd.c - act/reap with victims of many processes: cgroups, process groups; and SIGTERM.
 */
#include "test.h"

#include <sys/xattr.h>

#include "../../agent/act/reap.h"
#include "../../agent/base/clock.h"
#include "cgroup.h"

#define KIB 4096

static struct reapers *reapers;

static int begin(void **state)
{
	int err = cgroups_begin(state);

	return err ? err : reapers_start(&reapers, 2, false, NULL);
}

static int end(void **state)
{
	reapers = reapers_stop(reapers);
	return cgroups_end(state);
}

static struct reap_job *job_of(__u32 what, int sig)
{
	struct reap_job *job = reapers_get(reapers);

	assert_non_null(job);
	job->kill_id = 77;
	job->what = what;
	job->sig = sig;
	job->patience_ns = NS_PER_S;
	job->decided_ns = clock_now_ns();
	return job;
}

static struct reap_job *cgroup_job(const char *name, int sig, const pid_t *pid, __u32 n)
{
	struct reap_job *job = job_of(CHOOSE_CGROUP, sig);

	job->cgroup = cgroup_at(name);
	for (job->members = 0; job->members < n; job->members++)
		job->member[job->members] = (__u32)pid[job->members];
	return job;
}

static struct reap_job *targets_job(__u32 what, int sig, const pid_t *pid, __u32 n)
{
	struct reap_job *job = job_of(what, sig);

	for (job->targets = 0; job->targets < n; job->targets++) {
		job->target[job->targets] = target_of(pid[job->targets]);
		assert_int_equal(target_open(&job->target[job->targets]), 0);
	}
	return job;
}

static void done(struct reap_job *job)
{
	struct pollfd p = { .fd = reapers_fd(reapers), .events = POLLIN };
	struct reap_job *one = NULL;

	reapers_submit(reapers, job);
	while (!one) {
		assert_int_equal(poll(&p, 1, 30000), 1);
		one = reapers_done(reapers);
	}
	assert_ptr_equal(one, job);
}

/* Back to an empty cgroup, for the teardown or the next round. */
static void put_empty(struct reap_job *job)
{
	cgroup_await(&job->cgroup, "populated 0");
	reapers_put(reapers, job);
}

static const char *mark_of(const struct reap_job *job, const char *name)
{
	static char text[32];
	ssize_t len = fgetxattr(job->cgroup.dirfd, name, text, sizeof(text) - 1);

	text[len < 0 ? 0 : len] = 0;
	return text;
}

static void a_cgroup_is_killed_and_its_members_memory_taken(void **state)
{
	pid_t pid[5], bystander;
	struct reap_job *job;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	cgroup_make("/a/b");
	for (size_t i = 0; i < countof(pid); i++)
		pid[i] = child_in(i & 1 ? "/a/b" : "/a", KIB);
	bystander = child_in("", 0);
	job = cgroup_job("/a", SIGKILL, pid, countof(pid));
	done(job);
	assert_int_equal(job->signal_error, 0);
	assert_int_equal(job->failed, 0);
	assert_int_equal(job->killed, countof(pid));
	assert_true(job->signalled_ns >= job->decided_ns);
	assert_true(job->release_tries >= countof(pid));
	assert_true(job->released <= countof(pid));
	assert_true(!job->released == !job->released_ns);
	for (size_t i = 0; i < countof(pid); i++)
		assert_int_equal(child_signal(pid[i]), SIGKILL);
	assert_true(child_alive(bystander));
	put_empty(job);
	child_end(bystander);
}

/* U1: killed twice, counted each time; O5: who is gone is not counted again. */
static void kills_add_up_on_the_cgroup(void **state)
{
	struct reap_job *job;
	pid_t pid[2];

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	for (int round = 1; round <= 2; round++) {
		for (int i = 0; i < 2; i++)
			pid[i] = child_in("/a", 0);
		job = cgroup_job("/a", SIGKILL, pid, 2);
		done(job);
		for (int i = 0; i < 2; i++)
			assert_int_equal(child_signal(pid[i]), SIGKILL);
		assert_int_equal(job->killed, 2);
		if (!job->mark_error) {
			assert_string_equal(mark_of(job, "user.reapd_kills"),
					    round == 1 ? "2" : "4");
			assert_string_equal(mark_of(job, "user.reapd_kill_id"), "77");
		}
		put_empty(job);
	}
	job = cgroup_job("/a", SIGKILL, pid, 2);
	done(job);
	assert_int_equal(job->signal_error, -ESRCH);
	assert_int_equal(job->killed, 0);
	assert_int_equal(job->release_tries, 0);
	assert_string_not_equal(mark_of(job, "user.reapd_kills"), "6");
	reapers_put(reapers, job);
}

/* O8, the last part: hooks and graces take time, in which a cgroup can be made anew. */
static void a_cgroup_that_was_made_anew_is_not_killed(void **state)
{
	struct reap_job *job;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	job = cgroup_job("/a", SIGKILL, NULL, 0);
	cgroup_remove("/a");
	cgroup_make("/a");
	pid = child_in("/a", 0);
	done(job);
	assert_int_equal(job->signal_error, -ESRCH);
	assert_true(child_alive(pid));
	reapers_put(reapers, job);
	child_end(pid);
}

/* It left the cgroup, or its number is another's by now: its memory is not touched, and it is told. */
static void a_member_that_got_away_is_left_alone_and_counted(void **state)
{
	struct reap_job *job;
	pid_t pid[2];

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	pid[0] = child_in("", KIB);
	pid[1] = child_in("/a", KIB);
	job = cgroup_job("/a", SIGKILL, pid, 2);
	done(job);
	assert_int_equal(job->signal_error, 0);
	assert_int_equal(child_signal(pid[1]), SIGKILL);
	assert_true(child_alive(pid[0]));
	if (job->release_error != -ENOSYS) {
		assert_int_equal(job->killed, 1);
		assert_int_equal(job->failed, 1);
		assert_int_equal(job->release_error, -EINVAL);
	}
	put_empty(job);
	child_end(pid[0]);
}

/* The kernel's own killer took the cgroup (memory.oom.group): memory is taken, no signal is sent. */
static void without_signal_only_memory_of_the_cgroup_is_taken(void **state)
{
	struct reap_job *job;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	pid = child_in("/a", KIB);
	job = cgroup_job("/a", 0, &pid, 1);
	done(job);
	assert_int_equal(job->signalled_ns, job->decided_ns);
	assert_int_equal(job->released, 0);
	assert_string_equal(mark_of(job, "user.reapd_kills"), "");
	assert_true(child_alive(pid));
	child_end(pid);
	put_empty(job);
}

static void a_frozen_cgroup_is_killed_and_then_thawed(void **state)
{
	struct reap_job *job;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	pid = child_in("/a", 0);
	job = cgroup_job("/a", SIGKILL, &pid, 1);
	assert_int_equal(cgroup_freeze(&job->cgroup, true), 0);
	cgroup_await(&job->cgroup, "frozen 1");
	done(job);
	assert_int_equal(child_signal(pid), SIGKILL);
	assert_string_equal(cgroup_says(&job->cgroup, "cgroup.freeze"), "0\n");
	put_empty(job);
}

static void a_dry_run_touches_no_cgroup(void **state)
{
	struct reap_job *job;
	int dirfd;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	pid = child_in("/a", 0);
	job = cgroup_job("/a", SIGKILL, &pid, 1);
	job->dry_run = true;
	dirfd = job->cgroup.dirfd;
	done(job);
	assert_true(child_alive(pid));
	assert_int_equal(job->killed, 0);
	assert_string_equal(mark_of(job, "user.reapd_kills"), "");
	reapers_put(reapers, job);
	assert_int_equal(fcntl(dirfd, F_GETFD), -1);
	child_end(pid);
}

static void sigterm_ends_a_cgroup_and_takes_nothing(void **state)
{
	struct reap_job *job;
	pid_t pid[2];

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	cgroup_make("/a/b");
	pid[0] = child_in("/a", 0);
	pid[1] = child_in("/a/b", 0);
	job = cgroup_job("/a", SIGTERM, pid, 2);
	/* Whoever froze it: a grace is for those who can act. */
	assert_int_equal(cgroup_freeze(&job->cgroup, true), 0);
	cgroup_await(&job->cgroup, "frozen 1");
	done(job);
	assert_int_equal(job->signal_error, 0);
	assert_int_equal(job->killed, 2);
	assert_int_equal(job->release_tries, 0);
	assert_int_equal(job->released_ns, 0);
	assert_int_equal(child_signal(pid[0]), SIGTERM);
	assert_int_equal(child_signal(pid[1]), SIGTERM);
	put_empty(job);
}

static void sigterm_to_a_process_takes_nothing(void **state)
{
	pid_t pid = child_start(KIB);
	struct reap_job *job = targets_job(CHOOSE_PROCESS, SIGTERM, &pid, 1);

	(void)state;
	done(job);
	assert_int_equal(job->signal_error, 0);
	assert_int_equal(job->killed, 1);
	assert_int_equal(job->release_tries, 0);
	assert_int_equal(child_signal(pid), SIGTERM);
	reapers_put(reapers, job);
}

static void a_group_is_killed_and_all_its_memory_taken(void **state)
{
	pid_t pid[4], bystander;
	struct reap_job *job;

	(void)state;
	for (size_t i = 0; i < countof(pid); i++)
		pid[i] = child_start(KIB);
	bystander = child_start(0);
	job = targets_job(CHOOSE_GROUP, SIGKILL, pid, countof(pid));
	done(job);
	assert_int_equal(job->signal_error, 0);
	assert_int_equal(job->killed, countof(pid));
	assert_int_equal(job->failed, 0);
	assert_true(job->release_tries >= countof(pid));
	for (size_t i = 0; i < countof(pid); i++)
		assert_int_equal(child_signal(pid[i]), SIGKILL);
	assert_true(child_alive(bystander));
	reapers_put(reapers, job);
	child_end(bystander);
}

/* "0 signalled" is not "killed", and a leader that is gone is not "nobody". */
static void a_group_without_its_leader_is_killed_and_one_that_is_gone_is_not(void **state)
{
	pid_t pid[2] = { child_start(0), child_start(0) };
	struct reap_job *job = targets_job(CHOOSE_GROUP, SIGKILL, pid, 2);

	(void)state;
	child_end(pid[0]);
	done(job);
	assert_int_equal(job->signal_error, 0);
	assert_int_equal(job->killed, 1);
	assert_int_equal(child_signal(pid[1]), SIGKILL);
	reapers_put(reapers, job);

	pid[0] = child_start(0);
	job = targets_job(CHOOSE_GROUP, SIGKILL, pid, 1);
	child_end(pid[0]);
	done(job);
	assert_int_equal(job->signal_error, -ESRCH);
	assert_int_equal(job->killed, 0);
	assert_int_equal(job->release_tries, 0);
	reapers_put(reapers, job);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_cgroup_is_killed_and_its_members_memory_taken),
		TEST(kills_add_up_on_the_cgroup),
		TEST(a_cgroup_that_was_made_anew_is_not_killed),
		TEST(a_member_that_got_away_is_left_alone_and_counted),
		TEST(without_signal_only_memory_of_the_cgroup_is_taken),
		TEST(a_frozen_cgroup_is_killed_and_then_thawed),
		TEST(a_dry_run_touches_no_cgroup),
		TEST(sigterm_ends_a_cgroup_and_takes_nothing),
		TEST(sigterm_to_a_process_takes_nothing),
		TEST(a_group_is_killed_and_all_its_memory_taken),
		TEST(a_group_without_its_leader_is_killed_and_one_that_is_gone_is_not),
	};

	return RUN("act/crowd", tests);
}
