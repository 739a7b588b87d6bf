// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_config_rules.c - config: sections [rule NAME] of all files put together, the built-in rules
 * beside them, and errors with their column.
 */
#include "config.h"

#include <errno.h>

/* This and nothing else was complained about. */
static void assert_said(const char *name, const char *what)
{
	char want[1024];

	snprintf(want, sizeof(want), "reapd: %s:%s\n", in_scratch(name), what);
	assert_string_equal(said, want);
}

/* The names of the policy's rules, in order. */
static const char *names(void)
{
	static char text[RULES_MAX * 33];

	*text = 0;
	for (__u32 i = 0; i < config.policy.rules; i++) {
		strcat(text, i ? " " : "");
		strcat(text, config.policy.rule[i].name);
	}
	return text;
}

#define WHEN "when = psi.full > 5%\n"

static void a_rule_arrives_in_the_policy(void **state)
{
	const struct rule *r = &config.policy.rule[0];

	(void)state;
	assert_int_equal(load("[rule user-apps]\n"
			      "  scope = /user.slice/*/*\n"
			      "when = psi.full >= 50% over 10s for 20s and pgscan > 0 over 30s\n"
			      "choose=cgroup ; whole\n"
			      "order : pgscan\n"
			      "action = notify, run /bin/sh, kill\n"
			      "cooldown = 15s\n"),
			 0);
	assert_string_equal(said, "");
	assert_string_equal(names(), "user-apps");
	assert_string_equal(r->scope, "/user.slice/*/*");
	assert_int_equal(r->flags, RULE_CGROUPS);
	assert_int_equal(r->terms, 2);
	assert_int_equal(r->term[0].limit, 500);
	assert_int_equal(r->term[0].for_ms, 20000);
	assert_int_equal(r->what, CHOOSE_CGROUP);
	assert_int_equal(r->order, ORDER_PGSCAN);
	assert_int_equal(r->steps, 3);
	assert_string_equal(config.programs.path[r->step[1].amount], "/bin/sh");
	assert_int_equal(r->cooldown_ms, 15000);
}

static void the_built_in_rules_apply_alone_or_when_asked_for(void **state)
{
	static const struct {
		const char *text, *names;
	} cases[] = {
		{ "", "exhausted swap-full starving thrashing" },
		{ "[rule a]\n" WHEN, "a" },
		{ "[host]\nexhausted = yes\n[rule a]\n" WHEN, "a exhausted" },
		{ "[rule a]\n" WHEN "[host]\nthrashing = yes\n[rule b]\n" WHEN, "a b thrashing" },
		{ "[host]\nexhausted = yes\nthrashing = yes\n[rule a]\n" WHEN,
		  "a exhausted thrashing" },
		{ "[rule a]\n" WHEN "[host]\nswap_full = yes\n", "a swap-full" },
		{ "[host]\nexhausted = no\n", "swap-full starving thrashing" },
		{ "[host]\nswap_full = no\n", "exhausted starving thrashing" },
		{ "[host]\nstarving = yes\n[rule a]\n" WHEN, "a starving" },
		{ "[host]\nexhausted = no\n[rule a]\n" WHEN, "a" },
		{ "[rule exhausted]\n" WHEN, "exhausted" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(load(cases[i].text), 0);
		assert_string_equal(names(), cases[i].names);
	}
}

/* Of [choose], unless the rule has its own. */
static void the_order_is_that_of_choose(void **state)
{
	(void)state;
	assert_int_equal(load("[rule a]\n" WHEN "[rule b]\norder = swap\n" WHEN
			      "[choose]\norder = size\n[host]\nthrashing = yes\n"),
			 0);
	assert_int_equal(config.policy.rule[0].order, ORDER_SIZE);
	assert_int_equal(config.policy.rule[1].order, ORDER_SWAP);
	assert_int_equal(config.policy.rule[2].order, ORDER_SIZE);
}

static void a_later_section_of_the_same_name_changes_keys(void **state)
{
	(void)state;
	drop_in("10.conf", "[rule b]\ncooldown = 5s\n");
	drop_in("20.conf", "[rule c]\n" WHEN "[rule a]\naction = notify\n" WHEN);
	assert_int_equal(load("[rule a]\ncooldown = 1s\nwhen = mem.free < 1M\n"
			      "[rule b]\n" WHEN "[rule a]\nshadow = yes\n"),
			 0);
	assert_string_equal(names(), "a b c");
	assert_int_equal(config.policy.rule[0].term[0].signal, SIGNAL_PSI_FULL);
	assert_int_equal(config.policy.rule[0].step[0].kind, STEP_NOTIFY);
	assert_int_equal(config.policy.rule[0].cooldown_ms, 1000);
	assert_int_equal(config.policy.rule[0].flags, RULE_SHADOW);
	assert_int_equal(config.policy.rule[1].cooldown_ms, 5000);
}

static void an_error_has_line_and_column(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "[rule a]\nwhen = psi.full is 5%\n", "2:17: expected >=, >, <= or <, got 'is'" },
		{ "[rule a]\n\t when   =   psi.ful > 5% ; x\n",
		  "2:14: unknown signal 'psi.ful'; did you mean psi.full?" },
		{ "[rule a]\r\nwhen:psi.full > 5% and\r\n",
		  "2:23: expected a signal, got the end of the line" },
		{ "[rule a]\n" WHEN "\n\nchoose = me\n",
		  "5:10: expected process, cgroup or group, got 'me'" },
		{ "[rule a]\nwhen = psi.full > 5% and memory.current > 5%\n",
		  "2:26: only a cgroup has memory.current: the rule needs a scope below /" },
		{ "[rule a]\n" WHEN "  order = stall\n",
		  "3:11: order = stall needs choose = cgroup" },
		{ "[rule a]\n" WHEN "action = kill, run /bin/sh\n",
		  "3:16: no step can come behind 'kill'" },
		{ "[rule a]\n" WHEN "action = run /no/such\n",
		  "3:14: /no/such: No such file or directory" },
		{ "[rule a]\nwhen = mem.available < 10% or swap.free < 10%\n",
		  "2:28: there is no 'or': write a second rule" },
		{ "[rule a]\nwhen =\n", "2:7: expected a signal, got the end of the line" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(load(cases[i].text), -EINVAL);
		assert_said("reapd.conf", cases[i].said);
	}
}

static void an_error_of_a_section_has_its_line(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "\n[rule a]\n", "2: [rule a] has no 'when'" },
		{ "[rule a]\ncooldown = 5s\n[rule b]\n" WHEN "[rule a]\n",
		  "1: [rule a] has no 'when'" },
		{ "[rule a]\n" WHEN "colour = red\n",
		  "3: unknown key 'colour' in section [rule a]" },
		{ "[rule a]\n" WHEN "schope = /a\n",
		  "3: unknown key 'schope' in section [rule a]; did you mean scope?" },
		{ "[rule]\n" WHEN,
		  "1: [rule NAME]: a name is 1 to 31 letters, digits, '_', '.' and '-'" },
		{ "[rule a/b]\n" WHEN,
		  "1: [rule NAME]: a name is 1 to 31 letters, digits, '_', '.' and '-'" },
		{ "[rule this-name-is-longer-than-thirty-one-bytes-and-than-fifty-bytes-too]\n" WHEN,
		  "1: [rule NAME]: a name is 1 to 31 letters, digits, '_', '.' and '-'" },
		{ "[rules]\n" WHEN, "2: unknown section [rules]" },
		{ "[rule a\n", "1: expected [section] or key = value" },
		{ "[host]\nthrashing = yes\n[rule thrashing]\n" WHEN,
		  "3: the built-in rule thrashing applies too ([host]): use another name" },
		{ "[host]\nswap_full = yes\n[rule swap-full]\n" WHEN,
		  "3: the built-in rule swap-full applies too ([host]): use another name" },
	};

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		assert_int_equal(load(cases[i].text), -EINVAL);
		assert_said("reapd.conf", cases[i].said);
	}
}

static void an_error_names_the_file_that_has_it(void **state)
{
	(void)state;
	drop_in("10.conf", "[rule a]\nchoose = process\n\norder = pgscan\n");
	drop_in("20.conf", "[rule a]\ncooldown = 5s\n");
	assert_int_equal(load("[rule a]\n" WHEN "choose = cgroup\n"), -EINVAL);
	assert_said("reapd.conf.d/10.conf", "4:9: order = pgscan needs choose = cgroup");
}

static char *many_rules(int n)
{
	static char text[RULES_MAX * 64 + 256];
	size_t len = 0;

	for (int i = 0; i < n; i++)
		len += (size_t)sprintf(text + len, "[rule r%d]\n%s", i, WHEN);
	return text;
}

static void more_rules_than_there_are_bits_for_are_refused(void **state)
{
	(void)state;
	assert_int_equal(load(many_rules(RULES_MAX)), 0);
	assert_int_equal(config.policy.rules, RULES_MAX);
	assert_int_equal(load(many_rules(RULES_MAX + 1)), -EINVAL);
	assert_said("reapd.conf", "65: more than 32 rules");
	drop_in("10.conf", "[host]\nexhausted = yes\nthrashing = yes\n");
	assert_int_equal(load(many_rules(RULES_MAX - 2)), 0);
	assert_int_equal(load(many_rules(RULES_MAX - 1)), -EINVAL);
	assert_said("reapd.conf", "61: more than 32 rules with the built-in ones");
}

static char *print(void)
{
	static char text[2][16384];
	static int turn;
	char *p = text[turn++ % 2];
	FILE *f = fmemopen(p, sizeof(text[0]), "w");

	config_print(&config, f);
	config_print_words(&config, f);
	fclose(f);
	return p;
}

/* With the words: they are comments. */
static void what_is_printed_loads_as_the_same(void **state)
{
	static struct policy policy;
	char *once, *again;

	(void)state;
	assert_int_equal(load("[choose]\norder = growth\n"
			      "[rule b]\nwhen = growth > 100M and system.psi.some > 1% for 5s\n"
			      "scope = /a/*\nmax_bytes = 1G\nchoose = group\n"
			      "[rule a]\nwhen = swap.free < 1000K\naction = run /bin/sh, term 5s\n"
			      "[host]\nexhausted = yes\n[protect]\nuid = 0\n"),
			 0);
	policy = config.policy;
	once = print();
	assert_int_equal(load(once), 0);
	again = print();
	assert_string_equal(once, again);
	assert_memory_equal(&policy, &config.policy, sizeof(policy));
	assert_string_equal(names(), "b a exhausted");
}

static void each_rule_is_said_in_words(void **state)
{
	(void)state;
	assert_int_equal(load("[rule overload]\nwhen = psi.full >= 60% and mem.available < 10%\n"
			      "[host]\nthrashing = yes\n"),
			 0);
	assert_non_null(strstr(
		print(),
		"\n\n"
		"# rule overload: when, of the whole machine, full memory stall over 2s is at\n"
		"# least 60% and available memory is below 10%; then kill the process with the\n"
		"# highest badness; no cooldown.\n"
		"\n"
		"# rule thrashing: when, of the whole machine, full memory stall over 2s is at\n"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, config_end)
	static const struct CMUnitTest tests[] = {
		TEST(a_rule_arrives_in_the_policy),
		TEST(the_built_in_rules_apply_alone_or_when_asked_for),
		TEST(the_order_is_that_of_choose),
		TEST(a_later_section_of_the_same_name_changes_keys),
		TEST(an_error_has_line_and_column),
		TEST(an_error_of_a_section_has_its_line),
		TEST(an_error_names_the_file_that_has_it),
		TEST(more_rules_than_there_are_bits_for_are_refused),
		TEST(what_is_printed_loads_as_the_same),
		TEST(each_rule_is_said_in_words),
	};

	return RUN("config: rules", tests);
}
