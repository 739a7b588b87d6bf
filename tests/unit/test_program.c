// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_program.c - act/program: what an administrator's program is given, how long it may take, and
 * what is told of its end.
 */
#include "script.h"

#include <sys/resource.h>

#include "../../agent/act/program.h"
#include "child.h"

static const struct about about = {
	.event = "rule",
	.rule = "overload",
	.cgroup = "/user.slice/a b;c",
	.name = "com.example.$(id)",
	.pid = 4711,
	.kill_id = 12,
};

/* A shell script with $out as the name of a file for it to write to. */
static const char *script(const char *body)
{
	char text[1024];

	snprintf(text, sizeof(text), "out=%s\n%s", in_scratch("out"), body);
	return put_script("script", text, 0700);
}

static int run(const char *body, int *status)
{
	needs_pidfds();
	return program_run(script(body), &about, LONG_NS, status);
}

static const char *out(void)
{
	return says("out");
}

static void it_gets_these_variables_and_no_others(void **state)
{
	int status = -1;

	(void)state;
	setenv("SECRET", "yes", 1);
	/* The shell adds PWD and such by itself. */
	assert_int_equal(run("tr '\\0' '\\n' </proc/$$/environ >$out", &status), 0);
	assert_int_equal(status, 0);
	assert_string_equal(out(),
			    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
			    "REAPD_EVENT=rule\n"
			    "REAPD_RULE=overload\n"
			    "REAPD_CGROUP=/user.slice/a b;c\n"
			    "REAPD_NAME=com.example.$(id)\n"
			    "REAPD_PID=4711\n"
			    "REAPD_KILL_ID=12\n");
}

static void the_longest_names_fit_and_what_there_is_not_is_empty(void **state)
{
	struct about longest = { .event = "prekill" };
	int status = -1;

	(void)state;
	needs_pidfds();
	memset(longest.rule, 'r', sizeof(longest.rule) - 1);
	memset(longest.cgroup, 'c', sizeof(longest.cgroup) - 1);
	memset(longest.name, 'n', sizeof(longest.name) - 1);
	assert_int_equal(program_run(script("echo \"[$REAPD_PID] [$REAPD_KILL_ID]\" >$out\n"
					    "echo ${#REAPD_CGROUP} ${#REAPD_NAME} >>$out"),
				     &longest, LONG_NS, &status),
			 0);
	assert_string_equal(out(), "[] []\n251 127\n");
}

static void it_has_no_descriptor_of_ours(void **state)
{
	int leaky = open("/dev/zero", O_RDONLY), status = -1; /* no O_CLOEXEC: another's mistake */

	(void)state;
	assert_true(leaky >= 3);
	assert_int_equal(run("[ /proc/self/fd/0 -ef /dev/null ] || exit 1\n"
			     "[ /proc/self/fd/1 -ef /dev/null ] || exit 2\n"
			     "ls /proc/self/fd >$out",
			     &status),
			 0);
	close(leaky);
	assert_int_equal(status, 0);
	/* ls has its list open as 3. */
	assert_string_equal(out(), "0\n1\n2\n3\n");
}

static long number_in(const char *path)
{
	char text[32];

	assert_true(file_read_at(AT_FDCWD, path, text, sizeof(text)) > 0);
	return strtol(text, NULL, 10);
}

/* What makes the agent special is not its program's: it would be the last to be killed, and first to run. */
static void it_is_an_ordinary_process(void **state)
{
	long pgid, nice, pid;
	sigset_t set, before;
	int status = -1;
	char *at;

	(void)state;
	assert_int_equal(file_write_at(AT_FDCWD, "/proc/self/oom_score_adj", "300"), 0);
	assert_int_equal(setpriority(PRIO_PROCESS, 0, 5), 0);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	assert_int_equal(run("cat /proc/$$/oom_score_adj >$out\n"
			     "cut -d' ' -f 5,19 /proc/$$/stat >>$out; echo $$ >>$out\n"
			     "grep -E 'Sig(Blk|Ign)' /proc/self/status >>$out",
			     &status),
			 0);
	at = strchr(out(), '\n');

	assert_true(!strncmp(out(), "0\n", 2));
	pgid = strtol(at, &at, 10);
	nice = strtol(at, &at, 10);
	pid = strtol(at, &at, 10);
	assert_int_equal(pgid, pid);
	assert_int_not_equal(pgid, getpgrp());
	assert_true(nice == 0 || getuid());
	/* Of grep, as it has them from the shell, which blocks some itself at times. */
	assert_non_null(strstr(out(), "SigBlk:\t0000000000000000"));
	/* But for 32 and 33, which are glibc's: make(1) leaves them ignored and nobody can change that. */
	at = strstr(out(), "SigIgn:");
	assert_non_null(at);
	assert_int_equal(strtoull(at + strlen("SigIgn:"), NULL, 16) & ~(3ULL << 31), 0);
	/* Ours are as they were. */
	assert_int_equal(number_in("/proc/self/oom_score_adj"), 300);
	assert_int_equal(getpriority(PRIO_PROCESS, 0), 5);
	sigprocmask(SIG_UNBLOCK, &set, &before);
	assert_true(sigismember(&before, SIGTERM));
	assert_ptr_equal(signal(SIGPIPE, SIG_DFL), SIG_IGN);
}

static void its_end_is_told(void **state)
{
	int status = -1;

	(void)state;
	assert_int_equal(run("exit 3", &status), 0);
	assert_int_equal(status, 3);
	assert_int_equal(run("kill -KILL $$", &status), 0);
	assert_int_equal(status, 128 + SIGKILL);
}

static void what_cannot_be_executed_is_told(void **state)
{
	const char *path = script("exit 0");
	int status = -1, fds;

	(void)state;
	needs_pidfds();
	fds = open_fds();
	assert_int_equal(program_run(in_scratch("nowhere"), &about, LONG_NS, &status), -ENOENT);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(program_run(path, &about, LONG_NS, &status), -EACCES);
	path = put_file("text", "nonsense\n");
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(program_run(path, &about, LONG_NS, &status), -ENOEXEC);
	assert_int_equal(program_run(scratch, &about, LONG_NS, &status), -EACCES);
	assert_int_equal(status, -1);
	assert_int_equal(open_fds(), fds);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nor is a zombie left */
}

/* Its children too, where they stayed in its group. */
static void one_that_hangs_is_killed_with_its_children(void **state)
{
	struct program p;
	int status = -1, fds[2];
	char c;

	(void)state;
	needs_pidfds();
	assert_int_equal(mkfifo(in_scratch("fifo"), 0600), 0);
	fds[0] = open(in_scratch("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(program_start(&p,
				       script("exec 3>${out%out}fifo; sleep 1000 & echo x >&3\n"
					      "sleep 1000"),
				       &about),
			 0);
	assert_int_equal(poll(&(struct pollfd){ .fd = fds[0], .events = POLLIN }, 1, 30000), 1);
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(program_end(&p, &status), -ETIMEDOUT);
	assert_int_equal(status, 128 + SIGKILL);
	assert_int_equal(p.pidfd, -1);
	assert_int_equal(read(fds[0], &c, 1), 1); /* the newline */
	/* Closed by all who had it open: the last of them is dead. */
	assert_int_equal(poll(&(struct pollfd){ .fd = fds[0], .events = POLLIN }, 1, 30000), 1);
	assert_int_equal(read(fds[0], &c, 1), 0);
	close(fds[0]);
}

static void a_time_that_is_over_kills_it(void **state)
{
	int status = -1;

	(void)state;
	needs_pidfds();
	assert_int_equal(program_run(script("exec sleep 1000"), &about, NS_PER_MS, &status),
			 -ETIMEDOUT);
	assert_int_equal(status, 128 + SIGKILL);
}

/* A program may leave something running: that is neither waited for nor killed. */
static void a_grandchild_may_live_on(void **state)
{
	int status = -1;
	pid_t grandchild;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* so that it becomes ours to end */
	assert_int_equal(run("sleep 1000 & echo $! >$out; exit 7", &status), 0);
	assert_int_equal(status, 7);
	grandchild = (pid_t)strtol(out(), NULL, 10);
	assert_true(grandchild > 1);
	assert_true(child_alive(grandchild));
	assert_int_equal(child_end(grandchild), SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST(it_gets_these_variables_and_no_others),
		SCRATCH_TEST(the_longest_names_fit_and_what_there_is_not_is_empty),
		SCRATCH_TEST(it_has_no_descriptor_of_ours),
		SCRATCH_TEST(it_is_an_ordinary_process),
		SCRATCH_TEST(its_end_is_told),
		SCRATCH_TEST(what_cannot_be_executed_is_told),
		SCRATCH_TEST(one_that_hangs_is_killed_with_its_children),
		SCRATCH_TEST(a_time_that_is_over_kills_it),
		SCRATCH_TEST(a_grandchild_may_live_on),
	};

	return RUN("act/program", tests);
}
