// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_config_android.c - config_android: each of lmkd's properties as a key with its default and limits,
 * defaults that depend on others, and how they arrive in the policy.
 */
#include "config.h"

#include <errno.h>

#define ANDROID "[agent]\nstrategy = android\n[android]\n"

/* Defaults: on a device with enough memory, and on one that is low on it (NULL: the same). */
static const struct key_case {
	const char *name, *fallback, *low_ram;
	const char *good[2], *bad[2];
} keys[] = {
	{ "use_psi", "yes", NULL, { "no" }, { "2" } },
	{ "use_new_strategy", "yes", NULL, { "no" }, { "" } },
	{ "use_minfree_levels", "no", NULL, { "yes" }, { "" } },
	{ "low", "1001", NULL, { "0", "1001" }, { "1002", "-1" } },
	{ "medium", "800", NULL, { "0", "1001" }, { "1002", "-1" } },
	{ "critical", "0", NULL, { "0", "1001" }, { "1002", "-1" } },
	{ "critical_upgrade", "no", NULL, { "yes" }, { "" } },
	{ "upgrade_pressure", "100", NULL, { "0", "100" }, { "101", "" } },
	{ "downgrade_pressure", "100", NULL, { "0", "100" }, { "101", "" } },
	{ "kill_heaviest_task", "no", NULL, { "yes" }, { "" } },
	{ "kill_timeout_ms", "100", NULL, { "0", "60000" }, { "60001", "100ms" } },
	{ "pressure_after_kill_min_score", "0", NULL, { "0", "1000" }, { "1001", "-1" } },
	{ "swap_free_low_percentage", "10", NULL, { "0", "100" }, { "101", "10%" } },
	{ "psi_partial_stall_ms", "70", "200", { "0", "10000" }, { "10001", "" } },
	{ "psi_complete_stall_ms", "700", NULL, { "0", "10000" }, { "10001", "" } },
	{ "psi_window_size_ms", "1000", NULL, { "500", "10000" }, { "499", "10001" } },
	{ "thrashing_limit", "100", "30", { "0", "100000" }, { "100001", "-1" } },
	{ "thrashing_limit_decay", "10", "50", { "0", "100" }, { "101", "-1" } },
	{ "thrashing_limit_critical", "300", "90", { "0", "300000" }, { "300001", "-1" } },
	{ "swap_util_max", "100", NULL, { "0", "100" }, { "101", "-1" } },
	{ "filecache_min_kb", "0", NULL, { "0", "1073741824" }, { "1073741825", "4M" } },
	{ "stall_limit_critical", "100", NULL, { "0", "100" }, { "101", "-1" } },
	{ "direct_reclaim_threshold_ms", "0", NULL, { "0", "60000" }, { "60001", "-1" } },
	{ "swap_compression_ratio", "1", NULL, { "0", "1000" }, { "1001", "-1" } },
	{ "swap_compression_ratio_div", "1", NULL, { "1", "1000" }, { "0", "1001" } },
	{ "relaxed_available_memory", "no", NULL, { "yes" }, { "" } },
	{ "lowmem_min_oom_score", "701", NULL, { "201", "1001" }, { "200", "1002" } },
	{ "score_floor", "0", NULL, { "0", "1000" }, { "1001", "-1" } },
	{ "delay_monitors_until_boot", "no", NULL, { "yes" }, { "" } },
	{ "debug", "no", NULL, { "yes" }, { "" } },
	{ "log_stats", "yes", NULL, { "no" }, { "" } },
	{ "per_app_memcg", "no", "yes", { "yes", "no" }, { "" } },
};

static const char *printed(const char *name)
{
	static char text[8192], value[64];
	FILE *f = fmemopen(text, sizeof(text), "w");
	char key[64];
	const char *at;

	config_print(&config, f);
	fclose(f);
	snprintf(key, sizeof(key), "\n%s = ", name);
	at = strstr(strstr(text, "[android]"), key);
	assert_non_null(at);
	at += strlen(key);
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\n"), at);
	return value;
}

static void every_property_has_lmkds_default(void **state)
{
	(void)state;
	assert_int_equal(load(""), 0);
	for (size_t i = 0; i < countof(keys); i++)
		assert_string_equal(printed(keys[i].name), keys[i].fallback);
	assert_int_equal(load(ANDROID "low_ram = yes\n"), 0);
	for (size_t i = 0; i < countof(keys); i++)
		assert_string_equal(printed(keys[i].name),
				    keys[i].low_ram ? keys[i].low_ram : keys[i].fallback);
}

static void every_property_takes_what_is_in_its_limits_and_nothing_else(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < countof(keys); i++) {
		for (int k = 0; k < 2 && keys[i].good[k]; k++) {
			snprintf(text, sizeof(text), ANDROID "%s = %s\n", keys[i].name,
				 keys[i].good[k]);
			if (load(text))
				fail_msg("refused: %s: %s", text, said);
			assert_string_equal(printed(keys[i].name), keys[i].good[k]);
		}
		for (int k = 0; k < 2 && keys[i].bad[k]; k++) {
			snprintf(text, sizeof(text), ANDROID "%s = %s\n", keys[i].name,
				 keys[i].bad[k]);
			if (load(text) != -EINVAL)
				fail_msg("taken: %s", text);
			assert_non_null(strstr(said, "must be "));
		}
	}
}

static void a_default_follows_other_keys_only_where_it_was_not_written(void **state)
{
	(void)state;
	assert_int_equal(load(ANDROID "thrashing_limit = 40\n"), 0);
	assert_string_equal(printed("thrashing_limit_critical"), "120");
	assert_int_equal(load(ANDROID "thrashing_limit_critical = 300\nthrashing_limit = 40\n"), 0);
	assert_string_equal(printed("thrashing_limit_critical"), "300");
	assert_int_equal(load(ANDROID "psi_partial_stall_ms = 70\nlow_ram = yes\n"), 0);
	assert_string_equal(printed("psi_partial_stall_ms"), "70");
	assert_int_equal(load(ANDROID "use_minfree_levels = yes\n"), 0);
	assert_string_equal(printed("use_new_strategy"), "no");
	assert_int_equal(load(ANDROID "use_minfree_levels = yes\nlow_ram = yes\n"), 0);
	assert_string_equal(printed("use_new_strategy"), "yes");
}

static void keys_arrive_in_the_policy(void **state)
{
	const struct android_policy *p = &config.policy.android;

	(void)state;
	assert_int_equal(load(ANDROID
			      "kill_timeout_ms = 1\nswap_free_low_percentage = 2\n"
			      "psi_partial_stall_ms = 3\npsi_complete_stall_ms = 4\n"
			      "psi_window_size_ms = 505\nthrashing_limit = 6\n"
			      "thrashing_limit_decay = 7\nthrashing_limit_critical = 8\n"
			      "swap_util_max = 9\nfilecache_min_kb = 10\n"
			      "stall_limit_critical = 11\ndirect_reclaim_threshold_ms = 12\n"
			      "swap_compression_ratio = 13\nswap_compression_ratio_div = 14\n"
			      "pressure_after_kill_min_score = 15\nlowmem_min_oom_score = 216\n"
			      "score_floor = 17\nlow = 18\nmedium = 19\ncritical = 20\n"
			      "kill_heaviest_task = yes\nrelaxed_available_memory = yes\n"
			      "delay_monitors_until_boot = yes\nlog_stats = no\n"),
			 0);
	assert_string_equal(said, "");
	assert_string_equal(config.policy.strategy, "android");
	assert_int_equal(p->flags, ANDROID_NEW_STRATEGY | ANDROID_RELAXED | ANDROID_LATE);
	assert_int_equal(config.policy.choose.flags, CHOOSE_HEAVIEST);
	assert_int_equal(p->kill_timeout_ms, 1);
	assert_int_equal(p->swap_free_low_pct, 2);
	assert_int_equal(p->partial_stall_ms, 3);
	assert_int_equal(p->complete_stall_ms, 4);
	assert_int_equal(p->window_ms, 505);
	assert_int_equal(p->thrashing_limit_pct, 6);
	assert_int_equal(p->thrashing_limit_decay_pct, 7);
	assert_int_equal(p->thrashing_critical_pct, 8);
	assert_int_equal(p->swap_util_max_pct, 9);
	assert_int_equal(p->filecache_min_kib, 10);
	assert_int_equal(p->stall_limit_critical_pct, 11);
	assert_int_equal(p->direct_reclaim_threshold_ms, 12);
	assert_int_equal(p->swap_compression_ratio, 13);
	assert_int_equal(p->swap_compression_ratio_div, 14);
	assert_int_equal(p->pressure_after_kill_min_score, 15);
	assert_int_equal(p->lowmem_min_score, 216);
	assert_int_equal(p->score_floor, 17);
	assert_int_equal(p->level_score[0], 18);
	assert_int_equal(p->level_score[1], 19);
	assert_int_equal(p->level_score[2], 20);
}

/* Of the old strategy the triggers are fixed. */
static void the_old_strategy_has_its_own_triggers(void **state)
{
	const struct android_policy *p = &config.policy.android;

	(void)state;
	assert_int_equal(load(ANDROID "use_new_strategy = no\npsi_partial_stall_ms = 5\n"
				      "psi_window_size_ms = 2000\n"),
			 0);
	assert_int_equal(p->flags, ANDROID_LOG_STATS);
	assert_int_equal(p->partial_stall_ms, 70);
	assert_int_equal(p->complete_stall_ms, 70);
	assert_int_equal(p->window_ms, 1000);
}

static void rules_do_not_stand_beside_it(void **state)
{
	(void)state;
	assert_int_equal(load("[rule mine]\nwhen = mem.free < 5%\n" ANDROID), -EINVAL);
	assert_non_null(strstr(said, ":1: rules are for strategy = host"));
	assert_int_equal(load(ANDROID), 0);
	assert_int_equal(config.policy.rules, config.rules_builtin);
}

static const char *in_words(void)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");

	config_print_words(&config, f);
	fclose(f);
	return text;
}

static void what_has_no_effect_is_said(void **state)
{
	static const char *const idle[] = { "use_psi = no", "per_app_memcg = yes",
					    "critical_upgrade = yes", "upgrade_pressure = 50",
					    "downgrade_pressure = 50" };
	char text[256], name[64];

	(void)state;
	assert_int_equal(load(ANDROID), 0);
	assert_null(strstr(in_words(), "does nothing"));
	for (size_t i = 0; i < countof(idle); i++) {
		snprintf(text, sizeof(text), ANDROID "%s\n", idle[i]);
		assert_int_equal(load(text), 0);
		snprintf(name, sizeof(name), "# %.*s", (int)strcspn(idle[i], " "), idle[i]);
		assert_non_null(strstr(in_words(), name));
		assert_non_null(strstr(in_words(), "does nothing"));
	}
}

static void what_is_printed_gives_the_same_policy(void **state)
{
	static char once[8192];
	FILE *f = fmemopen(once, sizeof(once), "w");
	struct policy policy;

	(void)state;
	assert_int_equal(load(ANDROID "low_ram = yes\nlowmem_min_oom_score = 801\n"), 0);
	config_print(&config, f);
	fclose(f);
	policy = config.policy;
	assert_int_equal(load(once), 0);
	assert_memory_equal(&policy, &config.policy, sizeof(policy));
}

/* Without a socket nobody could be registered. */
static void unregistered_processes_are_spared_where_there_is_a_socket(void **state)
{
	static const struct {
		const char *text, *env;
		bool spared;
	} cases[] = {
		{ "[agent]\nstrategy = android\n", NULL, false },
		{ "[agent]\nstrategy = android\nlmkd_socket = /x\n", NULL, true },
		{ "[agent]\nstrategy = android\n", "5", true },
		{ "[agent]\nstrategy = android\nlmkd_socket = /x\n[android]\n"
		  "kill_unregistered = yes\n",
		  "5", false },
		{ "[agent]\nstrategy = android\n[android]\nkill_unregistered = no\n", NULL, true },
		{ "[agent]\nlmkd_socket = /x\n", NULL, false }, /* not Android's apps */
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		if (cases[i].env)
			setenv(LMKD_SOCKET_ENV, cases[i].env, 1);
		assert_int_equal(load(cases[i].text), 0);
		unsetenv(LMKD_SOCKET_ENV);
		assert_int_equal(config.policy.choose.flags,
				 cases[i].spared ? CHOOSE_REGISTERED : 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, config_end)
	static const struct CMUnitTest tests[] = {
		TEST(every_property_has_lmkds_default),
		TEST(every_property_takes_what_is_in_its_limits_and_nothing_else),
		TEST(a_default_follows_other_keys_only_where_it_was_not_written),
		TEST(keys_arrive_in_the_policy),
		TEST(the_old_strategy_has_its_own_triggers),
		TEST(rules_do_not_stand_beside_it),
		TEST(what_has_no_effect_is_said),
		TEST(what_is_printed_gives_the_same_policy),
		TEST(unregistered_processes_are_spared_where_there_is_a_socket),
	};

	return RUN("config: [android]", tests);
}
