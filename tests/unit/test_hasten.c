// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_hasten.c - act/hasten: a victim that does not exit by itself goes to the foreground's CPUs and to
 * the front; one that does is left alone.
 */
#include "test.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "../../agent/act/hasten.h"
#include "child.h"

/* What was written to the cpuset's cgroup.procs. */
static const char *moved(void)
{
	static char text[64];
	int fd = open(in_scratch("foreground/cgroup.procs"), O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = 0;
	return text;
}

static void make_cpuset(void)
{
	assert_int_equal(mkdir(in_scratch("foreground"), 0700), 0);
	put_file("foreground/cgroup.procs", "");
}

/* Hasten a child that lives, or one that is dead already; its nice value before that, or 99. */
static int hastened(pid_t pid, bool dead)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), nice;

	if (dead)
		kill(pid, SIGKILL);
	if (dead)
		poll(&(struct pollfd){ .fd = pidfd, .events = POLLIN }, 1, -1);
	hasten_exit((unsigned int)pid, pidfd);
	nice = dead ? 99 : getpriority(PRIO_PROCESS, (id_t)pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(pidfd);
	return nice;
}

static void who_lingers_is_moved_and_raised(void **state)
{
	pid_t pid = child_start(1);
	char text[16];

	(void)state;
	make_cpuset();
	hasten_init(in_scratch("foreground"));
	setpriority(PRIO_PROCESS, (id_t)pid, 10);
	/* Without CAP_SYS_NICE it stays: no reason to fail. */
	assert_int_equal(hastened(pid, false), geteuid() ? 10 : HASTEN_NICE);
	snprintf(text, sizeof(text), "%d", pid);
	assert_string_equal(moved(), text);
}

static void who_exits_by_itself_is_left_alone(void **state)
{
	(void)state;
	make_cpuset();
	hasten_init(in_scratch("foreground"));
	hastened(child_start(1), true);
	assert_string_equal(moved(), "");
}

static void without_a_cpuset_it_is_raised_all_the_same(void **state)
{
	const char *const none[] = { NULL, "", in_scratch("not-there") };
	int before = open_fds();

	(void)state;
	for (size_t i = 0; i < countof(none); i++) {
		hasten_init(none[i]);
		assert_int_equal(hastened(child_start(1), false), geteuid() ? 0 : HASTEN_NICE);
	}
	assert_int_equal(open_fds(), before);
}

static int end(void **state)
{
	hasten_init(NULL);
	return scratch_remove(state);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, end)
	static const struct CMUnitTest tests[] = {
		TEST(who_lingers_is_moved_and_raised),
		TEST(who_exits_by_itself_is_left_alone),
		TEST(without_a_cpuset_it_is_raised_all_the_same),
	};

	return RUN("act/hasten", tests);
}
