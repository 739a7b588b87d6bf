// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_cghold.c - act/cghold on real cgroups: needs a cgroup2 with the memory controller (a VM has it).
 */
#include "test.h"

#include "../../agent/act/cghold.h"
#include "../../agent/base/clock.h"
#include "cgroup.h"

#define KIB 16384

static void needs(const struct cgroup_target *t, const char *file)
{
	if (faccessat(t->dirfd, file, F_OK, 0))
		skip();
}

static struct cgroup_target memory_cgroup(const char *file)
{
	struct cgroup_target t = { .dirfd = -1 };

	needs_cgroups();
	t.dirfd = openat(mount_fd, cgroup_in("") + 1, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	needs(&t, file);
	return t;
}

static void a_clamp_is_put_back_exactly(void **state)
{
	struct cgroup_target t = memory_cgroup("memory.high");
	struct cgroup_clamp clamp = {};
	pid_t pid = child_in("", KIB);

	(void)state;
	assert_string_equal(cgroup_says(&t, "memory.high"), "max\n");
	assert_int_equal(cgroup_clamp(&t, &clamp), 0);
	assert_string_equal(clamp.before, "max");
	assert_string_not_equal(cgroup_says(&t, "memory.high"), "max\n");
	assert_int_equal(cgroup_unclamp(&t, &clamp), 0);
	assert_string_equal(cgroup_says(&t, "memory.high"), "max\n");
	/* A limit that is there, and no multiple of a page. */
	assert_int_equal(file_write_at(t.dirfd, "memory.high", "1000000001"), 0);
	assert_int_equal(cgroup_clamp(&t, &clamp), 0);
	assert_int_equal(cgroup_unclamp(&t, &clamp), 0);
	assert_string_equal(cgroup_says(&t, "memory.high"), "999997440\n");
	child_end(pid);
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

/* Without swap there is little that can be had; with it, all. */
static void memory_is_reclaimed_or_the_kernel_says_that_it_found_less(void **state)
{
	struct cgroup_target t = memory_cgroup("memory.reclaim");
	pid_t pid = child_in("", KIB);
	__u64 kib;
	int err;

	(void)state;
	err = cgroup_reclaim(&t, 64, clock_now_ns() + 30 * NS_PER_S, &kib);
	assert_true(err == 0 || err == -EAGAIN);
	assert_int_equal(kib, err ? 0 : 64);
	err = cgroup_reclaim(&t, 1 << 20, clock_now_ns() + 30 * NS_PER_S, &kib);
	assert_int_equal(err, -EAGAIN); /* it never had a GiB */
	assert_true(kib < 1 << 20);
	child_end(pid);
	cgroup_await(&t, "populated 0");
	cgroup_target_close(&t);
}

static void an_oom_group_is_known(void **state)
{
	struct cgroup_target t = memory_cgroup("memory.oom.group");

	(void)state;
	assert_int_equal(cgroup_oom_group(&t), 0);
	assert_int_equal(file_write_at(t.dirfd, "memory.oom.group", "1"), 0);
	assert_int_equal(cgroup_oom_group(&t), 1);
	cgroup_target_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CGROUP_TEST(a_clamp_is_put_back_exactly),
		CGROUP_TEST(memory_is_reclaimed_or_the_kernel_says_that_it_found_less),
		CGROUP_TEST(an_oom_group_is_known),
	};

	return RUN("act/cghold", tests);
}
