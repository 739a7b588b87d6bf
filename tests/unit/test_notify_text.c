// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_notify_text.c - reapd-notify: what is told of a record, to whom, and in which words.
 */
#include "test.h"

#include "../../tools/notify_text.h"

static struct kill_record record;
static struct notice notice;

static void add_term(enum signal signal)
{
	record.term[record.terms].signal = (__u16)signal;
	record.terms++;
}

static int begin(void **state)
{
	(void)state;
	memset(&record, 0, sizeof(record));
	record.kind = RECORD_KILL;
	record.outcome = OUTCOME_FREED;
	record.kill_id = 42;
	record.wall_ns = 1700000000123456789;
	record.tgid = 1234;
	record.uid = 1000;
	record.returned_kib = 2048;
	strcpy(record.rule, "thrashing");
	strcpy(record.comm, "firefox-bin");
	strcpy(record.name, "firefox");
	strcpy(record.cgroup, "/user.slice/app.slice");
	return 0;
}

static void a_notice_has_what_the_record_has(void **state)
{
	(void)state;
	add_term(SIGNAL_PSI_FULL);
	notice_of(&notice, &record);
	assert_true(notice.killed);
	assert_false(notice.dry_run);
	assert_int_equal(notice.kill_id, 42);
	assert_int_equal(notice.time_usec, 1700000000123456);
	assert_int_equal(notice.freed_bytes, 2048 * 1024);
	assert_int_equal(notice.pid, 1234);
	assert_int_equal(notice.uid, 1000);
	assert_string_equal(notice.kind, "kill");
	assert_string_equal(notice.outcome, "freed");
	assert_string_equal(notice.rule, "thrashing");
	assert_string_equal(notice.name, "firefox");
	assert_string_equal(notice.cgroup, "/user.slice/app.slice");
	assert_int_equal(strncmp(notice.why, "psi.full ", 9), 0);
	record.name[0] = 0;
	record.returned_kib = -5;
	notice_of(&notice, &record);
	assert_string_equal(notice.name, "firefox-bin");
	assert_int_equal(notice.freed_bytes, 0);
}

/* D-Bus ends the connection of who sends anything but valid UTF-8. */
static void what_a_process_has_called_itself_is_made_valid(void **state)
{
	(void)state;
	strcpy(record.name, "a\xff\nb");
	strcpy(record.cgroup, "/\xc3");
	strcpy(record.rule, "\x80");
	notice_of(&notice, &record);
	assert_string_equal(notice.name, "a??b");
	assert_string_equal(notice.cgroup, "/?");
	assert_string_equal(notice.rule, "?");
	memset(record.name, 'x', sizeof(record.name) - 1);
	memcpy(record.name + sizeof(record.name) - 2, "\xc3",
	       2); /* cut in the middle of a letter */
	notice_of(&notice, &record);
	assert_int_equal(notice.name[sizeof(record.name) - 2], '?');
}

static void the_kind_says_whether_somebody_died(void **state)
{
	static const struct {
		__u16 kind, step;
		bool killed;
		const char *name;
	} kinds[] = {
		{ RECORD_KILL, STEP_KILL, true, "kill" },
		{ RECORD_KERNEL_OOM, 0, true, "kernel-oom" },
		{ RECORD_NO_VICTIM, 0, false, "no-victim" },
		{ RECORD_STEP, STEP_NOTIFY, false, "notify" },
		{ RECORD_STEP, STEP_FREEZE, false, "freeze" },
		{ 99, 0, false, "?" },
	};

	(void)state;
	for (size_t i = 0; i < countof(kinds); i++) {
		record.kind = kinds[i].kind;
		record.step = kinds[i].step;
		notice_of(&notice, &record);
		assert_int_equal(notice.killed, kinds[i].killed);
		assert_string_equal(notice.kind, kinds[i].name);
		assert_int_equal(notice_of_oomd(&notice), kinds[i].kind == RECORD_KILL);
	}
}

static void as_systemd_oomd_only_what_was_killed_is_told(void **state)
{
	(void)state;
	for (__u16 i = 0; i < OUTCOMES; i++) {
		record.outcome = i;
		notice_of(&notice, &record);
		assert_int_equal(notice_of_oomd(&notice), i != OUTCOME_GONE && i != OUTCOME_FAILED);
	}
	record.outcome = OUTCOME_DRY_RUN;
	record.dry_run = 1;
	notice_of(&notice, &record);
	assert_true(notice.dry_run);
	assert_false(notice_of_oomd(&notice));
}

static void check_reason(const char *wanted)
{
	char reason[64];

	assert_string_equal(notice_reason(reason, sizeof(reason), &record), wanted);
	record.terms = 0;
	memset(record.term, 0, sizeof(record.term));
}

static void the_reason_is_one_that_systemd_oomd_has_or_the_rule(void **state)
{
	(void)state;
	check_reason("rule thrashing");
	add_term(SIGNAL_GROWTH);
	add_term(SIGNAL_STUCK);
	check_reason("rule thrashing");
	add_term(SIGNAL_GROWTH);
	add_term(SIGNAL_MEM_AVAILABLE);
	check_reason("memory-used");
	add_term(SIGNAL_SWAP_FREE);
	check_reason("memory-used");
	add_term(SIGNAL_EXHAUSTION);
	check_reason("memory-used");
	add_term(SIGNAL_MEM_AVAILABLE);
	add_term(SIGNAL_PSI_SOME);
	check_reason("memory-pressure");
	add_term(SIGNAL_PSI_FULL);
	check_reason("memory-pressure");
	record.terms = 1000; /* of a record that nobody checked */
	check_reason("rule thrashing");
	strcpy(record.rule, "a\xff");
	check_reason("rule a?");
}

static void levels_are_those_of_g_memory_monitor(void **state)
{
	(void)state;
	assert_int_equal(notice_level(LEVEL_CALM), 0);
	assert_int_equal(notice_level(LEVEL_LOW), 50);
	assert_int_equal(notice_level(LEVEL_MEDIUM), 100);
	assert_int_equal(notice_level(LEVEL_CRITICAL), 255);
	assert_int_equal(notice_level(LEVELS), 0);
	assert_int_equal(notice_level(-1), 0);
}

static void a_desktop_shows_its_users_kills_and_warnings(void **state)
{
	(void)state;
	notice_of(&notice, &record);
	assert_true(notice_wanted(&notice, 1000, false));
	assert_false(notice_wanted(&notice, 1001, false));
	assert_true(notice_wanted(&notice, 1001, true));
	notice.dry_run = true;
	assert_false(notice_wanted(&notice, 1000, true));
	record.kind = RECORD_NO_VICTIM;
	notice_of(&notice, &record);
	assert_true(notice_wanted(&notice, 1001, false));
	record.kind = RECORD_STEP;
	record.step = STEP_NOTIFY;
	notice_of(&notice, &record);
	assert_true(notice_wanted(&notice, 1001, false));
	record.step = STEP_RECLAIM;
	notice_of(&notice, &record);
	assert_false(notice_wanted(&notice, 1000, true));
	record.step = STEP_NOTIFY;
	record.dry_run = 1;
	notice_of(&notice, &record);
	assert_false(notice_wanted(&notice, 1000, true));
}

static void check_shown(const char *summary, const char *body)
{
	char text[1024];

	notice_of(&notice, &record);
	assert_string_equal(notice_summary(text, sizeof(text), &notice), summary);
	assert_string_equal(notice_body(text, sizeof(text), &notice), body);
}

static void what_is_shown_can_be_read_by_people(void **state)
{
	(void)state;
	check_shown("firefox was ended to free memory", "2.0 MiB came back. Rule thrashing.");
	add_term(SIGNAL_PSI_FULL);
	record.term[0].op = TERM_GE;
	record.term[0].value = 712;
	record.term[0].limit = 600;
	record.term[0].window_ms = 2000;
	check_shown("firefox was ended to free memory",
		    "2.0 MiB came back. Rule thrashing: psi.full 71.2% &gt;= 60% over 2s.");
	record.terms = 0;
	record.processes = 1;
	check_shown("firefox was ended to free memory", "2.0 MiB came back. Rule thrashing.");
	record.processes = 12;
	check_shown("firefox and 11 more were ended to free memory",
		    "2.0 MiB came back. Rule thrashing.");
	record.kind = RECORD_NO_VICTIM;
	record.returned_kib = 0;
	check_shown("Memory is running out",
		    "Everything that could be ended is protected. Rule thrashing.");
	record.kind = RECORD_STEP;
	check_shown("Memory is running out", "Rule thrashing.");
	record.kind = RECORD_KERNEL_OOM;
	strcpy(record.rule, "kernel OOM");
	check_shown("Memory ran out: the kernel ended firefox", "");
	record.returned_kib = 1;
	check_shown("Memory ran out: the kernel ended firefox", "1 KiB came back.");
	record.oom_limit = OOM_LIMIT_CGROUP;
	record.oom_level = 1;
	check_shown("Memory ran out: the kernel ended firefox",
		    "1 KiB came back. Reason: the limit of /user.slice was reached.");
}

static void no_name_is_markup_and_no_escape_is_cut(void **state)
{
	char text[1024];

	(void)state;
	strcpy(record.rule, "<b>&</b>");
	record.returned_kib = 0;
	notice_of(&notice, &record);
	notice_body(text, sizeof(text), &notice);
	assert_string_equal(text, "Rule &lt;b&gt;&amp;&lt;/b&gt;.");
	/* "Rule &lt;" has 9 characters. */
	assert_string_equal(notice_body(text, 9, &notice), "Rule ");
	assert_string_equal(notice_body(text, 10, &notice), "Rule &lt;");
	assert_string_equal(notice_body(text, 1, &notice), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_notice_has_what_the_record_has, begin),
		cmocka_unit_test_setup(what_a_process_has_called_itself_is_made_valid, begin),
		cmocka_unit_test_setup(the_kind_says_whether_somebody_died, begin),
		cmocka_unit_test_setup(as_systemd_oomd_only_what_was_killed_is_told, begin),
		cmocka_unit_test_setup(the_reason_is_one_that_systemd_oomd_has_or_the_rule, begin),
		cmocka_unit_test_setup(levels_are_those_of_g_memory_monitor, begin),
		cmocka_unit_test_setup(a_desktop_shows_its_users_kills_and_warnings, begin),
		cmocka_unit_test_setup(what_is_shown_can_be_read_by_people, begin),
		cmocka_unit_test_setup(no_name_is_markup_and_no_escape_is_cut, begin),
	};

	return RUN("reapd-notify: text", tests);
}
