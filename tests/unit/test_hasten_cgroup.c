// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_hasten_cgroup.c - act/hasten: a dying process is let out of the cgroups that hold it up, and nobody
 * else is.
 */
#include "test.h"

#include <limits.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../../agent/act/hasten.h"
#include "../../agent/base/file.h"
#include "../../agent/base/mount.h"
#include "child.h"

/* Cgroups of our own: in the v1 freezer, and where CPU time is given (with one below it). Empty: none. */
static char cell[PATH_MAX], workshop[PATH_MAX], below[PATH_MAX + 16];
static bool v1_cpu;

static void make(char *dir, const char *type, const char *option)
{
	char mount[PATH_MAX - 64];

	*dir = 0;
	if (!mount_find(type, option, mount, sizeof(mount)))
		return;
	snprintf(dir, PATH_MAX, "%s/reapd-test-%d", mount, getpid());
	if (mkdir(dir, 0755))
		*dir = 0;
}

static int begin(void **state)
{
	(void)state;
	hasten_init(NULL);
	make(cell, "cgroup", "freezer");
	make(workshop, "cgroup", "cpu");
	v1_cpu = *workshop;
	if (!v1_cpu)
		make(workshop, "cgroup2", NULL);
	snprintf(below, sizeof(below), "%s/below", workshop);
	if (*workshop)
		mkdir(below, 0755);
	return 0;
}

static int end(void **state)
{
	(void)state;
	if (*cell)
		rmdir(cell);
	if (*workshop) {
		rmdir(below);
		rmdir(workshop);
	}
	return 0;
}

static int put(const char *dir, const char *file, const char *text)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return file_write_at(AT_FDCWD, path, text);
}

static void cell_put(const char *file, const char *text)
{
	assert_int_equal(put(cell, file, text), 0);
}

static void enter(const char *dir, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	assert_int_equal(put(dir, "cgroup.procs", text), 0);
}

static void imprison(pid_t pid)
{
	enter(cell, pid);
}

/* Is the process in one of our cgroups? Others have other names. */
static bool at_work(pid_t pid)
{
	char path[64], text[4096], name[32];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	snprintf(name, sizeof(name), "/reapd-test-%d", getpid());
	assert_true(file_read_at(AT_FDCWD, path, text, sizeof(text)) > 0);
	return strstr(text, name);
}

static bool frozen(void)
{
	char path[PATH_MAX + 64], text[16];

	snprintf(path, sizeof(path), "%s/freezer.state", cell);
	assert_true(file_read_at(AT_FDCWD, path, text, sizeof(text)) > 0);
	return !strncmp(text, "FROZEN", 6);
}

static void freeze(void)
{
	cell_put("freezer.state", "FROZEN");
	while (!frozen())
		poll(NULL, 0, 1);
}

/* Two children in the cell; the pidfd of the first. */
static int two_imprisoned(pid_t *victim, pid_t *other)
{
	*victim = child_start(0);
	*other = child_start(0);
	imprison(*victim);
	imprison(*other);
	return pidfd_of((__u32)*victim);
}

static void who_is_frozen_by_v1_and_killed_exits_and_the_others_stay_frozen(void **state)
{
	pid_t victim, other;
	int fd;

	(void)state;
	if (!*cell)
		skip();
	fd = two_imprisoned(&victim, &other);
	freeze();
	assert_int_equal(kill(victim, SIGKILL), 0);
	assert_int_equal(poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 20), 0);
	hasten_exit((unsigned int)victim, fd);
	assert_int_equal(child_signal(victim), SIGKILL);
	while (!frozen()) /* not at once: the other one has to come by */
		poll(NULL, 0, 1);
	assert_true(child_alive(other));
	cell_put("freezer.state", "THAWED");
	child_end(other);
	close(fd);
}

static void a_cell_that_was_not_frozen_is_not_touched(void **state)
{
	pid_t victim, other;
	int fd;

	(void)state;
	if (!*cell)
		skip();
	fd = two_imprisoned(&victim, &other);
	hasten_exit((unsigned int)victim, fd); /* it was not even killed */
	assert_true(child_alive(victim));
	assert_false(frozen());
	child_end(victim);
	child_end(other);
	close(fd);
}

/* They are not even killed: only what would be done for one that is dying can be seen. */
static void who_has_a_limit_of_cpu_time_above_is_moved_out_of_it_and_nobody_else(void **state)
{
	pid_t victim, other;
	int fd;

	(void)state;
	if (!*workshop ||
	    put(workshop, v1_cpu ? "cpu.cfs_quota_us" : "cpu.max", v1_cpu ? "1000" : "1000 100000"))
		skip(); /* or no cpu controller */
	victim = child_start(0);
	other = child_start(0);
	fd = pidfd_of((__u32)victim);
	enter(below, victim);
	enter(below, other);
	hasten_exit((unsigned int)victim, fd);
	assert_false(at_work(victim));
	assert_true(at_work(other));
	child_end(victim);
	child_end(other);
	close(fd);
}

static void who_has_no_limit_stays_where_he_is(void **state)
{
	pid_t victim;
	int fd;

	(void)state;
	if (!*workshop)
		skip();
	victim = child_start(0);
	fd = pidfd_of((__u32)victim);
	enter(below, victim);
	hasten_exit((unsigned int)victim, fd);
	assert_true(at_work(victim));
	child_end(victim);
	close(fd);
}

static void every_thread_leaves_the_idle_class_and_comes_to_the_front(void **state)
{
	pid_t pid = child_start(0);

	(void)state;
	assert_int_equal(sched_setscheduler(pid, SCHED_IDLE, &(struct sched_param){}), 0);
	hasten_raise((unsigned int)pid);
	if (sched_getscheduler(pid) == SCHED_IDLE ||
	    getpriority(PRIO_PROCESS, (id_t)pid) > HASTEN_NICE)
		assert_int_equal(setpriority(PRIO_PROCESS, 0, -1), -1); /* not allowed */
	else
		assert_int_equal(sched_getscheduler(pid), SCHED_OTHER);
	child_end(pid);
}

static void who_is_gone_costs_nothing(void **state)
{
	pid_t pid = child_start(0);
	int fd = pidfd_of((__u32)pid);

	(void)state;
	child_end(pid);
	hasten_exit((unsigned int)pid, fd);
	hasten_raise((unsigned int)pid);
	close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(who_is_frozen_by_v1_and_killed_exits_and_the_others_stay_frozen),
		TEST(a_cell_that_was_not_frozen_is_not_touched),
		TEST(who_has_a_limit_of_cpu_time_above_is_moved_out_of_it_and_nobody_else),
		TEST(who_has_no_limit_stays_where_he_is),
		TEST(every_thread_leaves_the_idle_class_and_comes_to_the_front),
		TEST(who_is_gone_costs_nothing),
	};

	return RUN("act/hasten, cgroups", tests);
}
