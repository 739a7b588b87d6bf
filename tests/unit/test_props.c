// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_props.c - props: Android's properties as configuration, from the C library (whose function this
 * program has in its place) and from the output of getprop.
 */
#include "config.h"

#include <errno.h>

#include "../../agent/props.h"

/* Pairs of name and value. */
static const char *const *properties;

int __system_property_get(const char *name, char *value);

int __system_property_get(const char *name, char *value)
{
	for (const char *const *p = properties; p && *p; p += 2) {
		if (!strcmp(p[0], name)) {
			strcpy(value, p[1]);
			return (int)strlen(value);
		}
	}
	*value = 0;
	return 0;
}

static void properties_are_read_where_the_library_is(void **state)
{
	static const char *const set[] = { "ro.config.low_ram",
					   "true",
					   "ro.lmk.kill_heaviest_task",
					   "y",
					   "ro.lmk.thrashing_limit",
					   "44",
					   "persist.device_config.lmkd_native.thrashing_limit_decay",
					   "7",
					   "ro.lmk.thrashing_limit_decay",
					   "8",
					   "persist.device_config.lmkd_native.log_stats",
					   "false",
					   NULL };

	(void)state;
	properties = set;
	assert_int_equal(load("[agent]\nstrategy = android\n"), 0);
	assert_string_equal(said, "");
	assert_true(config.android.low_ram);
	assert_true(config.android.kill_heaviest_task);
	assert_int_equal(config.android.psi_partial_stall_ms, 200); /* follows low_ram */
	assert_int_equal(config.android.thrashing_limit, 44);
	assert_int_equal(config.android.thrashing_limit_decay, 7); /* the override */
	assert_true(config.android.log_stats);			   /* it has none */
	assert_int_equal(config.policy.android.thrashing_limit_pct, 44);
}

static void a_written_key_goes_before_its_property(void **state)
{
	static const char *const set[] = { "ro.lmk.thrashing_limit", "44", NULL };

	(void)state;
	properties = set;
	assert_int_equal(load("[agent]\nstrategy = android\n[android]\nthrashing_limit = 55\n"), 0);
	assert_int_equal(config.android.thrashing_limit, 55);
	assert_int_equal(load("[android]\n"), 0); /* nor for the other strategy */
	assert_int_equal(config.android.thrashing_limit, 100);
}

static void what_a_property_may_not_be_is_said_and_never_stops_the_agent(void **state)
{
	static const char *const set[] = { "ro.lmk.swap_free_low_percentage",
					   "150",
					   "ro.lmk.lowmem_min_oom_score",
					   "-5",
					   "ro.lmk.kill_timeout_ms",
					   "soon",
					   "ro.lmk.use_psi",
					   "perhaps",
					   NULL };

	(void)state;
	properties = set;
	assert_int_equal(load("[agent]\nstrategy = android\n"), 0);
	assert_int_equal(config.android.swap_free_low_percentage, 100);
	assert_int_equal(config.android.lowmem_min_oom_score, 201);
	assert_int_equal(config.android.kill_timeout_ms, 100);
	assert_true(config.android.use_psi);
	assert_non_null(strstr(said, "ro.lmk.swap_free_low_percentage = 150 is out of range, taken "
				     "as 100"));
	assert_non_null(strstr(said, "ro.lmk.kill_timeout_ms = soon is no value"));
	assert_non_null(strstr(said, "ro.lmk.use_psi = perhaps is no value"));
}

static const char *imported(const char *text)
{
	static char out[8192];
	FILE *f = fmemopen(out, sizeof(out), "w");

	assert_int_equal(props_import(put_file("getprop", text), f), 0);
	fclose(f);
	return out;
}

static void the_output_of_getprop_becomes_a_configuration(void **state)
{
	static const char want[] =
		"[agent]\nstrategy = android\n\n[android]\n"
		"low_ram = yes\n"
		"# ro.lmk.swap_free_low_percentage = 150: must be a number from 0 to "
		"100\nswap_free_low_percentage = 100\n"
		"# ro.lmk.psi_partial_stall_ms = abc: must be a number from 0 to "
		"10000\n"
		"thrashing_limit = 60\n"
		"# ro.lmk.foo = 1: not known\n"
		"# persist.device_config.lmkd_native.bar = x y: not known\n";

	(void)state;
	assert_string_equal(imported("[ro.build.id]: [AP1A]\n"
				     "[ro.lmk.swap_free_low_percentage]: [150]\n"
				     "[ro.lmk.thrashing_limit]: [30]\n"
				     "[persist.device_config.lmkd_native.thrashing_limit]: [60]\n"
				     "[ro.config.low_ram]: [y]\n"
				     "[ro.lmk.foo]: [1]\n"
				     "[persist.device_config.lmkd_native.bar]: [x y]\n"
				     "[ro.lmk.psi_partial_stall_ms]: [abc]\n"),
			    want);
	properties = NULL;
	assert_int_equal(load(want), 0);
	assert_int_equal(config.android.thrashing_limit, 60);
}

/* Longer than a line of a configuration may be. */
static void the_longest_property_gives_a_file_that_loads(void **state)
{
	char text[300], name[128], value[92], was[sizeof(text)];

	(void)state;
	snprintf(name, sizeof(name), "ro.lmk.%0120d", 1);
	snprintf(value, sizeof(value), "%091d", 1);
	snprintf(text, sizeof(text), "[%s]: [%s]\n[ro.lmk.use_psi]: [%s]\n", name, value, "x");
	snprintf(was, sizeof(was), "# ro.lmk.%083d", 0);
	assert_non_null(strstr(imported(text), was));
	properties = NULL;
	assert_int_equal(load(imported(text)), 0);
	snprintf(text, sizeof(text),
		 "[persist.device_config.lmkd_native.direct_reclaim_threshold_ms]: [%s]\n", value);
	value[0] = 'x';
	assert_int_equal(load(imported(text)), 0);
	memcpy(strstr(text, ": [") + 3, value, strlen(value));
	assert_int_equal(load(imported(text)), 0);
}

static void what_is_no_line_of_getprop_is_passed_over(void **state)
{
	static const char *const junk[] = {
		"",
		"\n\n",
		"ro.lmk.thrashing_limit=1\n",
		"[ro.lmk.thrashing_limit]\n",
		"[ro.lmk.thrashing_limit]: []\n",
		"[ro.lmk.thrashing_limit]: [\n",
		"[ro.lmk.thrashing_limit]: [1\n2]\n",
		" [ro.lmk.thrashing_limit]: [1]\n",
		"[]: [1]\n",
		"[]: []",
		"]: [",
		"[",
	};

	(void)state;
	for (size_t i = 0; i < countof(junk); i++)
		assert_string_equal(imported(junk[i]),
				    "[agent]\nstrategy = android\n\n[android]\n");
	assert_int_equal(props_import(in_scratch("none"), stdout), -ENOENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, config_end)
	static const struct CMUnitTest tests[] = {
		TEST(properties_are_read_where_the_library_is),
		TEST(a_written_key_goes_before_its_property),
		TEST(what_a_property_may_not_be_is_said_and_never_stops_the_agent),
		TEST(the_output_of_getprop_becomes_a_configuration),
		TEST(the_longest_property_gives_a_file_that_loads),
		TEST(what_is_no_line_of_getprop_is_passed_over),
	};

	return RUN("props", tests);
}
