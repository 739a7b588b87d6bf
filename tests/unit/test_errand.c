// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_errand.c - act/errand: what may block is done in threads of its own, and told when done.
 */
#include "test.h"

#include <sys/stat.h>

#include "../../agent/act/errand.h"
#include "../../agent/base/clock.h"
#include "cgroup.h"

static struct errands *errands;

static int begin(void **state)
{
	if (scratch_make(state) || cgroups_begin(state))
		return -1;
	return errands_start(&errands, 3);
}

static int end(void **state)
{
	errands = errands_stop(errands);
	return scratch_remove(state) | cgroups_end(state);
}

static struct errand *errand_of(enum errand_kind kind)
{
	struct errand *one = errand_get(errands);

	assert_non_null(one);
	one->kind = kind;
	if (kind == ERRAND_CLAMP || kind == ERRAND_UNCLAMP || kind == ERRAND_FREEZE ||
	    kind == ERRAND_THAW) {
		snprintf(one->path, sizeof(one->path), "%s/note", scratch);
		strcpy(one->about.cgroup, "/a");
	}
	return one;
}

static struct errand *next_done(void)
{
	struct pollfd p = { .fd = errands_fd(errands), .events = POLLIN };
	struct errand *one = NULL;

	while (!one) {
		assert_int_equal(poll(&p, 1, 30000), 1);
		one = errand_done(errands);
	}
	return one;
}

static void done(struct errand *one)
{
	errand_submit(errands, one);
	assert_ptr_equal(next_done(), one);
	assert_null(errand_done(errands));
}

/* The scratch directory, as a cgroup of plain files. */
static struct cgroup_target fake(void)
{
	struct cgroup_target t = { .dirfd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };

	assert_true(t.dirfd >= 0);
	return t;
}

static const char *says(const char *file)
{
	static char text[256];

	assert_true(file_read_at(AT_FDCWD, in_scratch(file), text, sizeof(text)) >= 0);
	return text;
}

static const char *program(const char *name, const char *body)
{
	char text[1024];
	const char *path;

	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", body);
	path = put_file(name, text);
	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

static void an_errand_is_cleared_and_there_are_as_many_as_threads(void **state)
{
	static const struct errand clear = { .cgroup.dirfd = -1 };
	struct errand *one[3];

	(void)state;
	for (size_t i = 0; i < countof(one); i++) {
		one[i] = errand_get(errands);
		assert_non_null(one[i]);
		assert_memory_equal(one[i], &clear, sizeof(clear));
		one[i]->tag = 5;
	}
	assert_null(errand_get(errands));
	errand_put(errands, one[1]);
	assert_ptr_equal(errand_get(errands), one[1]);
	assert_int_equal(one[1]->tag, 0);
}

static void an_unknown_errand_is_refused(void **state)
{
	struct errand *one = errand_of(0);

	(void)state;
	done(one);
	assert_int_equal(one->error, -EINVAL);
	errand_put(errands, one);
}

static void memory_is_reclaimed(void **state)
{
	struct errand *one = errand_of(ERRAND_RECLAIM);

	(void)state;
	put_file("memory.reclaim", "");
	one->cgroup = fake();
	one->amount_kib = 1024;
	done(one);
	assert_int_equal(one->error, 0);
	assert_int_equal(one->done_kib, 1024);
	assert_string_equal(says("memory.reclaim"), "1024K");
	errand_put(errands, one);
}

static void a_clamp_goes_from_one_errand_to_the_next(void **state)
{
	struct errand *one = errand_of(ERRAND_CLAMP);
	struct cgroup_clamp clamp;

	(void)state;
	put_file("memory.high", "max\n");
	put_file("memory.current", "409\n");
	one->cgroup = fake();
	done(one);
	assert_int_equal(one->error, 0);
	assert_string_equal(says("memory.high"), "409\n");
	assert_non_null(strstr(says("note"), " max 409 /a\n"));
	clamp = one->clamp;
	errand_put(errands, one);
	one = errand_of(ERRAND_UNCLAMP);
	one->cgroup = fake();
	one->clamp = clamp;
	done(one);
	assert_int_equal(one->error, 0);
	assert_string_equal(says("memory.high"), "max\n");
	assert_int_not_equal(access(in_scratch("note"), F_OK), 0);
	errand_put(errands, one);
}

/* A cgroup that the next agent would not know to let go is not held. */
static void what_cannot_be_noted_is_not_held(void **state)
{
	struct errand *one = errand_of(ERRAND_CLAMP);

	(void)state;
	put_file("memory.high", "max\n");
	put_file("memory.current", "409\n");
	strcpy(one->path, "/no/such/place/note");
	one->cgroup = fake();
	done(one);
	assert_int_equal(one->error, -ENOENT);
	assert_string_equal(says("memory.high"), "max\n");
	errand_put(errands, one);
}

static void a_cgroup_is_frozen_and_thawed(void **state)
{
	struct errand *one;
	int dirfd;
	pid_t pid;

	(void)state;
	needs_cgroups();
	pid = child_in("", 0);
	one = errand_of(ERRAND_FREEZE);
	one->cgroup = cgroup_at("");
	done(one);
	assert_int_equal(one->error, 0);
	cgroup_await(&one->cgroup, "frozen 1");
	assert_non_null(strstr(says("note"), " - - /a\n"));
	dirfd = one->cgroup.dirfd;
	errand_put(errands, one);
	assert_int_equal(fcntl(dirfd, F_GETFD), -1);
	one = errand_of(ERRAND_THAW);
	one->cgroup = cgroup_at("");
	done(one);
	assert_int_equal(one->error, 0);
	cgroup_await(&one->cgroup, "frozen 0");
	assert_int_not_equal(access(in_scratch("note"), F_OK), 0);
	child_end(pid);
	cgroup_await(&one->cgroup, "populated 0");
	errand_put(errands, one);
}

static void a_program_is_run(void **state)
{
	struct errand *one;

	(void)state;
	needs_pidfds();
	one = errand_of(ERRAND_RUN);
	strcpy(one->path, program("p", "echo $REAPD_EVENT $REAPD_NAME >${0%p}out; exit 3"));
	strcpy(one->about.event, "rule");
	strcpy(one->about.name, "hog");
	done(one);
	assert_int_equal(one->error, 0);
	assert_int_equal(one->status, 3);
	assert_string_equal(says("out"), "rule hog\n");
	errand_put(errands, one);
}

static void a_program_that_hangs_is_ended(void **state)
{
	struct errand *one;

	(void)state;
	needs_pidfds();
	one = errand_of(ERRAND_RUN);
	one->timeout_ns = NS_PER_MS;
	strcpy(one->path, program("p", "exec sleep 1000"));
	done(one);
	assert_int_equal(one->error, -ETIMEDOUT);
	assert_int_equal(one->status, 128 + SIGKILL);
	errand_put(errands, one);
}

static void hooks_are_told(void **state)
{
	struct errand *one;

	(void)state;
	needs_pidfds();
	one = errand_of(ERRAND_PREKILL);
	program("hook", "echo $REAPD_KILL_ID >${0%hook}.out");
	strcpy(one->path, scratch);
	one->about.kill_id = 9;
	done(one);
	assert_int_equal(one->error, 0);
	assert_int_equal(one->hooks, 1);
	assert_int_equal(one->answered, 1);
	assert_string_equal(says(".out"), "9\n");
	errand_put(errands, one);
}

/* One that blocks, in a write as memory.reclaim can, does not hold up a hook; nor its end the agent's. */
static void one_that_blocks_does_not_hold_up_another(void **state)
{
	struct errand *blocked, *one;
	int fd;

	(void)state;
	needs_pidfds();
	assert_int_equal(mkfifo(in_scratch("memory.reclaim"), 0600), 0);
	blocked = errand_of(ERRAND_RECLAIM);
	blocked->cgroup = fake();
	blocked->amount_kib = 1;
	blocked->tag = 1;
	errand_submit(errands, blocked); /* nobody reads from the other end */
	one = errand_of(ERRAND_RUN);
	strcpy(one->path, program("p", "exit 0"));
	one->tag = 2;
	done(one);
	assert_int_equal(one->tag, 2);
	errand_put(errands, one);
	fd = open(in_scratch("memory.reclaim"), O_RDWR | O_CLOEXEC);
	assert_ptr_equal(next_done(), blocked);
	assert_int_equal(blocked->tag, 1);
	assert_int_equal(blocked->error, 0);
	errand_put(errands, blocked);
	close(fd);
}

static void stopping_none_is_nothing(void **state)
{
	(void)state;
	assert_null(errands_stop(NULL));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(an_errand_is_cleared_and_there_are_as_many_as_threads),
		TEST(an_unknown_errand_is_refused),
		TEST(memory_is_reclaimed),
		TEST(a_clamp_goes_from_one_errand_to_the_next),
		TEST(what_cannot_be_noted_is_not_held),
		TEST(a_cgroup_is_frozen_and_thawed),
		TEST(a_program_is_run),
		TEST(a_program_that_hangs_is_ended),
		TEST(hooks_are_told),
		TEST(one_that_blocks_does_not_hold_up_another),
		TEST(stopping_none_is_nothing),
	};

	return RUN("act/errand", tests);
}
