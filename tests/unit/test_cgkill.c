// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_cgkill.c - act/cgkill: a cgroup dies whole, and none but the one that was meant.
 */
#include "test.h"

#include <sys/xattr.h>

#include "../../agent/base/clock.h"
#include "cgroup.h"

static bool is_fallback(const struct cgroup_target *t)
{
	return faccessat(t->dirfd, "cgroup.kill", F_OK, 0) != 0;
}

static void a_cgroup_is_opened_by_its_path_or_its_id(void **state)
{
	struct cgroup_target t, by_id = { .dirfd = -1 };

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	t = cgroup_at("/a");
	assert_int_equal(t.id, cgroup_id_at(mount_fd, cgroup_in("/a") + 1));
	assert_true(fcntl(t.dirfd, F_GETFD) & FD_CLOEXEC);
	by_id.id = t.id;
	assert_int_equal(cgroup_target_open(&by_id, mount_fd, cgroup_in("/a")), 0);
	assert_int_equal(cgroup_id_at(by_id.dirfd, ""), t.id);
	cgroup_target_close(&by_id);
	assert_int_equal(by_id.dirfd, -1);
	cgroup_target_close(&by_id);
	cgroup_target_close(&t);
}

static void another_of_the_same_name_is_stale(void **state)
{
	struct cgroup_target t;
	int fds;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	t = cgroup_at("/a");
	cgroup_target_close(&t);
	cgroup_remove("/a");
	fds = open_fds();
	assert_int_equal(cgroup_target_open(&t, mount_fd, cgroup_in("/a")), -ENOENT);
	assert_int_equal(t.dirfd, -1);
	cgroup_make("/a");
	assert_int_equal(cgroup_target_open(&t, mount_fd, cgroup_in("/a")), -ESTALE);
	assert_int_equal(t.dirfd, -1);
	assert_int_equal(open_fds(), fds);
}

static void a_path_from_nowhere_is_refused(void **state)
{
	struct cgroup_target t = { .dirfd = -1 };

	(void)state;
	needs_cgroups();
	assert_int_equal(cgroup_target_open(&t, mount_fd, ""), -EINVAL);
	assert_int_equal(cgroup_target_open(&t, mount_fd, own + 1), -EINVAL);
	assert_int_equal(t.dirfd, -1);
}

/* O8: between the choice and the kill the cgroup goes, and another gets its name. */
static void the_one_made_in_its_place_is_not_touched(void **state)
{
	struct cgroup_target t, new;
	struct cgroup_toll toll;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	t = cgroup_at("/a");
	cgroup_remove("/a");
	cgroup_make("/a");
	pid = child_in("/a", 0);
	assert_int_equal(cgroup_kill(&t, &toll), -ESRCH);
	assert_int_equal(cgroup_kill_each(&t, &toll), -ESRCH);
	assert_int_equal(cgroup_term(&t, &toll), -ESRCH);
	assert_int_equal(cgroup_sweep(&t, 0), 0);
	assert_int_equal(cgroup_freeze(&t, true), -ENOENT);
	assert_int_equal(cgroup_populated(&t), -ENOENT);
	assert_int_equal(cgroup_events(&t), -ENOENT);
	cgroup_mark(&t, 1, 1);
	cgroup_target_close(&t);
	new = cgroup_at("/a");
	assert_string_equal(cgroup_says(&new, "cgroup.freeze"), "0\n");
	assert_int_equal(fgetxattr(new.dirfd, "user.reapd_kills", NULL, 0), -1);
	assert_true(child_alive(pid));
	child_end(pid);
	cgroup_await(&new, "populated 0");
	cgroup_target_close(&new);
}

static void it_is_populated_while_somebody_is_below(void **state)
{
	struct cgroup_target t;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	cgroup_make("/a/b");
	t = cgroup_at("/a");
	assert_int_equal(cgroup_populated(&t), 0);
	pid = child_in("/a/b", 0);
	assert_int_equal(cgroup_populated(&t), 1);
	child_end(pid);
	cgroup_await(&t, "populated 0");
	assert_int_equal(cgroup_populated(&t), 0);
	cgroup_target_close(&t);
}

/* Both ways of killing, on the same family. */
static void kill_family(int (*kill_it)(const struct cgroup_target *, struct cgroup_toll *))
{
	pid_t pid[3], sibling;
	struct cgroup_target t;
	struct cgroup_toll toll;

	needs_cgroups();
	cgroup_make("/a");
	cgroup_make("/a/b");
	cgroup_make("/a/b/c");
	cgroup_make("/ab");
	pid[0] = child_in("/a", 0);
	pid[1] = child_in("/a/b", 0);
	pid[2] = child_in("/a/b/c", 0);
	sibling = child_in("/ab", 0);
	t = cgroup_at("/a");
	assert_int_equal(kill_it(&t, &toll), 0);
	assert_int_equal(toll.failed, 0);
	if (!toll.whole) {
		assert_int_equal(toll.signalled, 3);
		assert_int_equal(cgroup_sweep(&t, clock_now_ns() + 30 * NS_PER_S), 0);
	}
	for (size_t i = 0; i < countof(pid); i++)
		assert_int_equal(child_signal(pid[i]), SIGKILL);
	assert_string_equal(cgroup_says(&t, "cgroup.freeze"), "0\n");
	assert_true(child_alive(sibling));
	child_end(sibling);
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
	t = cgroup_at("/ab");
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

static void all_in_it_and_below_die_and_the_sibling_does_not(void **state)
{
	(void)state;
	kill_family(cgroup_kill);
}

static void one_by_one_they_die_too(void **state)
{
	(void)state;
	kill_family(cgroup_kill_each);
}

static void an_empty_one_is_not_killed(void **state)
{
	struct cgroup_target t;
	struct cgroup_toll toll;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	t = cgroup_at("/a");
	assert_int_equal(cgroup_kill(&t, &toll), -ESRCH);
	assert_false(toll.whole);
	assert_int_equal(toll.signalled, 0);
	assert_int_equal(cgroup_kill_each(&t, &toll), -ESRCH);
	assert_int_equal(cgroup_sweep(&t, 0), 0);
	assert_int_equal(cgroup_term(&t, &toll), -ESRCH);
	cgroup_target_close(&t);
}

static void the_frozen_die_too(void **state)
{
	struct cgroup_target t;
	struct cgroup_toll toll;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	pid = child_in("/a", 0);
	t = cgroup_at("/a");
	assert_int_equal(cgroup_freeze(&t, true), 0);
	cgroup_await(&t, "frozen 1");
	assert_int_equal(cgroup_kill(&t, &toll), 0);
	assert_int_equal(child_signal(pid), SIGKILL);
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

/*
 * Forks as fast as it can and ends, so that it is never the same process for long; for at most 20 s,
 * should the test not end it.
 */
static void fork_on(int start)
{
	__u64 until = clock_now_ns() + 20 * NS_PER_S;
	char one;

	if (read(start, &one, 1) != 1)
		_exit(1);
	signal(SIGCHLD, SIG_IGN);
	while (clock_now_ns() < until) {
		if (fork() > 0)
			break;
	}
	_exit(0);
}

static pid_t forker_in(const char *name)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(fds[1]);
		fork_on(fds[0]);
	}
	close(fds[0]);
	cgroup_join(name, pid);
	assert_int_equal(write(fds[1], "x", 1), 1);
	close(fds[1]);
	return pid;
}

static void nobody_escapes_by_forking_while_they_are_killed_one_by_one(void **state)
{
	struct cgroup_target t;
	struct cgroup_toll toll;
	pid_t pid[4];

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	t = cgroup_at("/a");
	for (size_t i = 0; i < countof(pid); i++)
		pid[i] = forker_in("/a");
	for (size_t i = 0; i < countof(pid); i++)
		child_signal(pid[i]); /* by now its descendants are on their way */
	assert_int_equal(cgroup_populated(&t), 1);
	/* Between two lives one may be in no list: then the next pass finds it. */
	cgroup_kill_each(&t, &toll);
	assert_int_equal(cgroup_sweep(&t, clock_now_ns() + 30 * NS_PER_S), 0);
	assert_int_equal(cgroup_populated(&t), 0);
	assert_string_equal(cgroup_says(&t, "cgroup.freeze"), "0\n");
	cgroup_target_close(&t);
}

static void a_sweep_gives_up_at_its_time(void **state)
{
	struct cgroup_target t;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	pid = child_in("/a", 0);
	t = cgroup_at("/a");
	assert_int_equal(cgroup_sweep(&t, 0), -ETIMEDOUT); /* signalled, not dead yet */
	assert_int_equal(child_signal(pid), SIGKILL);
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

/* Deeper than a walk goes: told, not passed over; cgroup.kill has no such limit. */
static void what_is_too_deep_is_told(void **state)
{
	char name[256] = "/a";
	struct cgroup_target t;
	struct cgroup_toll toll;
	pid_t pid;

	(void)state;
	needs_cgroups();
	cgroup_make(name);
	for (int i = 0; i < 24; i++)
		cgroup_make(strcat(name, "/d"));
	pid = child_in(name, 0);
	t = cgroup_at("/a");
	assert_int_equal(cgroup_kill_each(&t, &toll), -ELOOP);
	assert_int_equal(toll.failed, 1);
	assert_true(child_alive(pid));
	assert_int_equal(cgroup_sweep(&t, 0), -ETIMEDOUT);
	if (is_fallback(&t)) {
		child_end(pid);
	} else {
		assert_int_equal(cgroup_kill(&t, &toll), 0);
		assert_int_equal(child_signal(pid), SIGKILL);
	}
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

/* U1: the counter is of processes, and grows. */
static void kills_are_counted_on_the_cgroup(void **state)
{
	struct cgroup_target t;
	char text[32] = "";

	(void)state;
	needs_cgroups();
	cgroup_make("/a");
	t = cgroup_at("/a");
	if (cgroup_mark(&t, 41, 2)) {
		cgroup_target_close(&t);
		skip(); /* before 5.7 cgroups have no user.* */
	}
	assert_int_equal(cgroup_mark(&t, 42, 2), 0);
	assert_int_equal(fgetxattr(t.dirfd, "user.reapd_kills", text, sizeof(text) - 1), 1);
	assert_string_equal(text, "4");
	assert_int_equal(fgetxattr(t.dirfd, "user.reapd_kill_id", text, sizeof(text) - 1), 2);
	assert_string_equal(text, "42");
	assert_int_equal(fgetxattr(t.dirfd, "user.oomd_kill", NULL, 0), -1);
	assert_int_equal(fsetxattr(t.dirfd, "user.reapd_kills", "many", 4, 0), 0);
	assert_int_equal(cgroup_mark(&t, 43, 3), 0);
	memset(text, 0, sizeof(text));
	assert_int_equal(fgetxattr(t.dirfd, "user.reapd_kills", text, sizeof(text) - 1), 1);
	assert_string_equal(text, "3");
	cgroup_target_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CGROUP_TEST(a_cgroup_is_opened_by_its_path_or_its_id),
		CGROUP_TEST(another_of_the_same_name_is_stale),
		CGROUP_TEST(a_path_from_nowhere_is_refused),
		CGROUP_TEST(the_one_made_in_its_place_is_not_touched),
		CGROUP_TEST(it_is_populated_while_somebody_is_below),
		CGROUP_TEST(all_in_it_and_below_die_and_the_sibling_does_not),
		CGROUP_TEST(one_by_one_they_die_too),
		CGROUP_TEST(an_empty_one_is_not_killed),
		CGROUP_TEST(the_frozen_die_too),
		CGROUP_TEST(nobody_escapes_by_forking_while_they_are_killed_one_by_one),
		CGROUP_TEST(a_sweep_gives_up_at_its_time),
		CGROUP_TEST(what_is_too_deep_is_told),
		CGROUP_TEST(kills_are_counted_on_the_cgroup),
	};

	return RUN("act/cgkill", tests);
}
