// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_config.c - config: every key, what it takes and what it refuses, and what is said then. Files,
 * drop-ins and filters are in test_config_files.c.
 */
#include "config.h"

#include <errno.h>

#define MS 1000000ULL
#define S  (1000 * MS)

/* One key: what is right, what it is printed as, what is wrong. Up to three each. */
static const struct key_case {
	const char *section, *name, *fallback;
	const char *good[3], *bad[4];
} keys[] = {
	{ "agent", "strategy", "host", { "host", "android" }, { "", "Host", "host x", "lmkd" } },
	{ "agent", "scope", "/", { "/", "/a/b" }, { "", "relative", "~" } },
	{ "agent", "dry_run", "no", { "yes", "no" }, { "", "maybe", "YES" } },
	{ "agent", "bpf_dir", "/sys/fs/bpf/reapd", { "/x" }, { "", "x" } },
	{ "agent", "run_dir", "/run/reapd", { "/x" }, { "", "x" } },
	{ "agent", "state_dir", "/var/lib/reapd", { "/x" }, { "", "x" } },
	{ "agent", "metrics_file", "", { "", "/x.prom" }, { "x.prom", "none" } },
	{ "agent", "lmkd_socket", "", { "", "/dev/socket/lmkd" }, { "lmkd", "@lmkd" } },
	{ "agent", "watchdog", "auto", { "auto", "yes", "no" }, { "", "on", "android" } },
	{ "agent", "realtime", "yes", { "yes", "no" }, { "", "2" } },
	{ "agent", "verbose", "no", { "yes", "no" }, { "", "loud" } },
	{ "agent", "max_processes", "32768", { "64", "4194304" }, { "63", "4194305", "", "1000x" } },
	{ "agent", "reapers", "2", { "1", "8" }, { "0", "9", "-1", "4294967297" } },
	{ "agent", "rss_quantum", "1M", { "64K", "1024M" }, { "63K", "1048577K", "64", "1m" } },
	{ "agent", "calm_after", "2s", { "100ms", "600s" }, { "99ms", "600001ms", "0", "1" } },
	{ "agent", "kill_timeout", "1s", { "50ms", "60s" }, { "49ms", "61s", "0", "1 s" } },
	{ "choose", "order", "badness", { "size", "benefit", "lmkd" }, { "", "0", "adj", "swap" } },
	{ "choose", "growth_horizon", "1s", { "0ms", "60s" }, { "60001ms", "-1", "" } },
	{ "choose",
	  "least_size",
	  "4M",
	  { "0K", "1048576M" },
	  { "1048577M", "-1K",
	    "4"
	    "MB" } },
	{ "host", "exhausted", "yes", { "yes", "no" }, { "", "5%" } },
	{ "host", "exhausted_mem_available", "10%", { "0%", "12.5%", "100%" }, { "5", "101%" } },
	{ "host", "exhausted_swap_free", "10%", { "0%", "100%" }, { "5", "100.1%", "" } },
	{ "host", "exhausted_within", "500ms", { "1ms", "1500ms", "60s" }, { "999us", "61s" } },
	{ "host", "swap_full", "yes", { "yes", "no" }, { "", "5%" } },
	{ "host", "swap_full_mem_available", "10%", { "0%", "100%" }, { "5", "101%" } },
	{ "host", "swap_full_within", "750ms", { "1ms", "60s" }, { "0s", "999us", "61s" } },
	{ "host", "starving", "yes", { "yes", "no" }, { "", "50%" } },
	{ "host", "starving_mem_available", "10%", { "0%", "100%" }, { "5", "101%" } },
	{ "host", "starving_psi_full", "50%", { "0.1%", "100%" }, { "0%", "0.01%", "50" } },
	{ "host", "starving_window", "500ms", { "10ms", "600s" }, { "9ms", "601s" } },
	{ "host", "thrashing", "yes", { "yes", "no" }, { "", "60%" } },
	{ "host", "thrashing_psi_full", "60%", { "0.1%", "100%" }, { "0%", "0.01%", "60" } },
	{ "host", "thrashing_window", "2s", { "10ms", "600s" }, { "9ms", "601s", "11min" } },
	{ "host", "thrashing_mem_available", "10%", { "0%", "100%" }, { "-1%", "x%" } },
	{ "host", "thrashing_swap_full", "5s", { "0ms", "60s" }, { "61s", "-1s", "5%" } },
	{ "android",
	  "bands",
	  "900 800 700 600 500 400 300 250 225 200 100 50 0 -700 -800 -900",
	  { "", "0", "1000 -999" },
	  { "1001", "-1000", "900 900", "1 2" } },
	{ "android", "kill_unregistered", "yes", { "yes", "no" }, { "", "all" } },
	{ "android", "foreground_cpuset", "/dev/cpuset/foreground", { "", "/x" }, { "x", "none" } },
};

/* The value that config_print() gives this key, in its section. */
static const char *printed(const struct key_case *k)
{
	static char text[8192], value[256];
	char head[64], name[64];
	FILE *f = fmemopen(text, sizeof(text), "w");
	char *at;

	config_print(&config, f);
	fclose(f);
	snprintf(head, sizeof(head), "[%s]\n", k->section);
	snprintf(name, sizeof(name), "\n%s =", k->name);
	at = strstr(text, head);
	assert_non_null(at);
	at = strstr(at, name);
	assert_non_null(at);
	at += strlen(name);
	at += *at == ' ';
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\n"), at);
	return value;
}

static void an_empty_file_gives_the_defaults(void **state)
{
	struct config defaults;

	(void)state;
	assert_int_equal(load(""), 0);
	assert_string_equal(said, "");
	for (size_t i = 0; i < countof(keys); i++)
		assert_string_equal(printed(&keys[i]), keys[i].fallback);
	config_defaults(&defaults);
	assert_memory_equal(&defaults.policy, &config.policy, sizeof(config.policy));
	assert_int_equal(config.filters->n, 0);
}

static void every_key_takes_what_is_in_its_limits(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < countof(keys); i++) {
		for (int g = 0; g < 3 && keys[i].good[g]; g++) {
			snprintf(text, sizeof(text), "[%s]\n%s = %s\n", keys[i].section,
				 keys[i].name, keys[i].good[g]);
			if (load(text))
				fail_msg("%s was refused: %s", text, said);
			assert_string_equal(said, "");
			assert_string_equal(printed(&keys[i]), keys[i].good[g]);
		}
	}
}

/* Said is: which file, which line, which key, what is allowed. */
static void every_key_refuses_what_is_not_and_says_what_is(void **state)
{
	char text[256], where[256];

	(void)state;
	for (size_t i = 0; i < countof(keys); i++) {
		for (int b = 0; b < 4 && keys[i].bad[b]; b++) {
			snprintf(text, sizeof(text), "\n[%s]\n%s = %s\n", keys[i].section,
				 keys[i].name, keys[i].bad[b]);
			if (load(text) != -EINVAL)
				fail_msg("%s was taken", text);
			snprintf(where, sizeof(where), "%s:3: %s = %s: must be ",
				 in_scratch("reapd.conf"), keys[i].name, keys[i].bad[b]);
			if (!strstr(said, where))
				fail_msg("%s: not said in: %s", text, said);
			assert_true(strlen(strstr(said, "must be ")) > strlen("must be \n"));
		}
	}
}

static void the_limits_themselves_are_said(void **state)
{
	(void)state;
	load("[agent]\nreapers = 9\n");
	assert_non_null(strstr(said, "must be a number from 1 to 8\n"));
	load("[agent]\nrss_quantum = 1K\n");
	assert_non_null(strstr(said, "must be a size like 64M, from 64 KiB to 1.0 GiB\n"));
	load("[agent]\nkill_timeout = 1\n");
	assert_non_null(strstr(
		said,
		"must be a time like 500ms or 2s, whole milliseconds, from 50.0 ms to 60.0 s\n"));
	load("[choose]\norder = x\n");
	assert_non_null(strstr(said, "must be one of: badness, size, growth, benefit, lmkd\n"));
}

/* Also of a rule of a person's own, where the strategy is the host's. */
static void how_android_chooses_arrives_in_the_policy(void **state)
{
	const struct choose_policy *p = &config.policy.choose;

	(void)state;
	assert_int_equal(load("[agent]\nstrategy = android\n"), 0);
	assert_int_equal(p->order, ORDER_BENEFIT);
	assert_int_equal(p->flags, 0);
	assert_int_equal(p->bands, 16);
	assert_int_equal(p->band[0], 900);
	assert_int_equal(p->band[15], -900);
	for (__u32 i = 0; i < config.policy.rules; i++)
		assert_int_equal(config.policy.rule[i].order, ORDER_BENEFIT);
	assert_int_equal(load("[agent]\nstrategy = android\n[choose]\norder = lmkd\n"
			      "least_size = 1M\n[android]\nbands = 950 -1\n"
			      "kill_heaviest_task = yes\nkill_unregistered = no\n"),
			 0);
	assert_int_equal(p->order, ORDER_LMKD);
	assert_int_equal(p->flags, CHOOSE_HEAVIEST | CHOOSE_REGISTERED);
	assert_int_equal(p->bands, 2);
	assert_int_equal(p->band[1], -1);
	assert_int_equal(p->band[2], 0);
	assert_int_equal(p->least_kib, 1024);
	for (__u32 i = 0; i < config.policy.rules; i++)
		assert_int_equal(config.policy.rule[i].order, ORDER_LMKD);
	assert_int_equal(load("[choose]\norder = benefit\n[rule a]\nwhen = mem.free < 1%\n"
			      "[rule b]\nwhen = mem.free < 1%\nchoose = cgroup\n"
			      "[android]\nbands = 7\nkill_unregistered = no\n"),
			 0);
	assert_int_equal(config.policy.rule[0].order, ORDER_BENEFIT);
	assert_int_equal(config.policy.rule[1].order, ORDER_BADNESS); /* cgroups have no adj */
	assert_int_equal(p->band[0], 7);
	assert_int_equal(p->flags, 0); /* nobody registers on a host */
}

static void values_arrive_in_the_policy_that_decides(void **state)
{
	const struct policy *p = &config.policy;

	(void)state;
	assert_int_equal(load("[choose]\norder = growth\ngrowth_horizon = 3s\nleast_size = 8M\n"
			      "[host]\nexhausted_mem_available = 7%\nexhausted_swap_free = 8%\n"
			      "exhausted_within = 9s\nthrashing_psi_full = 70%\n"
			      "thrashing_window = 11s\nthrashing_mem_available = 12.3%\n"
			      "thrashing_swap_full = 13s\nswap_full_mem_available = 14%\n"
			      "swap_full_within = 15ms\nstarving_mem_available = 16%\n"
			      "starving_psi_full = 18%\n"
			      "starving_window = 19s\n"),
			 0);
	assert_string_equal(p->strategy, "host");
	assert_int_equal(p->choose.order, ORDER_GROWTH);
	assert_int_equal(p->choose.growth_horizon_ms, 3000);
	assert_int_equal(p->choose.least_kib, 8192);
	assert_int_equal(p->rules, 4);
	assert_int_equal(p->rule[0].term[0].limit, 70);
	assert_int_equal(p->rule[0].term[1].limit, 80);
	assert_int_equal(p->rule[0].term[2].limit, 9000);
	assert_int_equal(p->rule[1].term[0].limit, 140);
	assert_int_equal(p->rule[1].term[1].limit, 15);
	assert_int_equal(p->rule[2].term[0].limit, 160);
	assert_int_equal(p->rule[2].term[2].limit, 180);
	assert_int_equal(p->rule[2].term[2].window_ms, 19000);
	assert_int_equal(p->rule[3].term[0].limit, 700);
	assert_int_equal(p->rule[3].term[0].window_ms, 11000);
	assert_int_equal(p->rule[3].term[1].limit, 123);
	assert_int_equal(p->rule[3].term[2].window_ms, 11000);
	assert_int_equal(p->rule[3].term[2].limit, 13000);
}

static void a_rule_that_is_off_is_not_in_the_policy(void **state)
{
	(void)state;
	assert_int_equal(load("[host]\nexhausted = no\n"), 0);
	assert_int_equal(config.policy.rules, 3);
	assert_string_equal(config.policy.rule[0].name, "swap-full");
	assert_string_equal(config.policy.rule[1].name, "starving");
	assert_string_equal(config.policy.rule[2].name, "thrashing");
	assert_int_equal(load("[host]\nthrashing = no\nswap_full = no\nstarving = no\n"), 0);
	assert_int_equal(config.policy.rules, 1);
	assert_string_equal(config.policy.rule[0].name, "exhausted");
	assert_int_equal(load("[host]\nthrashing = off\nexhausted = 0\nswap_full = no\n"
			      "starving = no\n"),
			 0);
	assert_int_equal(config.policy.rules, 0);
}

static void the_later_of_two_values_wins(void **state)
{
	(void)state;
	assert_int_equal(load("[agent]\nreapers = 3\n[host]\n[agent]\nreapers = 4\n"), 0);
	assert_int_equal(config.reapers, 4);
}

static void paths_are_taken_up_to_the_length_that_their_use_allows(void **state)
{
	char text[512] = "[agent]\nrun_dir = /";

	(void)state;
	memset(text + strlen(text), 'r', sizeof(config.run_dir) - 2);
	assert_int_equal(load(text), 0);
	assert_int_equal(strlen(config.run_dir), sizeof(config.run_dir) - 1);
	strcat(text, "r");
	assert_int_equal(load(text), -EINVAL);
	assert_non_null(strstr(said, "run_dir"));
}

/* Printed, loaded again and printed again. */
static void what_is_printed_loads_as_the_same(void **state)
{
	static char once[8192], again[8192];
	FILE *f = fmemopen(once, sizeof(once), "w");
	struct policy policy;

	(void)state;
	assert_int_equal(load("[agent]\nscope = /a/b\nrss_quantum = 65K\ncalm_after = 1500ms\n"
			      "dry_run = yes\n[choose]\norder = size\n"
			      "[host]\nexhausted_within = 1500ms\nthrashing_psi_full = 12.3%\n"
			      "[protect]\npackage = com.example.*\ncgroup = /a/b\nuid = 5\n"
			      "[prefer]\npackage = tmux: server\n[avoid]\nuid = 6\n"
			      "[normal]\npackage = com.example.app\n"),
			 0);
	config_print(&config, f);
	fclose(f);
	policy = config.policy;
	f = fmemopen(again, sizeof(again), "w");
	assert_int_equal(load(once), 0);
	config_print(&config, f);
	fclose(f);
	assert_string_equal(once, again);
	assert_memory_equal(&policy, &config.policy, sizeof(policy));
	assert_int_equal(config.filters->n, 6);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, config_end)
	static const struct CMUnitTest tests[] = {
		TEST(an_empty_file_gives_the_defaults),
		TEST(every_key_takes_what_is_in_its_limits),
		TEST(every_key_refuses_what_is_not_and_says_what_is),
		TEST(the_limits_themselves_are_said),
		TEST(how_android_chooses_arrives_in_the_policy),
		TEST(values_arrive_in_the_policy_that_decides),
		TEST(a_rule_that_is_off_is_not_in_the_policy),
		TEST(the_later_of_two_values_wins),
		TEST(paths_are_taken_up_to_the_length_that_their_use_allows),
		TEST(what_is_printed_loads_as_the_same),
	};

	return RUN("config: keys", tests);
}
