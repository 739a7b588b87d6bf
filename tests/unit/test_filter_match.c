// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_filter_match.c - decide/filter: which filter applies to a process.
 */
#include "filters.h"

static void without_filters_all_are_normal(void **state)
{
	(void)state;
	expect(FILTER_NORMAL, NONE);
}

static void what_matches_nothing_is_normal(void **state)
{
	(void)state;
	add(FILTER_PACKAGE, "com.example", FILTER_PROTECT);
	add(FILTER_PACKAGE, "com.example.apps", FILTER_PROTECT);
	add(FILTER_PACKAGE, "org.*", FILTER_PROTECT);
	add(FILTER_CGROUP, "/user/ap", FILTER_PROTECT);
	add(FILTER_UID, "1001", FILTER_PROTECT);
	expect(FILTER_NORMAL, NONE);
}

static void each_kind_matches_by_itself(void **state)
{
	static const struct {
		__u32 kind;
		const char *text;
	} cases[] = {
		{ FILTER_PACKAGE, "com.example.app" },
		{ FILTER_PACKAGE, "com.*" },
		{ FILTER_PACKAGE, "com.example.app*" },
		{ FILTER_CGROUP, "/user/app" },
		{ FILTER_CGROUP, "/user" },
		{ FILTER_CGROUP, "/" },
		{ FILTER_UID, "1000" },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		begin(state);
		add(cases[i].kind, cases[i].text, FILTER_AVOID);
		expect(FILTER_AVOID, 0);
	}
}

static void the_longest_match_wins_wherever_it_stands(void **state)
{
	static const char *const texts[] = { "com.*", "com.example.app", "com.example.*",
					     "com.example.app*" };
	static const __u32 actions[] = { FILTER_PROTECT, FILTER_PREFER, FILTER_AVOID,
					 FILTER_NORMAL };

	for (__u32 first = 0; first < countof(texts); first++) {
		begin(state);
		for (__u32 i = 0; i < countof(texts); i++)
			add(FILTER_PACKAGE, texts[(first + i) % 4], actions[(first + i) % 4]);
		/* The whole name, whose NUL makes it longer than the prefix of the same letters. */
		expect(FILTER_PREFER, (1 + 4 - first) % 4);
	}
}

static void normal_carves_an_exception_out_of_a_family(void **state)
{
	(void)state;
	add(FILTER_PACKAGE, "com.example.*", FILTER_PROTECT);
	add(FILTER_PACKAGE, "com.example.app", FILTER_NORMAL);
	expect(FILTER_NORMAL, 1);
	subject.name = "com.example.other";
	expect(FILTER_PROTECT, 0);
}

static void protect_of_any_kind_beats_everything(void **state)
{
	for (__u32 kind = 0; kind < FILTER_KINDS; kind++) {
		begin(state);
		add(FILTER_PACKAGE, "com.example.app",
		    kind == FILTER_PACKAGE ? FILTER_PROTECT : FILTER_PREFER);
		add(FILTER_CGROUP, "/user/app",
		    kind == FILTER_CGROUP ? FILTER_PROTECT : FILTER_PREFER);
		add(FILTER_UID, "1000", kind == FILTER_UID ? FILTER_PROTECT : FILTER_PREFER);
		expect(FILTER_PROTECT, kind);
	}
}

static void otherwise_package_goes_before_cgroup_and_cgroup_before_uid(void **state)
{
	(void)state;
	add(FILTER_UID, "1000", FILTER_NORMAL);
	expect(FILTER_NORMAL, 0);
	add(FILTER_CGROUP, "/user", FILTER_AVOID);
	expect(FILTER_AVOID, 1);
	add(FILTER_PACKAGE, "c*", FILTER_PREFER);
	expect(FILTER_PREFER, 2);
}

/* "normal" of an earlier kind is an answer too. */
static void normal_of_a_package_overrules_the_cgroup(void **state)
{
	(void)state;
	add(FILTER_CGROUP, "/user", FILTER_PREFER);
	add(FILTER_PACKAGE, "com.example.app", FILTER_NORMAL);
	expect(FILTER_NORMAL, 1);
}

static void a_process_answers_to_its_comm_too(void **state)
{
	(void)state;
	add(FILTER_PACKAGE, "example.app", FILTER_AVOID);
	expect(FILTER_AVOID, 0);
	subject.name = "";
	expect(FILTER_AVOID, 0);
	subject.comm = "example.ap";
	expect(FILTER_NORMAL, NONE);
}

static void the_longer_match_counts_be_it_name_or_comm(void **state)
{
	(void)state;
	add(FILTER_PACKAGE, "com*", FILTER_PREFER);
	add(FILTER_PACKAGE, "example.app", FILTER_AVOID);
	expect(FILTER_AVOID, 1);
	add(FILTER_PACKAGE, "com.example.a*", FILTER_PREFER);
	expect(FILTER_PREFER, 2);
}

/* filter.h: of two equally long matches the name's counts. Whatever their order in the map. */
static void of_equally_long_matches_the_names_counts(void **state)
{
	subject.name = "aaaa";
	subject.comm = "bbbb";
	add(FILTER_PACKAGE, "aaaa", FILTER_PREFER);
	add(FILTER_PACKAGE, "bbbb", FILTER_AVOID);
	expect(FILTER_PREFER, 0);
	begin(state);
	subject.name = "aaaa";
	subject.comm = "bbbb";
	add(FILTER_PACKAGE, "bbbb", FILTER_AVOID);
	add(FILTER_PACKAGE, "aaaa", FILTER_PREFER);
	expect(FILTER_PREFER, 1);
}

static void a_process_without_names_matches_no_name(void **state)
{
	(void)state;
	subject.name = subject.comm = "";
	add(FILTER_PACKAGE, "a*", FILTER_PROTECT);
	add(FILTER_PACKAGE, "a", FILTER_PROTECT);
	expect(FILTER_NORMAL, NONE);
}

static void a_cgroup_ends_at_its_slash(void **state)
{
	static const char *const inside[] = { "/a/b", "/a/b/c", "/a/b/c/d" };
	static const char *const outside[] = {
		"/", "/a", "/a/bc", "/a/b.service", "/b/a/b", "/A/b"
	};

	(void)state;
	add(FILTER_CGROUP, "/a/b", FILTER_PROTECT);
	for (size_t i = 0; i < countof(inside); i++) {
		subject.cgroup = inside[i];
		expect(FILTER_PROTECT, 0);
	}
	for (size_t i = 0; i < countof(outside); i++) {
		subject.cgroup = outside[i];
		expect(FILTER_NORMAL, NONE);
	}
}

static void the_deepest_cgroup_wins(void **state)
{
	(void)state;
	add(FILTER_CGROUP, "/", FILTER_AVOID);
	add(FILTER_CGROUP, "/user/app", FILTER_NORMAL);
	add(FILTER_CGROUP, "/user", FILTER_PREFER);
	expect(FILTER_NORMAL, 1);
	subject.cgroup = "/user";
	expect(FILTER_PREFER, 2);
	subject.cgroup = "/";
	expect(FILTER_AVOID, 0);
}

static void a_cgroup_that_is_not_known_matches_none(void **state)
{
	(void)state;
	add(FILTER_CGROUP, "/", FILTER_PREFER);
	subject.cgroup = NULL;
	expect(FILTER_NORMAL, NONE);
	add(FILTER_UID, "1000", FILTER_AVOID);
	expect(FILTER_AVOID, 1);
}

/* 251 bytes are all that an event or the table has of a path. */
static void the_longest_paths_are_compared_whole(void **state)
{
	char filter[REAPD_PATH_LEN], path[REAPD_PATH_LEN];

	(void)state;
	memset(filter, 'x', 250);
	filter[0] = '/';
	filter[250] = 0;
	memcpy(path, filter, 251);
	add(FILTER_CGROUP, filter, FILTER_PROTECT);
	subject.cgroup = path;
	expect(FILTER_PROTECT, 0);
	strcpy(path + 250, "x");
	expect(FILTER_NORMAL, NONE);
	strcpy(path + 250, "/");
	expect(FILTER_PROTECT, 0);
}

static void an_action_that_there_is_not_protects(void **state)
{
	static const __u32 values[] = { FILTER_ACTIONS, 17, 0xff,
					FILTER_ACTIONS | FILTER_FROM_CONFIG, 0xfffffffe };

	for (size_t i = 0; i < countof(values); i++) {
		begin(state);
		add(FILTER_UID, "1000", values[i]);
		expect(FILTER_PROTECT, 0);
	}
}

static void where_a_filter_came_from_does_not_change_what_it_does(void **state)
{
	for (__u32 action = 0; action < FILTER_ACTIONS; action++) {
		begin(state);
		add(FILTER_PACKAGE, "com.example.app", action | FILTER_FROM_CONFIG);
		expect(action, 0);
	}
}

/* A key of 0 bits, that bpftool can make, matches all like the kernel's trie does. */
static void a_foreign_key_of_no_length_matches_everything(void **state)
{
	(void)state;
	add(FILTER_PACKAGE, "x", FILTER_AVOID);
	set.filter[0].key.package.prefixlen_bits = 0;
	expect(FILTER_AVOID, 0);
	add(FILTER_PACKAGE, "c*", FILTER_PREFER);
	expect(FILTER_PREFER, 1);
	set.filter[0] = set.filter[1] = (struct filter){ .kind = FILTER_CGROUP };
	set.filter[0].value = FILTER_AVOID;
	assert_null(filter_parse(FILTER_CGROUP, "/", &set.filter[1]));
	expect(FILTER_NORMAL, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(without_filters_all_are_normal),
		TEST(what_matches_nothing_is_normal),
		TEST(each_kind_matches_by_itself),
		TEST(the_longest_match_wins_wherever_it_stands),
		TEST(normal_carves_an_exception_out_of_a_family),
		TEST(protect_of_any_kind_beats_everything),
		TEST(otherwise_package_goes_before_cgroup_and_cgroup_before_uid),
		TEST(normal_of_a_package_overrules_the_cgroup),
		TEST(a_process_answers_to_its_comm_too),
		TEST(the_longer_match_counts_be_it_name_or_comm),
		TEST(of_equally_long_matches_the_names_counts),
		TEST(a_process_without_names_matches_no_name),
		TEST(a_cgroup_ends_at_its_slash),
		TEST(the_deepest_cgroup_wins),
		TEST(a_cgroup_that_is_not_known_matches_none),
		TEST(the_longest_paths_are_compared_whole),
		TEST(an_action_that_there_is_not_protects),
		TEST(where_a_filter_came_from_does_not_change_what_it_does),
		TEST(a_foreign_key_of_no_length_matches_everything),
	};

	return RUN("decide/filter: matches", tests);
}
