// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_rule_parse.c - rule_parse, rule_action: every key but `when`, what it takes, and what is said
 * where it is wrong; and keys that do not go together.
 */
#include "test.h"

#include "../../agent/base/record_text.h"
#include "../../agent/rule_parse.h"

static struct rule_draft draft;
static struct rule_fault fault;
static struct programs programs;

static int begin(void **state)
{
	(void)state;
	rule_begin(&draft, "test");
	return 0;
}

static int end(void **state)
{
	(void)state;
	programs_done(&programs);
	return 0;
}

static bool set(enum rule_key key, const char *value)
{
	return rule_set(&draft, key, value, &programs, &fault);
}

static void set_good(enum rule_key key, const char *value)
{
	if (!set(key, value))
		fail_msg("%s = %s: %zu: %s", rule_key_name(key), value, fault.at, fault.text);
}

static void every_key_has_a_name(void **state)
{
	(void)state;
	for (__u32 i = 0; i < RULE_KEYS; i++)
		assert_int_equal(rule_key_find(rule_key_name(i)), i);
	assert_int_equal(rule_key_find("colour"), -1);
	assert_int_equal(rule_key_find(""), -1);
	assert_string_equal(rule_key_name(RULE_KEYS), "?");
}

static void a_name_is_letters_digits_and_few_signs(void **state)
{
	static const char *const good[] = { "a", "user-apps", "A_b.9-", "1",
					    "1234567890123456789012345678901" };
	static const char *const bad[] = {
		"", " ", "a b", "a/b", "a:b", "\xc3\xa4", "12345678901234567890123456789012"
	};

	(void)state;
	for (size_t i = 0; i < countof(good); i++)
		assert_true(rule_name_valid(good[i]));
	for (size_t i = 0; i < countof(bad); i++)
		assert_false(rule_name_valid(bad[i]));
}

static void a_new_rule_kills_one_process(void **state)
{
	struct rule want = { .name = "test", .steps = 1, .step = { { .kind = STEP_KILL } } };

	(void)state;
	assert_memory_equal(&draft.rule, &want, sizeof(want));
	assert_int_equal(draft.written, 0);
}

static void scopes_are_paths_and_patterns(void **state)
{
	static const char *const good[][2] = {
		{ "/a", "/a" },
		{ "/a/", "/a" },
		{ "/user.slice/*/*", "/user.slice/*/*" },
		{ "/a b/c", "/a b/c" },
		{ "/.a/..b/...", "/.a/..b/..." },
		{ "/a\\x2db.slice/[ab]?", "/a\\x2db.slice/[ab]?" },
	};

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		set_good(RULE_KEY_SCOPE, good[i][0]);
		assert_string_equal(draft.rule.scope, good[i][1]);
		assert_int_equal(draft.rule.flags, RULE_CGROUPS);
	}
}

/* As without the key: so that a drop-in can take a scope back. */
static void the_root_is_all_that_is_watched(void **state)
{
	struct rule before = draft.rule;

	(void)state;
	set_good(RULE_KEY_SCOPE, "/a/b/c");
	set_good(RULE_KEY_SCOPE, "/");
	assert_memory_equal(&draft.rule, &before, sizeof(before));
}

static void a_scope_is_as_long_as_a_path_can_be(void **state)
{
	char path[REAPD_PATH_LEN + 1] = "/";

	(void)state;
	memset(path + 1, 'x', sizeof(path) - 2);
	assert_false(set(RULE_KEY_SCOPE, path));
	assert_string_equal(fault.text, "longer than 251 bytes");
	path[REAPD_PATH_LEN - 1] = 0;
	set_good(RULE_KEY_SCOPE, path);
	assert_string_equal(draft.rule.scope, path);
}

static void simple_keys_take_their_values(void **state)
{
	(void)state;
	set_good(RULE_KEY_CHOOSE, "cgroup");
	assert_int_equal(draft.rule.what, CHOOSE_CGROUP);
	set_good(RULE_KEY_CHOOSE, "group");
	assert_int_equal(draft.rule.what, CHOOSE_GROUP);
	set_good(RULE_KEY_CHOOSE, "process");
	assert_int_equal(draft.rule.what, CHOOSE_PROCESS);
	for (__u32 i = 0; i < ORDERS; i++) {
		set_good(RULE_KEY_ORDER, order_name(i));
		assert_int_equal(draft.rule.order, i);
	}
	set_good(RULE_KEY_MAX_PROCESSES, "4294967295");
	assert_int_equal(draft.rule.max_processes, UINT32_MAX);
	set_good(RULE_KEY_MAX_BYTES, "2G");
	assert_int_equal(draft.rule.max_kib, 2 << 20);
	set_good(RULE_KEY_MAX_BYTES, "0");
	assert_int_equal(draft.rule.max_kib, 0);
	set_good(RULE_KEY_COOLDOWN, "24h");
	assert_int_equal(draft.rule.cooldown_ms, 86400000);
	set_good(RULE_KEY_COOLDOWN, "0");
	assert_int_equal(draft.rule.cooldown_ms, 0);
	set_good(RULE_KEY_DRY_RUN, "yes");
	set_good(RULE_KEY_SHADOW, "on");
	assert_int_equal(draft.rule.flags, RULE_DRY_RUN | RULE_SHADOW);
	set_good(RULE_KEY_DRY_RUN, "no");
	assert_int_equal(draft.rule.flags, RULE_SHADOW);
	assert_string_equal(order_name(ORDERS), "?");
}

static void a_ladder_is_read_step_by_step(void **state)
{
	static const struct step want[] = {
		{ .kind = STEP_NOTIFY },
		{ .kind = STEP_RECLAIM, .amount = 65536 },
		{ .kind = STEP_FREEZE },
		{ .kind = STEP_CLAMP },
		{ .kind = STEP_WAIT, .amount = 5000 },
		{ .kind = STEP_RUN, .amount = 1 },
		{ .kind = STEP_RUN, .amount = 0 },
		{ .kind = STEP_TERM, .amount = 10000 },
	};

	(void)state;
	set_good(RULE_KEY_ACTION, "run /bin/sh");
	set_good(RULE_KEY_ACTION,
		 "notify, reclaim 64M,freeze ,clamp , wait 5s, run /bin/ls, run /bin/sh, "
		 "term 10s");
	assert_int_equal(draft.rule.steps, countof(want));
	assert_memory_equal(draft.rule.step, want, sizeof(want));
	assert_int_equal(programs.n, 2);
	assert_string_equal(programs.path[0], "/bin/sh");
	assert_string_equal(programs.path[1], "/bin/ls");
}

static void a_kill_behind_term_says_nothing_new(void **state)
{
	struct rule term;

	(void)state;
	set_good(RULE_KEY_ACTION, "freeze, term 1h");
	term = draft.rule;
	set_good(RULE_KEY_ACTION, "freeze, term 1h, kill");
	assert_memory_equal(&draft.rule, &term, sizeof(term));
	set_good(RULE_KEY_ACTION,
		 "wait 1, wait 1, wait 1, wait 1, wait 1, wait 1, wait 1, term 1, kill");
	assert_int_equal(draft.rule.steps, RULE_STEPS);
}

static void a_second_action_takes_the_place_of_the_first(void **state)
{
	struct rule before = draft.rule;

	(void)state;
	set_good(RULE_KEY_ACTION, "notify, wait 5s, freeze, reclaim 1G, kill");
	set_good(RULE_KEY_ACTION, "kill");
	assert_memory_equal(&draft.rule, &before, sizeof(before));
}

static const struct wrong {
	enum rule_key key;
	const char *value;
	size_t at;
	const char *text;
} wrong[] = {
#define SCOPE_EXPECTED \
	"expected the path of a cgroup, or a pattern, from the root of cgroup v2: /a/b, /a/*, got "
	{ RULE_KEY_SCOPE, "", 0, SCOPE_EXPECTED "the end of the line" },
	{ RULE_KEY_SCOPE, "a/b", 0, SCOPE_EXPECTED "'a/b'" },
	{ RULE_KEY_SCOPE, "/a\x01", 0, SCOPE_EXPECTED "'/a?'" },
	{ RULE_KEY_SCOPE, "/a//b", 3, "no cgroup has '//' in its path" },
	{ RULE_KEY_SCOPE, "/a/./b", 3, "no cgroup has '.' in its path" },
	{ RULE_KEY_SCOPE, "/a/b/..", 5, "no cgroup has '..' in its path" },
	{ RULE_KEY_CHOOSE, "", 0, "expected process, cgroup or group, got the end of the line" },
	{ RULE_KEY_CHOOSE, "thread", 0, "expected process, cgroup or group, got 'thread'" },
	{ RULE_KEY_CHOOSE, "cgroup group", 0, "expected process, cgroup or group, got 'cgroup'" },
	{ RULE_KEY_ORDER, "adj", 0,
	  "expected badness, size, growth, benefit, lmkd, stall, pgscan or swap, got 'adj'" },
	{ RULE_KEY_MAX_PROCESSES, "many", 0, "expected a number, 0 for no limit, got 'many'" },
	{ RULE_KEY_MAX_PROCESSES, "-1", 0, "expected a number, 0 for no limit, got '-1'" },
	{ RULE_KEY_MAX_PROCESSES, "4294967296", 0,
	  "expected a number, 0 for no limit, got '4294967296'" },
	{ RULE_KEY_MAX_BYTES, "5%", 0,
	  "expected a size like 2G from 1K, or 0 for no limit, got '5%'" },
	{ RULE_KEY_MAX_BYTES, "512", 0,
	  "expected a size like 2G from 1K, or 0 for no limit, got '512'" },
	{ RULE_KEY_MAX_BYTES, "2 G", 0,
	  "expected a size like 2G from 1K, or 0 for no limit, got '2'" },
	{ RULE_KEY_COOLDOWN, "soon", 0, "expected a time like 15s, at most 24h, got 'soon'" },
	{ RULE_KEY_COOLDOWN, "25h", 0, "expected a time like 15s, at most 24h, got '25h'" },
	{ RULE_KEY_COOLDOWN, "15 s", 0, "expected a time like 15s, at most 24h, got '15'" },
	{ RULE_KEY_DRY_RUN, "maybe", 0, "expected yes or no, got 'maybe'" },
	{ RULE_KEY_SHADOW, "", 0, "expected yes or no, got the end of the line" },
	{ RULE_KEY_ACTION, "", 0, "expected a step, got the end of the line" },
	{ RULE_KEY_ACTION, "notify,", 7, "expected a step, got the end of the line" },
	{ RULE_KEY_ACTION, ", kill", 0,
	  "expected notify, reclaim, freeze, clamp, wait, term, run or kill, got ','" },
	{ RULE_KEY_ACTION, "kil", 0, "unknown step 'kil'; did you mean kill?" },
	{ RULE_KEY_ACTION, "notify, frezee", 8, "unknown step 'frezee'; did you mean freeze?" },
	{ RULE_KEY_ACTION, "explode", 0,
	  "expected notify, reclaim, freeze, clamp, wait, term, run or kill, got 'explode'" },
	{ RULE_KEY_ACTION, "notify kill", 7, "expected ',' or the end of the line, got 'kill'" },
	{ RULE_KEY_ACTION, "kill 5s", 5, "expected ',' or the end of the line, got '5s'" },
	{ RULE_KEY_ACTION, "kill, notify", 6, "no step can come behind 'kill'" },
	{ RULE_KEY_ACTION, "kill, kill", 6, "no step can come behind 'kill'" },
	{ RULE_KEY_ACTION, "term 5s, run /bin/sh", 9, "no step can come behind 'term'" },
	{ RULE_KEY_ACTION, "term 5s, kill, kill", 15, "no step can come behind 'kill'" },
	{ RULE_KEY_ACTION, "term", 4,
	  "expected a time like 10s behind 'term', got the end of the line" },
	{ RULE_KEY_ACTION, "term, kill", 4, "expected a time like 10s behind 'term', got ','" },
	{ RULE_KEY_ACTION, "term 0", 5, "'term' takes from 1ms to 1h, got '0'" },
	{ RULE_KEY_ACTION, "wait 61min", 5, "'wait' takes from 1ms to 1h, got '61min'" },
	{ RULE_KEY_ACTION, "reclaim", 7,
	  "expected a size like 64M behind 'reclaim', got the end of the line" },
	{ RULE_KEY_ACTION, "reclaim 5s", 8, "expected a size like 64M behind 'reclaim', got '5s'" },
	{ RULE_KEY_ACTION, "reclaim 0", 8, "'reclaim' takes from 1K to 1T, got '0'" },
	{ RULE_KEY_ACTION, "reclaim 900", 8, "'reclaim' takes from 1K to 1T, got '900'" },
	{ RULE_KEY_ACTION, "reclaim 2T", 8, "'reclaim' takes from 1K to 1T, got '2T'" },
	{ RULE_KEY_ACTION, "run", 3,
	  "expected the absolute path of a program, got the end of the line" },
	{ RULE_KEY_ACTION, "run sh", 4, "expected the absolute path of a program, got 'sh'" },
	{ RULE_KEY_ACTION, "run /no/such", 4, "/no/such: No such file or directory" },
	{ RULE_KEY_ACTION, "run /etc/passwd", 4, "/etc/passwd: not an executable file" },
	{ RULE_KEY_ACTION, "run /bin", 4, "/bin: not an executable file" },
	{ RULE_KEY_ACTION, "run /bin/sh -c", 12, "expected ',' or the end of the line, got '-c'" },
	{ RULE_KEY_ACTION, "notify, notify, notify, notify, notify, notify, notify, notify, notify",
	  64, "more than 8 steps" },
};

static void what_is_wrong_is_said_where_it_stands_and_changes_nothing(void **state)
{
	struct rule_draft before;

	(void)state;
	set_good(RULE_KEY_SCOPE, "/a/b");
	set_good(RULE_KEY_ACTION, "notify, term 5s");
	before = draft;
	for (size_t i = 0; i < countof(wrong); i++) {
		if (set(wrong[i].key, wrong[i].value))
			fail_msg("%s = %s was taken", rule_key_name(wrong[i].key), wrong[i].value);
		if (fault.at != wrong[i].at || strcmp(fault.text, wrong[i].text))
			fail_msg("%s = %s: %zu: %s", rule_key_name(wrong[i].key), wrong[i].value,
				 fault.at, fault.text);
		assert_memory_equal(&draft, &before, sizeof(before));
	}
}

static void more_programs_than_there_is_room_for_are_refused(void **state)
{
	char value[64];

	(void)state;
	for (int i = 0; i <= PROGRAMS_MAX; i++) {
		/* The same program by another path each time. */
		strcpy(value, "run /");
		for (int k = 0; k < i % 8; k++)
			strcat(value, "./");
		for (int k = 0; k < i / 8; k++)
			strcat(value, "/");
		strcat(value, "bin/sh");
		if (i < PROGRAMS_MAX)
			set_good(RULE_KEY_ACTION, value);
		else
			assert_false(set(RULE_KEY_ACTION, value));
	}
	assert_int_equal(programs.n, PROGRAMS_MAX);
	assert_non_null(strstr(fault.text, "one program more than there may be"));
	set_good(RULE_KEY_ACTION, "run /bin/sh");
}

static const struct {
	const char *when, *scope, *choose, *order, *processes, *bytes;
	int key;
	size_t at;
	const char *text;
} conflicts[] = {
	{ .when = "psi.full > 5% and memory.current > 5%",
	  .key = RULE_KEY_WHEN,
	  .at = 18,
	  .text = "only a cgroup has memory.current: the rule needs a scope below /" },
	{ .when = "memory.swap > 5M",
	  .scope = "/",
	  .key = RULE_KEY_WHEN,
	  .text = "only a cgroup has memory.swap: the rule needs a scope below /" },
	{ .when = "mem.free < 5% and system.psi.full > 5%",
	  .key = RULE_KEY_WHEN,
	  .at = 18,
	  .text = "'system.' is for rules about cgroups: this one has no scope" },
	{ .when = "memory.current > 5% and system.psi.full > 5%", .scope = "/a/*", .key = -1 },
	{ .order = "pgscan", .key = RULE_KEY_ORDER, .text = "order = pgscan needs choose = cgroup" },
	{ .order = "stall",
	  .choose = "group",
	  .key = RULE_KEY_ORDER,
	  .text = "order = stall needs choose = cgroup" },
	{ .order = "stall", .choose = "cgroup", .key = -1 },
	{ .order = "lmkd",
	  .choose = "cgroup",
	  .key = RULE_KEY_ORDER,
	  .text = "order = lmkd needs choose = process or group" },
	{ .order = "benefit",
	  .choose = "cgroup",
	  .key = RULE_KEY_ORDER,
	  .text = "order = benefit needs choose = process or group" },
	{ .order = "benefit", .choose = "group", .key = -1 },
	{ .processes = "5",
	  .key = RULE_KEY_MAX_PROCESSES,
	  .text = "a limit on what is killed whole needs choose = cgroup or group" },
	{ .bytes = "5M",
	  .choose = "process",
	  .key = RULE_KEY_MAX_BYTES,
	  .text = "a limit on what is killed whole needs choose = cgroup or group" },
	{ .processes = "0", .bytes = "0", .key = -1 },
	{ .processes = "5", .bytes = "5M", .choose = "group", .key = -1 },
};

static void keys_that_do_not_go_together_are_told_apart(void **state)
{
	int key;

	(void)state;
	for (size_t i = 0; i < countof(conflicts); i++) {
		rule_begin(&draft, "test");
		set_good(RULE_KEY_WHEN, conflicts[i].when ? conflicts[i].when : "psi.full > 5%");
		if (conflicts[i].scope)
			set_good(RULE_KEY_SCOPE, conflicts[i].scope);
		if (conflicts[i].choose)
			set_good(RULE_KEY_CHOOSE, conflicts[i].choose);
		if (conflicts[i].order)
			set_good(RULE_KEY_ORDER, conflicts[i].order);
		if (conflicts[i].processes)
			set_good(RULE_KEY_MAX_PROCESSES, conflicts[i].processes);
		if (conflicts[i].bytes)
			set_good(RULE_KEY_MAX_BYTES, conflicts[i].bytes);
		key = rule_conflict(&draft, &fault);
		assert_int_equal(key, conflicts[i].key);
		if (key < 0)
			continue;
		assert_int_equal(fault.at, conflicts[i].at);
		assert_string_equal(fault.text, conflicts[i].text);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(every_key_has_a_name),
		TEST(a_name_is_letters_digits_and_few_signs),
		TEST(a_new_rule_kills_one_process),
		TEST(scopes_are_paths_and_patterns),
		TEST(the_root_is_all_that_is_watched),
		TEST(a_scope_is_as_long_as_a_path_can_be),
		TEST(simple_keys_take_their_values),
		TEST(a_ladder_is_read_step_by_step),
		TEST(a_kill_behind_term_says_nothing_new),
		TEST(a_second_action_takes_the_place_of_the_first),
		TEST(what_is_wrong_is_said_where_it_stands_and_changes_nothing),
		TEST(more_programs_than_there_is_room_for_are_refused),
		TEST(keys_that_do_not_go_together_are_told_apart),
	};

	return RUN("rule_parse", tests);
}
