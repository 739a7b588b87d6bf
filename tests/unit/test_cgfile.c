// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_cgfile.c - act/cgkill and act/cghold on a directory of plain files that stands for a cgroup: what
 * is read from them, what is written, and what is done where one is missing.
 */
#include "test.h"

#include "../../agent/act/cghold.h"
#include "../../agent/base/clock.h"
#include "../../agent/base/file.h"
#include "child.h"

#define NEVER UINT64_MAX

static struct cgroup_target fake;

static int begin(void **state)
{
	if (scratch_make(state))
		return -1;
	fake.dirfd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fake.dirfd < 0 ? -1 : 0;
}

static int end(void **state)
{
	cgroup_target_close(&fake);
	return scratch_remove(state);
}

static const char *says(const char *file)
{
	static char text[256];

	assert_true(file_read_at(fake.dirfd, file, text, sizeof(text)) >= 0);
	return text;
}

static void put_number(const char *file, long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld\n", number);
	put_file(file, text);
}

static void without_cgroup_kill_they_are_killed_one_by_one_under_a_freeze(void **state)
{
	struct cgroup_toll toll;
	pid_t pid = child_start(0);

	(void)state;
	put_file("cgroup.events", "populated 1\nfrozen 0\n");
	put_file("cgroup.freeze", "0");
	put_number("cgroup.procs", pid);
	assert_int_equal(cgroup_kill(&fake, &toll), 0);
	assert_false(toll.whole);
	assert_int_equal(toll.signalled, 1);
	assert_int_equal(toll.failed, 0);
	assert_string_equal(says("cgroup.freeze"), "1");
	assert_int_equal(child_signal(pid), SIGKILL);
	put_file("cgroup.events", "populated 0\nfrozen 0\n");
	assert_int_equal(cgroup_sweep(&fake, 0), 0);
	assert_string_equal(says("cgroup.freeze"), "0");
}

static void where_nothing_freezes_they_are_killed_all_the_same(void **state)
{
	struct cgroup_toll toll;
	pid_t pid = child_start(0);

	(void)state;
	put_number("cgroup.procs", pid);
	assert_int_equal(cgroup_kill_each(&fake, &toll), 0);
	assert_int_equal(toll.signalled, 1);
	assert_int_equal(child_signal(pid), SIGKILL);
}

/* 0 is how the kernel shows one of another pid namespace; a signal to it would be one to ourselves. */
static void init_the_agent_and_the_nameless_are_not_signalled_and_told(void **state)
{
	pid_t pid = child_start(0);
	struct cgroup_toll toll;
	char text[64];

	(void)state;
	snprintf(text, sizeof(text), "0\n1\n%d\n", getpid());
	put_file("cgroup.procs", text);
	assert_int_not_equal(cgroup_kill_each(&fake, &toll), 0);
	assert_int_equal(toll.signalled, 0);
	assert_int_equal(toll.failed, 3);
	assert_int_equal(toll.error, -EPERM);
	/* Some that failed are not "nobody was killed". */
	snprintf(text, sizeof(text), "0\n%d\n1\n%d\n", pid, getpid());
	put_file("cgroup.procs", text);
	assert_int_equal(cgroup_kill_each(&fake, &toll), 0);
	assert_int_equal(toll.signalled, 1);
	assert_int_equal(toll.failed, 3);
	assert_int_equal(child_signal(pid), SIGKILL);
}

static void who_is_gone_by_then_is_not_a_failure(void **state)
{
	struct cgroup_toll toll;

	(void)state;
	needs_pidfds();
	put_number("cgroup.procs", 4194305); /* no process can have it */
	assert_int_equal(cgroup_kill_each(&fake, &toll), -ESRCH);
	assert_int_equal(toll.signalled, 0);
	assert_int_equal(toll.failed, 0);
}

/* The zeros are cut by the end of a read(2): a part that was taken for a number would be 0, an error. */
static void a_number_may_come_in_two_pieces(void **state)
{
	pid_t pid = child_start(0);
	char text[4096], number[16];
	struct cgroup_toll toll;

	(void)state;
	snprintf(number, sizeof(number), "%d\n", pid);
	memset(text, '0', sizeof(text));
	strcpy(text + 3000, number);
	put_file("cgroup.procs", text);
	assert_int_equal(cgroup_kill_each(&fake, &toll), 0);
	assert_int_equal(toll.signalled, 1);
	assert_int_equal(toll.failed, 0);
	assert_int_equal(child_signal(pid), SIGKILL);
}

/* Says 't' for each SIGTERM and 'u' for SIGUSR1. */
static int said[2];

static void say(int sig)
{
	if (write(said[1], sig == SIGTERM ? "t" : "u", 1) != 1)
		_exit(1);
}

static void sigterm_is_sent_once_where_nothing_freezes(void **state)
{
	struct cgroup_toll toll;
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	signal(SIGTERM, say);
	signal(SIGUSR1, say);
	pid = child_start(0);
	signal(SIGTERM, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	put_number("cgroup.procs", pid);
	assert_int_equal(cgroup_term(&fake, &toll), 0);
	assert_int_equal(toll.signalled, 1);
	assert_int_equal(kill(pid, SIGUSR1), 0);
	assert_int_equal(read(said[0], &c, 1), 1);
	if (c == 'u') { /* both were pending: the lower number comes first */
		assert_int_equal(read(said[0], &c, 1), 1);
		assert_int_equal(c, 't');
	} else {
		assert_int_equal(read(said[0], &c, 1), 1);
		assert_int_equal(c, 'u');
	}
	child_end(pid);
	assert_int_equal(fcntl(said[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(read(said[0], &c, 1), -1);
	close(said[0]);
	close(said[1]);
}

static void what_cgroup_events_says_is_taken_strictly(void **state)
{
	struct cgroup_toll toll;

	(void)state;
	put_file("cgroup.events", "populated 1\n");
	assert_int_equal(cgroup_populated(&fake), 1);
	put_file("cgroup.events", "frozen 1\npopulated 0\n");
	assert_int_equal(cgroup_populated(&fake), 0);
	put_file("cgroup.events", "nonsense\n");
	assert_int_equal(cgroup_populated(&fake), -EBADMSG);
	assert_int_equal(cgroup_kill(&fake, &toll), -EBADMSG);
	put_file("cgroup.events", "");
	assert_int_equal(cgroup_populated(&fake), -EBADMSG);
}

static void memory_oom_group_is_read(void **state)
{
	(void)state;
	assert_int_equal(cgroup_oom_group(&fake), -ENOENT);
	put_file("memory.oom.group", "1\n");
	assert_int_equal(cgroup_oom_group(&fake), 1);
	put_file("memory.oom.group", "0\n");
	assert_int_equal(cgroup_oom_group(&fake), 0);
}

static void memory_is_reclaimed_in_pieces(void **state)
{
	char text[256] = "";
	__u64 kib = 1;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(in_scratch("memory.reclaim"), 0600), 0);
	fd = open(in_scratch("memory.reclaim"), O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(cgroup_reclaim(&fake, 100 * 1024, NEVER, &kib), 0);
	assert_int_equal(kib, 100 * 1024);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "32768K32768K32768K4096K");
	assert_int_equal(cgroup_reclaim(&fake, 100 * 1024, 0, &kib), -ETIMEDOUT);
	assert_int_equal(kib, 0);
	assert_int_equal(read(fd, text, sizeof(text) - 1), -1);
	close(fd);
}

static void a_refusal_of_reclaim_is_told(void **state)
{
	__u64 kib = 1;

	(void)state;
	assert_int_equal(cgroup_reclaim(&fake, 1024, NEVER, &kib), -ENOENT);
	assert_int_equal(kib, 0);
	assert_int_equal(symlink("/dev/full", in_scratch("memory.reclaim")), 0);
	assert_int_equal(cgroup_reclaim(&fake, 1024, NEVER, &kib), -ENOSPC);
	assert_int_equal(kib, 0);
}

/* Of plain files a shorter value would leave the end of the longer one: all are of one length. */
static void a_clamp_is_put_back_exactly(void **state)
{
	struct cgroup_clamp clamp = {};

	(void)state;
	put_file("memory.high", "90000000\n");
	put_file("memory.current", "80000000\n");
	assert_int_equal(cgroup_clamp(&fake, &clamp), 0);
	assert_string_equal(says("memory.high"), "80000000\n");
	put_file("memory.current", "85000000\n");
	assert_int_equal(cgroup_unclamp(&fake, &clamp), 0);
	assert_string_equal(says("memory.high"), "90000000\n");
}

static void no_limit_is_put_back_as_no_limit(void **state)
{
	struct cgroup_clamp clamp = {};

	(void)state;
	put_file("memory.high", "max\n");
	put_file("memory.current", "409\n");
	assert_int_equal(cgroup_clamp(&fake, &clamp), 0);
	assert_string_equal(says("memory.high"), "409\n");
	assert_int_equal(cgroup_unclamp(&fake, &clamp), 0);
	assert_string_equal(says("memory.high"), "max\n");
}

static void a_lower_limit_is_left_alone(void **state)
{
	struct cgroup_clamp clamp = {};

	(void)state;
	put_file("memory.high", "70000000\n");
	put_file("memory.current", "80000000\n");
	assert_int_equal(cgroup_clamp(&fake, &clamp), 0);
	assert_string_equal(says("memory.high"), "70000000\n");
	assert_int_equal(cgroup_unclamp(&fake, &clamp), 0);
	assert_string_equal(says("memory.high"), "70000000\n");
}

static void what_others_set_meanwhile_stays(void **state)
{
	struct cgroup_clamp clamp = {}, none = {};

	(void)state;
	put_file("memory.high", "90000000\n");
	put_file("memory.current", "80000000\n");
	assert_int_equal(cgroup_clamp(&fake, &clamp), 0);
	put_file("memory.high", "50000000\n");
	assert_int_equal(cgroup_unclamp(&fake, &clamp), -ESTALE);
	assert_int_equal(cgroup_unclamp(&fake, &none), -ESTALE);
	assert_string_equal(says("memory.high"), "50000000\n");
}

static void without_a_memory_controller_nothing_is_clamped(void **state)
{
	static const struct cgroup_clamp none;
	struct cgroup_clamp clamp = {};

	(void)state;
	assert_int_equal(cgroup_clamp(&fake, &clamp), -ENOENT);
	put_file("memory.high", "max\n");
	assert_int_equal(cgroup_clamp(&fake, &clamp), -ENOENT);
	put_file("memory.current", "a lot\n");
	assert_int_equal(cgroup_clamp(&fake, &clamp), -EINVAL);
	assert_string_equal(says("memory.high"), "max\n");
	assert_memory_equal(&clamp, &none, sizeof(clamp));
	assert_int_equal(cgroup_unclamp(&(struct cgroup_target){ .dirfd = -1 }, &clamp), -EBADF);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(without_cgroup_kill_they_are_killed_one_by_one_under_a_freeze),
		TEST(where_nothing_freezes_they_are_killed_all_the_same),
		TEST(init_the_agent_and_the_nameless_are_not_signalled_and_told),
		TEST(who_is_gone_by_then_is_not_a_failure),
		TEST(a_number_may_come_in_two_pieces),
		TEST(sigterm_is_sent_once_where_nothing_freezes),
		TEST(what_cgroup_events_says_is_taken_strictly),
		TEST(memory_oom_group_is_read),
		TEST(memory_is_reclaimed_in_pieces),
		TEST(a_refusal_of_reclaim_is_told),
		TEST(a_clamp_is_put_back_exactly),
		TEST(no_limit_is_put_back_as_no_limit),
		TEST(a_lower_limit_is_left_alone),
		TEST(what_others_set_meanwhile_stays),
		TEST(without_a_memory_controller_nothing_is_clamped),
	};

	return RUN("act/cgfile", tests);
}
