// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_scope.c - sense/scope: what is left of the limits on the way down to a cgroup, from files as
 * the two memory controllers write them, and from files that are damaged.
 */
#include "test.h"

#include <errno.h>
#include <sys/stat.h>

#include "../../agent/sense/scope.h"

#define MIB "048576" /* behind a digit: that many MiB in bytes, give or take */

static struct scope scope;
static struct scope_memory m;

/* The files of one cgroup, as "name=text name=text"; directories are made. */
static void cgroup(const char *path, const char *files)
{
	char copy[1024], *save, *one, *text, name[256];

	mkdir(in_scratch(path), 0700);
	snprintf(copy, sizeof(copy), "%s", files);
	for (one = strtok_r(copy, " ", &save); one; one = strtok_r(NULL, " ", &save)) {
		text = strchr(one, '=');
		*text++ = 0;
		snprintf(name, sizeof(name), "%s/memory.%s", path, one);
		for (char *p = text; *p; p++)
			*p = *p == ',' ? '\n' : *p == ':' ? ' ' : *p;
		put_file(name, text);
	}
}

static int begin(void **state)
{
	scope_init(&scope);
	return scratch_make(state);
}

static int end(void **state)
{
	scope_close(&scope);
	return scratch_remove(state);
}

static void read_scope(const char *path, bool v1)
{
	scope_close(&scope);
	assert_true(scope_open(&scope, scratch, path, v1));
	memset(&m, 0xff, sizeof(m));
	assert_int_equal(scope_read(&scope, &m), 0);
}

static void without_limits_nothing_is_limited(void **state)
{
	(void)state;
	cgroup("a", "max=max, high=max, current=1" MIB ", swap.max=max, swap.current=0,");
	read_scope("/a", false);
	assert_false(m.limited);
	assert_int_equal(m.swap_total_kib, SCOPE_NO_LIMIT);
	assert_int_equal(m.swap_free_kib, SCOPE_NO_LIMIT);
}

static void what_is_used_but_not_needed_is_available(void **state)
{
	(void)state;
	cgroup("a", "max=104857600, high=max, current=83886080, "
		    "stat=anon:1,inactive_file:10485760,active_file:20971520,");
	read_scope("/a", false);
	assert_true(m.limited);
	assert_false(m.soft);
	assert_int_equal(m.total_kib, 100 * 1024);
	assert_int_equal(m.available_kib, (100 - 80 + 10 + 10) * 1024);
}

static void the_lower_of_max_and_high_binds(void **state)
{
	(void)state;
	cgroup("a", "max=104857600, high=52428800, current=62914560,");
	read_scope("/a", false);
	assert_true(m.soft);
	assert_int_equal(m.total_kib, 50 * 1024);
	assert_int_equal(m.available_kib, 0);
	cgroup("a", "max=52428800, high=104857600,");
	read_scope("/a", false);
	assert_false(m.soft);
}

static void swap_that_cannot_be_read_is_not_used_up(void **state)
{
	(void)state;
	cgroup("a", "max=104857600, current=0,"); /* no swap controller */
	read_scope("/a", false);
	assert_int_equal(m.swap_total_kib, SCOPE_NO_LIMIT);
	assert_int_equal(m.swap_free_kib, SCOPE_NO_LIMIT);
	cgroup("a", "swap.max=10485760, swap.current=4194304,");
	read_scope("/a", false);
	assert_int_equal(m.swap_total_kib, 10 * 1024);
	assert_int_equal(m.swap_free_kib, 6 * 1024);
	cgroup("a", "swap.current=20971520,"); /* the limit was lowered */
	read_scope("/a", false);
	assert_int_equal(m.swap_free_kib, 0);
}

static void limits_of_the_cgroups_above_count(void **state)
{
	(void)state;
	cgroup("a", "max=104857600, high=max, current=99614720, swap.max=0, swap.current=0,");
	cgroup("a/b", "max=max, high=max, current=83886080, swap.max=max, swap.current=0,");
	cgroup("a/b/c", "max=94371840, high=max, current=10485760, swap.max=max, swap.current=0,");
	read_scope("/a/b/c", false);
	assert_int_equal(m.total_kib, 100 * 1024);
	assert_int_equal(m.available_kib, 5 * 1024);
	assert_int_equal(m.swap_total_kib, 0);
	assert_int_equal(m.swap_free_kib, 0);
	cgroup("a", "max=max,");
	read_scope("/a/b/c", false);
	assert_int_equal(m.total_kib, 90 * 1024);
	assert_int_equal(m.available_kib, 80 * 1024);
}

static void version_1_has_other_names_and_no_limit_near_2_to_63(void **state)
{
	(void)state;
	cgroup("a", "limit_in_bytes=9223372036854771712, usage_in_bytes=1048576,");
	read_scope("/a", true);
	assert_false(m.limited);
	cgroup("a", "limit_in_bytes=104857600, stat=total_inactive_file:524288,inactive_file:0,");
	read_scope("/a", true);
	assert_int_equal(m.total_kib, 100 * 1024);
	assert_int_equal(m.available_kib, (100 * 1024) - 512);
	assert_int_equal(m.swap_free_kib, SCOPE_NO_LIMIT);
}

static void what_is_damaged_is_no_limit(void **state)
{
	static const char *const damaged[] = { "x",   "-1", "12x", "99999999999999999999999",
					       "1.5", "\n", "0x10" };

	(void)state;
	cgroup("a", "max=104857600, high=max, current=0,");
	for (size_t i = 0; i < countof(damaged); i++) {
		put_file("a/memory.max", damaged[i]);
		put_file("a/memory.stat", damaged[i]);
		read_scope("/a", false);
		if (m.limited)
			fail_msg("'%s' is a limit of %llu KiB", damaged[i],
				 (unsigned long long)m.total_kib);
	}
}

static void a_cgroup_that_went_is_an_error(void **state)
{
	(void)state;
	cgroup("a", "max=104857600, current=1,");
	read_scope("/a", false);
	put_file("a/memory.current", "");
	assert_int_equal(scope_read(&scope, &m), -ENODEV);
}

static void without_a_memory_controller_it_does_not_open(void **state)
{
	int fds = open_fds();

	(void)state;
	cgroup("a", "max=104857600,");
	assert_false(scope_open(&scope, scratch, "/a", false));
	assert_false(scope_open(&scope, scratch, "/none", false));
	assert_int_equal(open_fds(), fds);
	assert_int_equal(scope_read(&scope, &m), 0);
	assert_false(m.limited);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(without_limits_nothing_is_limited),
		TEST(what_is_used_but_not_needed_is_available),
		TEST(the_lower_of_max_and_high_binds),
		TEST(swap_that_cannot_be_read_is_not_used_up),
		TEST(limits_of_the_cgroups_above_count),
		TEST(version_1_has_other_names_and_no_limit_near_2_to_63),
		TEST(what_is_damaged_is_no_limit),
		TEST(a_cgroup_that_went_is_an_error),
		TEST(without_a_memory_controller_it_does_not_open),
	};

	return RUN("sense/scope", tests);
}
