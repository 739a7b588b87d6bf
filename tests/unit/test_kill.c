// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_kill.c - act/kill: a pidfd is that of the process that was measured, or there is none.
 */
#include "test.h"

#include <sys/stat.h>

#include "child.h"

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void a_process_that_is_the_one_learnt_is_opened(void **state)
{
	pid_t pid = child_start(0);
	struct target t = target_of(pid);

	(void)state;
	assert_int_equal(target_open(&t), 0);
	assert_true(t.pidfd >= 0);
	assert_true(fcntl(t.pidfd, F_GETFD) & FD_CLOEXEC);
	assert_true(target_alive(&t));
	target_close(&t);
	assert_int_equal(t.pidfd, -1);
	target_close(&t);
	/* start_ns is finer than /proc tells: anything within the tick is the same. */
	t.start_ns += 9999999;
	assert_int_equal(target_open(&t), 0);
	target_close(&t);
	child_end(pid);
}

/* Before 6.15 pidfd_open(2) answers EINVAL then, as if the question were wrong. */
static void whose_number_lives_on_as_that_of_a_session_is_gone(void **state)
{
	struct target t = {};
	pid_t leader, member;
	int pipefd[2], err, sid;

	(void)state;
	needs_pidfds();
	assert_int_equal(pipe2(pipefd, O_CLOEXEC), 0);
	leader = fork();
	if (!leader) {
		setsid();
		member = fork();
		if (!member) {
			for (;;)
				pause();
		}
		_exit(write(pipefd[1], &member, sizeof(member)) != sizeof(member));
	}
	assert_int_equal(read(pipefd[0], &member, sizeof(member)), sizeof(member));
	assert_int_equal(waitpid(leader, NULL, 0), leader);
	sid = getsid(member);
	t.tgid = (__u32)leader;
	err = target_open(&t);
	assert_int_equal(kill(member, SIGKILL), 0); /* first: nobody else would */
	assert_int_equal(sid, leader);
	assert_int_equal(err, -ESRCH);
	assert_int_equal(t.pidfd, -1);
	close(pipefd[0]);
	close(pipefd[1]);
}

static void a_number_that_belongs_to_another_by_now_is_stale(void **state)
{
	pid_t pid = child_start(0);
	struct target t = target_of(pid);

	(void)state;
	t.start_ns += 10000000;
	assert_int_equal(target_open(&t), -ESTALE);
	assert_int_equal(t.pidfd, -1);
	t.start_ns -= 20000000;
	assert_int_equal(target_open(&t), -ESTALE);
	assert_int_equal(t.pidfd, -1);
	assert_true(child_alive(pid));
	child_end(pid);
}

/* Its name is the program's own, and stands in /proc/PID/stat as it is. */
static void the_start_time_is_found_behind_any_name(void **state)
{
	static const char *const names[] = { "foo) Z ", ")",	 "(",	      "()()()())))",
					     " ",	"1 2 3", "a\nb) S 1", "" };
	char own[16];

	(void)state;
	prctl(PR_GET_NAME, own);
	for (size_t i = 0; i < countof(names); i++) {
		struct target t;
		pid_t pid;

		prctl(PR_SET_NAME, names[i]); /* which the child has from us */
		pid = child_start(0);
		prctl(PR_SET_NAME, own);
		t = target_of(pid);
		assert_int_equal(target_open(&t), 0);
		target_close(&t);
		t.start_ns += 10000000;
		assert_int_equal(target_open(&t), -ESTALE);
		child_end(pid);
	}
}

static void without_a_start_time_whoever_has_the_number_is_taken(void **state)
{
	pid_t pid = child_start(0);
	struct target t = { .tgid = (__u32)pid, .pidfd = -1 };

	(void)state;
	assert_int_equal(target_open(&t), 0);
	target_close(&t);
	child_end(pid);
}

/* Where pidfds have inodes of their own (6.9) these prove it, and the start time is not asked. */
static void the_inode_of_the_pidfd_proves_it_too(void **state)
{
	pid_t pid = child_start(0);
	struct target t = target_of(pid);
	struct stat st;

	(void)state;
	assert_int_equal(target_open(&t), 0);
	assert_int_equal(fstat(t.pidfd, &st), 0);
	target_close(&t);
	t.pidfs_ino = st.st_ino;
	assert_int_equal(target_open(&t), 0);
	target_close(&t);
	t.pidfs_ino = st.st_ino + 1;
	assert_int_equal(target_open(&t), -ESTALE);
	assert_int_equal(t.pidfd, -1);
	child_end(pid);
}

static void who_has_exited_is_gone_waited_for_or_not(void **state)
{
	pid_t pid = child_start(0);
	struct target t = target_of(pid);
	siginfo_t info;

	(void)state;
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(target_open(&t), -ESRCH); /* a zombie */
	assert_int_equal(t.pidfd, -1);
	child_signal(pid);
	assert_int_equal(target_open(&t), -ESRCH);
	assert_int_equal(t.pidfd, -1);
}

static void a_number_that_nobody_can_have_is_an_error(void **state)
{
	struct target t = { .tgid = 4194305, .pidfd = -1, .start_ns = 1 };

	(void)state;
	needs_pidfds();
	assert_int_equal(target_open(&t), -ESRCH);
	t.tgid = 0;
	assert_int_equal(target_open(&t), -EINVAL);
	assert_int_equal(t.pidfd, -1);
}

static void the_armed_stay_open_while_they_are_wanted(void **state)
{
	struct target wanted[3];
	struct armed a = {};
	pid_t pid[3];
	int fd[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		pid[i] = child_start(0);
		wanted[i] = target_of(pid[i]);
	}
	armed_update(&a, wanted, 2);
	assert_int_equal(a.n, 2);
	fd[0] = a.target[0].pidfd;
	fd[1] = a.target[1].pidfd;
	armed_update(&a, wanted + 1, 2);
	assert_int_equal(a.n, 2);
	assert_int_equal(a.target[0].tgid, pid[1]);
	assert_int_equal(a.target[0].pidfd, fd[1]); /* kept, not opened again */
	assert_int_equal(a.target[1].tgid, pid[2]);
	fd[2] = a.target[1].pidfd;
	assert_true(fd[2] == fd[0] || !is_open(fd[0]));
	armed_update(&a, NULL, 0);
	assert_int_equal(a.n, 0);
	assert_false(is_open(fd[1]));
	assert_false(is_open(fd[2]));
	for (int i = 0; i < 3; i++)
		child_end(pid[i]);
}

static void who_cannot_be_opened_is_not_armed(void **state)
{
	struct target wanted[3];
	struct armed a = {};
	pid_t pid = child_start(0);

	(void)state;
	wanted[0] = (struct target){ .tgid = 4194305, .start_ns = 1 };
	wanted[1] = target_of(pid);
	wanted[2] = target_of(pid);
	wanted[2].start_ns += 50000000; /* another one of that number */
	armed_update(&a, wanted, 3);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.target[0].tgid, pid);
	armed_done(&a);
	assert_int_equal(a.n, 0);
	child_end(pid);
}

/* The number is reused between two rankings: the old pidfd must not pass for the new process. */
static void the_armed_one_of_another_start_is_not_kept(void **state)
{
	pid_t pid = child_start(0);
	struct target t = target_of(pid);
	struct armed a = {};

	(void)state;
	armed_update(&a, &t, 1);
	t.start_ns += 50000000;
	armed_update(&a, &t, 1);
	assert_int_equal(a.n, 0);
	child_end(pid);
}

static void no_more_are_armed_than_there_is_room_for(void **state)
{
	struct target wanted[ARMED_MAX + 3];
	struct armed a = {};
	pid_t pid[ARMED_MAX + 3];

	(void)state;
	for (size_t i = 0; i < countof(pid); i++) {
		pid[i] = child_start(0);
		wanted[i] = target_of(pid[i]);
	}
	armed_update(&a, wanted, countof(wanted));
	assert_int_equal(a.n, ARMED_MAX);
	for (__u32 i = 0; i < a.n; i++)
		assert_int_equal(a.target[i].tgid, pid[i]);
	armed_done(&a);
	for (size_t i = 0; i < countof(pid); i++)
		child_end(pid[i]);
}

static void an_armed_one_is_taken_out_with_its_open_pidfd(void **state)
{
	pid_t pid[2] = { child_start(0), child_start(0) };
	struct target wanted[2] = { target_of(pid[0]), target_of(pid[1]) }, t = wanted[0];
	struct armed a = {};
	int fd;

	(void)state;
	armed_update(&a, wanted, 2);
	fd = a.target[0].pidfd;
	assert_int_equal(armed_take(&a, &t), 0);
	assert_int_equal(t.pidfd, fd);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.target[0].tgid, pid[1]);
	armed_done(&a);
	assert_true(is_open(fd));
	target_close(&t);
	child_end(pid[0]);
	child_end(pid[1]);
}

static void who_is_not_armed_is_opened_when_taken(void **state)
{
	pid_t pid = child_start(0);
	struct target t = target_of(pid);
	struct armed a = {};

	(void)state;
	assert_int_equal(armed_take(&a, &t), 0);
	assert_true(target_alive(&t));
	target_close(&t);
	t.start_ns += 50000000;
	assert_int_equal(armed_take(&a, &t), -ESTALE);
	child_end(pid);
}

static void an_armed_one_that_exited_meanwhile_is_gone(void **state)
{
	pid_t pid = child_start(0);
	struct target t = target_of(pid);
	struct armed a = {};

	(void)state;
	armed_update(&a, &t, 1);
	child_end(pid);
	assert_int_equal(armed_take(&a, &t), -ESRCH);
	assert_int_equal(t.pidfd, -1);
	assert_int_equal(a.n, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_that_is_the_one_learnt_is_opened),
		cmocka_unit_test(whose_number_lives_on_as_that_of_a_session_is_gone),
		cmocka_unit_test(a_number_that_belongs_to_another_by_now_is_stale),
		cmocka_unit_test(the_start_time_is_found_behind_any_name),
		cmocka_unit_test(without_a_start_time_whoever_has_the_number_is_taken),
		cmocka_unit_test(the_inode_of_the_pidfd_proves_it_too),
		cmocka_unit_test(who_has_exited_is_gone_waited_for_or_not),
		cmocka_unit_test(a_number_that_nobody_can_have_is_an_error),
		cmocka_unit_test(the_armed_stay_open_while_they_are_wanted),
		cmocka_unit_test(who_cannot_be_opened_is_not_armed),
		cmocka_unit_test(the_armed_one_of_another_start_is_not_kept),
		cmocka_unit_test(no_more_are_armed_than_there_is_room_for),
		cmocka_unit_test(an_armed_one_is_taken_out_with_its_open_pidfd),
		cmocka_unit_test(who_is_not_armed_is_opened_when_taken),
		cmocka_unit_test(an_armed_one_that_exited_meanwhile_is_gone),
	};

	return RUN("act/kill", tests);
}
