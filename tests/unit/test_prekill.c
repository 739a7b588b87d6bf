// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_prekill.c - act/prekill: who is told before a kill, what, and how long is waited for them.
 */
#include "script.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "../../agent/act/prekill.h"
#include "../../agent/base/text.h"
#include "child.h"

#define SHORT_NS (50 * NS_PER_MS)

static const struct about about = {
	.event = "prekill",
	.rule = "overload",
	.cgroup = "/app.slice/a\\b \"c\"\t",
	.name = "hog",
	.pid = 4711,
	.kill_id = 12,
};

static struct prekill_result result;

static int prekill(__u64 timeout_ns)
{
	needs_pidfds();
	memset(&result, 0xff, sizeof(result));
	return prekill_run(scratch, &about, timeout_ns, &result);
}

static int listener(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_true(text_copy(at.sun_path, sizeof(at.sun_path), in_scratch(name)));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* A peer in a child: reads all it is sent, sends `answer`, hangs up unless it is to wait. */
static pid_t peer(const char *name, const char *answer, bool hangs_up)
{
	pid_t parent = getpid(), pid;
	int fd = listener(name);

	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		char text[1024];
		size_t len = 0;
		ssize_t n;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = accept(fd, NULL, NULL);
		if (getppid() != parent || fd < 0)
			_exit(1);
		while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
			len += (size_t)n;
		text[len] = 0;
		put_file("heard", text);
		if (write(fd, answer, strlen(answer)) != (ssize_t)strlen(answer))
			_exit(2);
		while (!hangs_up)
			pause();
		_exit(0);
	}
	close(fd);
	return pid;
}

static void an_empty_directory_is_no_hook(void **state)
{
	(void)state;
	assert_int_equal(prekill(LONG_NS), 0);
	assert_int_equal(result.hooks, 0);
	assert_int_equal(result.answered, 0);
}

static void without_the_directory_nobody_is_told(void **state)
{
	(void)state;
	assert_int_equal(prekill_run(in_scratch("nowhere"), &about, LONG_NS, &result), -ENOENT);
	assert_int_equal(result.hooks, 0);
	assert_int_equal(prekill_run(put_file("file", ""), &about, LONG_NS, &result), -ENOTDIR);
}

static void a_socket_gets_one_line_and_answers_with_one(void **state)
{
	pid_t pid;

	(void)state;
	needs_pidfds();
	pid = peer("a.sock", "done\n", false);
	assert_int_equal(prekill(LONG_NS), 0);
	assert_int_equal(result.hooks, 1);
	assert_int_equal(result.answered, 1);
	assert_string_equal(says("heard"), "{\"event\":\"prekill\",\"rule\":\"overload\","
					   "\"cgroup\":\"/app.slice/a\\\\b \\\"c\\\"\\u0009\","
					   "\"pid\":4711,\"name\":\"hog\",\"kill_id\":12}\n");
	child_end(pid);
}

static void to_hang_up_is_an_answer_too(void **state)
{
	pid_t pid;

	(void)state;
	needs_pidfds();
	pid = peer("a.sock", "", true);
	assert_int_equal(prekill(LONG_NS), 0);
	assert_int_equal(result.answered, 1);
	assert_int_equal(child_signal(pid), 0);
}

static void a_mute_socket_is_waited_for_until_the_time_is_over(void **state)
{
	pid_t pid[2];
	int fds;

	(void)state;
	needs_pidfds();
	fds = open_fds();
	pid[0] = peer("a.sock", "", false);
	pid[1] = peer("b.sock", "half a li", false);
	assert_int_equal(prekill(SHORT_NS), -ETIMEDOUT);
	assert_int_equal(result.hooks, 2);
	assert_int_equal(result.answered, 0);
	assert_int_equal(open_fds(), fds);
	child_end(pid[0]);
	child_end(pid[1]);
}

static void nobody_behind_a_socket_is_not_waited_for(void **state)
{
	(void)state;
	needs_pidfds();
	close(listener("dead.sock"));
	put_script("hook", "exit 0", 0700);
	assert_int_equal(prekill(LONG_NS), -ECONNREFUSED);
	assert_int_equal(result.hooks, 1);
	assert_int_equal(result.answered, 1);
}

/* A name longer than an address can be. */
static void a_socket_with_a_long_name_is_told(void **state)
{
	char name[200];
	pid_t pid;

	(void)state;
	needs_pidfds();
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	pid = peer("a.sock", "done\n", true);
	assert_int_equal(rename(in_scratch("a.sock"), in_scratch(name)), 0);
	assert_int_equal(prekill(LONG_NS), 0);
	assert_int_equal(result.answered, 1);
	child_signal(pid);
}

static void a_program_is_run_and_its_exit_is_the_answer(void **state)
{
	(void)state;
	/* .out is no hook. */
	put_script("hook", "echo $REAPD_EVENT $REAPD_RULE $REAPD_PID >${0%hook}.out; exit 9", 0700);
	assert_int_equal(prekill(LONG_NS), 0);
	assert_int_equal(result.hooks, 1);
	assert_int_equal(result.answered, 1);
	assert_string_equal(says(".out"), "prekill overload 4711\n");
}

/* Each of three waits for the two others to have begun: a fifo opens when both of its ends do. */
static void all_are_told_at_once(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(in_scratch(".a"), 0700), 0);
	assert_int_equal(mkfifo(in_scratch(".b"), 0700), 0);
	assert_int_equal(mkfifo(in_scratch(".c"), 0700), 0);
	put_script("hook0", "d=${0%hook0}; : >$d.a; : <$d.c", 0700);
	put_script("hook1", "d=${0%hook1}; : <$d.a; : <$d.b", 0700);
	put_script("hook2", "d=${0%hook2}; : >$d.b; : >$d.c", 0700);
	assert_int_equal(prekill(LONG_NS), 0);
	assert_int_equal(result.hooks, 3);
	assert_int_equal(result.answered, 3);
}

static void one_that_hangs_is_killed_and_the_other_has_answered(void **state)
{
	int fds;

	(void)state;
	needs_pidfds();
	fds = open_fds();
	put_script("hangs", "exec sleep 1000", 0700);
	put_script("works", "exit 0", 0700);
	/* Long enough for the other, on a busy machine. */
	assert_int_equal(prekill(3 * NS_PER_S), -ETIMEDOUT);
	assert_int_equal(result.hooks, 2);
	assert_int_equal(result.answered, 1);
	assert_int_equal(open_fds(), fds);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void what_is_no_hook_is_passed_over(void **state)
{
	(void)state;
	put_script("README", "touch ${0%README}ran", 0600);
	put_script(".hidden", "touch ${0%.hidden}ran", 0700);
	assert_int_equal(mkdir(in_scratch("dir"), 0700), 0);
	assert_int_equal(mkfifo(in_scratch("fifo"), 0700), 0);
	assert_int_equal(prekill(LONG_NS), 0);
	assert_int_equal(result.hooks, 0);
	assert_int_equal(access(in_scratch("ran"), F_OK), -1);
}

/* It would be run with the agent's rights. */
static void what_others_can_write_is_not_run(void **state)
{
	(void)state;
	put_script("hook", "touch ${0%hook}ran", 0770);
	assert_int_equal(prekill(LONG_NS), -EPERM);
	assert_int_equal(result.hooks, 0);
	assert_int_equal(chmod(in_scratch("hook"), 0700), 0);
	assert_int_equal(chmod(scratch, 0777), 0);
	assert_int_equal(prekill(LONG_NS), -EPERM);
	assert_int_equal(chmod(scratch, 0700), 0);
	if (!getuid()) {
		assert_int_equal(chown(in_scratch("hook"), 65534, 65534), 0);
		assert_int_equal(prekill(LONG_NS), -EPERM);
	}
	assert_int_equal(access(in_scratch("ran"), F_OK), -1);
}

static void a_hook_that_cannot_be_executed_does_not_keep_the_others_from_it(void **state)
{
	(void)state;
	put_script("works", "exit 0", 0700);
	assert_int_equal(chmod(put_file("broken", "no program\n"), 0700), 0);
	assert_int_equal(prekill(LONG_NS), -ENOEXEC);
	assert_int_equal(result.hooks, 1);
	assert_int_equal(result.answered, 1);
}

static void there_are_no_more_hooks_than_the_limit(void **state)
{
	char name[16];

	(void)state;
	needs_pidfds();
	for (int i = 0; i < PREKILL_HOOKS_MAX + 2; i++) {
		snprintf(name, sizeof(name), "hook%d", i);
		put_script(name, "exit 0", 0700);
	}
	assert_int_equal(prekill(LONG_NS), -E2BIG);
	assert_int_equal(result.hooks, PREKILL_HOOKS_MAX);
	assert_int_equal(result.answered, PREKILL_HOOKS_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SCRATCH_TEST(an_empty_directory_is_no_hook),
		SCRATCH_TEST(without_the_directory_nobody_is_told),
		SCRATCH_TEST(a_socket_gets_one_line_and_answers_with_one),
		SCRATCH_TEST(to_hang_up_is_an_answer_too),
		SCRATCH_TEST(a_mute_socket_is_waited_for_until_the_time_is_over),
		SCRATCH_TEST(nobody_behind_a_socket_is_not_waited_for),
		SCRATCH_TEST(a_socket_with_a_long_name_is_told),
		SCRATCH_TEST(a_program_is_run_and_its_exit_is_the_answer),
		SCRATCH_TEST(all_are_told_at_once),
		SCRATCH_TEST(one_that_hangs_is_killed_and_the_other_has_answered),
		SCRATCH_TEST(what_is_no_hook_is_passed_over),
		SCRATCH_TEST(what_others_can_write_is_not_run),
		SCRATCH_TEST(a_hook_that_cannot_be_executed_does_not_keep_the_others_from_it),
		SCRATCH_TEST(there_are_no_more_hooks_than_the_limit),
	};

	return RUN("act/prekill", tests);
}
