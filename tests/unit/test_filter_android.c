// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_filter_android.c - decide/filter: Android's packages of several processes, and its users.
 */
#include "filters.h"

/* Android: a package's processes are PACKAGE and PACKAGE:PROCESS. */
static void a_package_has_all_its_processes(void **state)
{
	static const char *const of_it[] = { "com.example.app", "com.example.app:remote",
					     "com.example.app:", "com.example.app:a:b" };
	static const char *const others[] = { "com.example.apple",
					      "com.example.app.x:remote",
					      "com.example",
					      "com.example:app",
					      "com.example.ap:app",
					      ":com.example.app",
					      "" };

	(void)state;
	add(FILTER_PACKAGE, "com.example.app", FILTER_PROTECT);
	for (size_t i = 0; i < countof(of_it); i++) {
		subject.name = of_it[i];
		expect(FILTER_PROTECT, 0);
	}
	for (size_t i = 0; i < countof(others); i++) {
		subject.name = others[i];
		expect(FILTER_NORMAL, NONE);
	}
	/* A comm is cut to its last 15 letters: it may be anybody's. */
	subject.name = "zygote64";
	subject.comm = "com.example.app:x";
	expect(FILTER_NORMAL, NONE);
}

static void a_process_of_a_package_may_have_a_filter_of_its_own(void **state)
{
	(void)state;
	add(FILTER_PACKAGE, "com.example.app:remote", FILTER_PREFER);
	add(FILTER_PACKAGE, "com.example.app", FILTER_PROTECT);
	add(FILTER_PACKAGE, "com.example.app:*", FILTER_AVOID);
	subject.name = "com.example.app:remote";
	expect(FILTER_PREFER, 0);
	subject.name = "com.example.app:other";
	expect(FILTER_AVOID, 2); /* as long as the whole name, and says more */
	subject.name = "com.example.app";
	expect(FILTER_PROTECT, 1);
}

static void a_uid_filter_has_the_app_of_every_user(void **state)
{
	static const __u32 uids[] = { 10123, 110123, 1010123, 4294910123U };

	(void)state;
	add(FILTER_UID, "10123", FILTER_PROTECT);
	for (size_t i = 0; i < countof(uids); i++) {
		subject.uid = uids[i];
		subject.users = true;
		expect(FILTER_PROTECT, 0);
		subject.users = false; /* on a host these are somebody else's */
		expect(i ? FILTER_NORMAL : FILTER_PROTECT, i ? NONE : 0);
	}
	subject.users = true;
	subject.uid = 110124;
	expect(FILTER_NORMAL, NONE);
}

static void one_users_app_may_have_a_filter_of_its_own(void **state)
{
	(void)state;
	subject.users = true;
	add(FILTER_UID, "1010123", FILTER_PREFER);
	add(FILTER_UID, "10123", FILTER_PROTECT);
	subject.uid = 1010123;
	expect(FILTER_PREFER, 0);
	subject.uid = 110123;
	expect(FILTER_PROTECT, 1);
	subject.uid = 10123;
	expect(FILTER_PROTECT, 1);
}

static void a_uid_that_is_not_known_is_no_app(void **state)
{
	char text[16];

	(void)state;
	subject.users = true;
	subject.uid = UID_NOT_READ;
	snprintf(text, sizeof(text), "%u", UID_NOT_READ % 100000);
	add(FILTER_UID, text, FILTER_PROTECT);
	expect(FILTER_NORMAL, NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	static const struct CMUnitTest tests[] = {
		TEST(a_package_has_all_its_processes),
		TEST(a_process_of_a_package_may_have_a_filter_of_its_own),
		TEST(a_uid_filter_has_the_app_of_every_user),
		TEST(one_users_app_may_have_a_filter_of_its_own),
		TEST(a_uid_that_is_not_known_is_no_app),
	};

	return RUN("decide/filter: Android", tests);
}
