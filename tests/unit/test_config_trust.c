// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_config_trust.c - config, config_trust: a drop-in of another user than root decides about that
 * user's own cgroups and nothing else; one that others may write about nothing.
 */
#include "config.h"

#include "../../agent/config_trust.h"
#include "cgroup.h"

#define UID 54321 /* nobody of this machine's */

static int begin(void **state)
{
	cgroups_begin(state);
	return scratch_make(state);
}

static int end(void **state)
{
	cgroups_end(state);
	return config_end(state);
}

static void needs_root(void)
{
	if (geteuid())
		skip();
}

/* Tests with a cgroup of this user's: own, with mine in it. */
static void needs_cgroup_of_user(void)
{
	needs_root();
	if (mount_fd < 0)
		skip();
	cgroup_make("/mine");
	assert_int_equal(fchownat(mount_fd, cgroup_in("/mine") + 1, UID, UID, 0), 0);
}

/* Load a main file with a drop-in of this owner and mode. */
static int load_both(const char *main, const char *dropin, uid_t owner, mode_t mode)
{
	drop_in("10.conf", dropin);
	assert_int_equal(chown(in_scratch("reapd.conf.d/10.conf"), owner, owner), 0);
	assert_int_equal(chmod(in_scratch("reapd.conf.d/10.conf"), mode), 0);
	return load(main);
}

/* Lines of a drop-in of the user's, with the path of the test's cgroup in the place of %s. */
static int load_user(const char *fmt)
{
	char text[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), fmt, own, own, own);
#pragma GCC diagnostic pop
	return load_both("", text, UID, 0600);
}

static void a_file_belongs_to_its_owner_unless_others_may_write_it(void **state)
{
	static const struct {
		uid_t owner;
		mode_t mode;
		int err;
		uid_t trusted;
	} cases[] = {
		{ 0, 0600, 0, 0 },	  { 0, 0644, 0, 0 },	 { 0, 0664, -EPERM, 7 },
		{ 0, 0602, -EPERM, 7 },	  { UID, 0600, 0, UID }, { UID, 0755, 0, UID },
		{ UID, 0660, -EPERM, 7 },
	};

	(void)state;
	needs_root();
	for (size_t i = 0; i < countof(cases); i++) {
		const char *path = put_file("file", "");
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		uid_t owner = 7;

		assert_int_equal(fchown(fd, cases[i].owner, 0), 0);
		assert_int_equal(fchmod(fd, cases[i].mode), 0);
		assert_int_equal(trust_file(fd, &owner), cases[i].err);
		assert_int_equal(owner, cases[i].trusted);
		close(fd);
	}
	assert_int_equal(trust_file(-1, &(uid_t){ 0 }), -EBADF);
}

/* Whoever tests a configuration of his own is not limited by being who he is. */
static void a_file_of_the_agents_own_user_is_as_good_as_roots(void **state)
{
	int fd = open(put_file("file", ""), O_RDONLY | O_CLOEXEC);
	uid_t owner = 7;

	(void)state;
	assert_int_equal(trust_file(fd, &owner), 0);
	assert_int_equal(owner, 0);
	close(fd);
}

static void a_path_is_the_users_from_the_directory_that_he_owns(void **state)
{
	static const struct {
		const char *path;
		bool trusted;
	} cases[] = {
		{ "/", false },		{ "", false },		 { "/a", false },
		{ "/a/b", true },	{ "/a/b/c", true },	 { "/a/b/none/x", true },
		{ "/a/b/*", true },	{ "/a/b/*/[x]?", true }, { "/a/*", false },
		{ "/a/b*", false },	{ "/*/b", false },	 { "/a/x\\2d", true },
		{ "/a/none", false },	{ "/none/b", false },	 { "/a/bb", false },
		{ "/a/b.root", false },
	};

	(void)state;
	needs_root();
	mkdir(in_scratch("a"), 0755);
	mkdir(in_scratch("a/b"), 0755);
	mkdir(in_scratch("a/b/c"), 0755);
	mkdir(in_scratch("a/b.root"), 0755);
	mkdir(in_scratch("a/x\\2d"), 0755);
	assert_int_equal(chown(in_scratch("a/x\\2d"), UID, UID), 0);
	assert_int_equal(chown(in_scratch("a/b"), UID, UID), 0);
	for (size_t i = 0; i < countof(cases); i++) {
		if (trust_cgroup(scratch, cases[i].path, UID) != cases[i].trusted)
			fail_msg("'%s'", cases[i].path);
		assert_false(trust_cgroup(scratch, cases[i].path, UID + 1));
	}
}

static void a_user_may_have_rules_and_filters_for_his_own_cgroups(void **state)
{
	(void)state;
	needs_cgroup_of_user();
	assert_int_equal(load_user("[rule mine]\nscope = %s/mine/*\nwhen = psi.full > 5%%\n"
				   "choose = cgroup\naction = notify, freeze, term 5s\n"
				   "[avoid]\ncgroup = %s/mine/a\n[normal]\ncgroup = %s/mine/b\n"
				   "[rule mine]\ncooldown = 5s\n"),
			 0);
	assert_string_equal(said, "");
	assert_int_equal(config.filters->n, 2);
	assert_int_equal(config.policy.rules, 5);
}

/* His rules do not turn the machine's own off, and do not come before them. */
static void the_rules_of_a_user_come_behind_those_of_root(void **state)
{
	char text[256];

	(void)state;
	needs_cgroup_of_user();
	snprintf(text, sizeof(text), "[rule mine]\nscope = %s/mine\nwhen = psi.full > 5%%\n", own);
	assert_int_equal(load_both("", text, UID, 0600), 0);
	assert_int_equal(config.policy.rules, 5);
	assert_string_equal(config.policy.rule[0].name, "exhausted");
	assert_string_equal(config.policy.rule[4].name, "mine");
	drop_in("20.conf", "[rule root]\nwhen = psi.full > 5%\n");
	assert_int_equal(load_both("", text, UID, 0600), 0);
	assert_int_equal(config.policy.rules, 2);
	assert_string_equal(config.policy.rule[0].name, "root");
	assert_string_equal(config.policy.rule[1].name, "mine");
}

static void what_a_user_may_not_decide_is_an_error_with_its_reason(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "[agent]\ndry_run = yes\nreapers = 99\n",
		  "1: only [rule], [avoid], [prefer] and [normal] may stand in a file of uid 54321" },
		{ "[protect]\ncgroup = %s/mine\n",
		  "1: only [rule], [avoid], [prefer] and [normal] may stand in a file of uid 54321" },
		{ "[nonsense]\nx = y\n",
		  "1: only [rule], [avoid], [prefer] and [normal] may stand in a file of uid 54321" },
		{ "[rule a]\nwhen = psi.full > 5%%\n",
		  "1: [rule a] in a file of uid 54321 needs a scope" },
		{ "[rule a]\nwhen = psi.full > 5%%\nscope = %s\n",
		  "3:9: not inside a cgroup of the owner of this file" },
		{ "[rule a]\nwhen = psi.full > 5%%\nscope = %s/*\n",
		  "3:9: not inside a cgroup of the owner of this file" },
		{ "[rule a]\nwhen = psi.full > 5%%\nscope = /\n",
		  "3:9: not inside a cgroup of the owner of this file" },
		{ "[rule a]\nwhen = psi.full > 5%%\nscope = %s/mine\naction = run /bin/sh\n",
		  "4:10: 'run' may not stand in a file that is not root's" },
		{ "[avoid]\npackage = sshd\n",
		  "2: package = sshd: only cgroup = may stand in a file that is not root's" },
		{ "[prefer]\nuid = 0\n",
		  "2: uid = 0: only cgroup = may stand in a file that is not root's" },
		{ "[normal]\ncgroup = /system.slice\n",
		  "2: cgroup = /system.slice: not inside a cgroup of the owner of this file" },
	};
	char want[512];

	(void)state;
	needs_cgroup_of_user();
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(load_user(cases[i].text), -EINVAL);
		snprintf(want, sizeof(want), "reapd: %s:%s\n", in_scratch("reapd.conf.d/10.conf"),
			 cases[i].said);
		assert_string_equal(said, want);
	}
	assert_int_equal(load_user("[rule a]\nwhen = psi.full > 5%%\nscope = %s/mine/../x\n"),
			 -EINVAL);
	assert_non_null(strstr(said, ": no cgroup has '..' in its path\n"));
}

static void a_user_must_not_change_what_root_has_written(void **state)
{
	char main[512], text[512];

	(void)state;
	needs_cgroup_of_user();
	snprintf(text, sizeof(text), "\n[rule a]\nscope = %s/mine\n", own);
	assert_int_equal(load_both("[rule a]\nwhen = psi.full > 5%\n", text, UID, 0600), -EINVAL);
	assert_non_null(
		strstr(said, "10.conf:2: a file of uid 54321 must not change [rule a] of "));
	snprintf(main, sizeof(main), "[protect]\ncgroup = %s/mine/db\n", own);
	snprintf(text, sizeof(text), "[normal]\ncgroup = %s/mine/db/\n", own);
	assert_int_equal(load_both(main, text, UID, 0600), -EINVAL);
	assert_non_null(strstr(said, ": there is such a filter already\n"));
}

static void root_may_change_what_a_user_has_written(void **state)
{
	char text[512];

	(void)state;
	needs_cgroup_of_user();
	snprintf(text, sizeof(text), "[rule a]\nscope = %s/mine\nwhen = psi.full > 5%%\n", own);
	drop_in("20.conf", "[rule a]\nshadow = yes\naction = run /bin/sh\n");
	assert_int_equal(load_both("", text, UID, 0600), 0);
	assert_string_equal(config.policy.rule[4].name, "a");
	assert_int_equal(config.policy.rule[4].flags, RULE_SHADOW | RULE_CGROUPS);
}

static void a_drop_in_that_others_may_write_is_refused_and_the_next_is_read(void **state)
{
	(void)state;
	needs_root();
	drop_in("20.conf", "[agent]\nreapers = 50\n");
	assert_int_equal(load_both("", "[agent]\nreapers = 99\n", 0, 0620), -EINVAL);
	assert_non_null(strstr(said, "10.conf: its group or others may write it (chmod go-w)\n"));
	assert_non_null(strstr(said, "20.conf:2: reapers = 50"));
	assert_null(strstr(said, "reapers = 99"));
	assert_int_equal(load_both("", "", UID, 0606), -EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_file_belongs_to_its_owner_unless_others_may_write_it),
		TEST(a_file_of_the_agents_own_user_is_as_good_as_roots),
		TEST(a_path_is_the_users_from_the_directory_that_he_owns),
		TEST(a_user_may_have_rules_and_filters_for_his_own_cgroups),
		TEST(the_rules_of_a_user_come_behind_those_of_root),
		TEST(what_a_user_may_not_decide_is_an_error_with_its_reason),
		TEST(a_user_must_not_change_what_root_has_written),
		TEST(root_may_change_what_a_user_has_written),
		TEST(a_drop_in_that_others_may_write_is_refused_and_the_next_is_read),
	};

	return RUN("config: trust", tests);
}
