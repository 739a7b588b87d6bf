// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* test_import_nohang.c - nohang.conf: levels become rules, what is added to badness becomes filters. */
#include "import.h"

/* A file with these lines behind the settings without which nohang does not start. */
static const char *run(const char *lines)
{
	static const char settings[] = "zram_checking_enabled = False\n"
				       "psi_path = /proc/pressure/memory\n"
				       "psi_metrics = some_avg10\n"
				       "psi_post_action_delay = 15\n"
				       "warning_exe =\n"
				       "post_kill_exe =\n"
				       "warning_threshold_min_mem = 20 %\n"
				       "warning_threshold_min_swap = 25 %\n"
				       "warning_threshold_max_zram = 45 %\n"
				       "warning_threshold_max_psi = 10\n"
				       "min_post_warning_delay = 60\n"
				       "soft_threshold_max_zram = 55 %\n"
				       "soft_threshold_max_psi = 40\n"
				       "hard_threshold_max_zram = 60 %\n"
				       "hard_threshold_max_psi = 90\n";
	static const char *const usual[] = {
		"psi_checking_enabled = False\n",	 "psi_excess_duration = 30\n",
		"low_memory_warnings_enabled = False\n", "soft_threshold_min_mem = 5 %\n",
		"soft_threshold_min_swap = 10 %\n",	 "hard_threshold_min_mem = 2 %\n",
		"hard_threshold_min_swap = 4 %\n",	 "max_soft_exit_time = 10\n",
	};
	char text[8192] = "", line[128];

	/* Settings of `lines` stand in place of those, one by one. */
	for (const char *at = settings; *at; at += strcspn(at, "\n") + 1) {
		snprintf(line, sizeof(line), "%.*s\n", (int)strcspn(at, "\n"), at);
		*strchrnul(line, '=') = 0;
		if (!strstr(lines, line))
			strncat(text, at, strcspn(at, "\n") + 1);
	}
	for (size_t i = 0; i < countof(usual); i++) {
		strcpy(line, usual[i]);
		*strchr(line, '=') = 0;
		if (!strstr(lines, line))
			strcat(text, usual[i]);
	}
	strcat(text, lines);
	return import_text(import_nohang, "nohang.conf", text);
}

static void levels_are_two_rules(void **state)
{
	(void)state;
	assert_null(run(""));
	assert_line("[rule nohang-hard]");
	assert_line("when = mem.available <= 2% and swap.free <= 4%");
	assert_line("action = kill");
	assert_line("[rule nohang-soft]");
	assert_line("when = mem.available <= 5% and swap.free <= 10%");
	assert_line("action = term 10s");
	assert_true(strstr(im.text, "[rule nohang-hard]") < strstr(im.text, "[rule nohang-soft]"));
	assert_no("psi.");
	assert_no("zram.");
	assert_no("notify");
	assert_line("# Nothing was left out.");
	assert_null(run("soft_threshold_min_mem = 512 M\nsoft_threshold_min_swap = 1.5M\n"
			"hard_threshold_min_swap = 100%\nmax_soft_exit_time = 0.1\n"));
	assert_line("when = mem.available <= 512M and swap.free <= 1536K");
	assert_line("when = mem.available <= 2%");
	assert_line("action = term 100ms");
	/* A level that is never reached is no rule. */
	assert_null(run("hard_threshold_min_mem = 0 %\n"));
	assert_no("[rule nohang-hard]");
	assert_left("hard_threshold_min_mem = 0: never reached");
	assert_null(run("soft_threshold_min_mem = 4.44 %\nmax_soft_exit_time = 7200\n"));
	assert_note("when = mem.available <= 4.4%", "4.44% rounded");
	assert_note("action = term 3600s", "Shortened");
}

static void pressure_and_zram_have_rules_when_they_are_looked_at(void **state)
{
	(void)state;
	assert_null(run("psi_checking_enabled = True\npsi_excess_duration = 5\n"));
	assert_line("[rule nohang-hard-psi]");
	assert_line("when = psi.some >= 90% over 10s for 5s and mem.available <= 2% for 5s and "
		    "swap.used >= 0%");
	assert_line("when = psi.some >= 40% over 10s for 5s and mem.available <= 5% for 5s and "
		    "swap.used >= 0%");
	assert_line("cooldown = 15s");
	assert_null(run("psi_checking_enabled = True\npsi_excess_duration = 0\n"
			"psi_metrics = full_avg60\n"));
	assert_line("when = psi.full >= 90% over 60s and mem.available <= 2% and swap.used >= 0%");
	assert_note("when = psi.full", "psi_metrics = full_avg60");
	assert_null(run("zram_checking_enabled = True\n"));
	assert_line("[rule nohang-soft-zram]");
	assert_line("when = zram.used >= 60% and mem.available <= 2%");
	assert_line("when = zram.used >= 55% and mem.available <= 5%");
}

static void pressure_may_be_a_cgroups(void **state)
{
	static const char *const none[] = { "/proc/pressure/io",
					    "/proc/pressure/cpu",
					    "/sys/fs/cgroup/a/cpu.pressure",
					    "/sys/fs/cgroup/a*/memory.pressure",
					    "/sys/fs/cgroup/a b/memory.pressure",
					    "/sys/fs/cgroup/a;/memory.pressure",
					    "/tmp/memory.pressure",
					    "" };
	char lines[256];

	(void)state;
	assert_null(run("psi_checking_enabled = True\n"
			"psi_path = /sys/fs/cgroup/user.slice/memory.pressure\n"));
	assert_line("scope = /user.slice");
	assert_note("scope = /user.slice", "Victims then come from it alone");
	assert_line(
		"when = psi.some >= 90% over 10s for 30s and system.mem.available <= 2% for 30s "
		"and system.swap.used >= 0%");
	assert_null(run("psi_checking_enabled = True\n"
			"psi_path = /sys/fs/cgroup/unified/a/b/memory.pressure\n"));
	assert_line("scope = /a/b");
	assert_null(run("psi_checking_enabled = True\n"
			"psi_path = /sys/fs/cgroup/memory.pressure\n"));
	assert_no("scope = ");
	assert_line("[rule nohang-hard-psi]");
	for (size_t i = 0; i < countof(none); i++) {
		snprintf(lines, sizeof(lines), "psi_checking_enabled = True\npsi_path = %s\n",
			 none[i]);
		assert_null(run(lines));
		assert_no("-psi]");
		assert_left("psi_path = ");
	}
	/* What is no path reapd would take is not written. */
	assert_null(run("psi_checking_enabled = True\n"
			"psi_path = /sys/fs/cgroup/a/../b/memory.pressure\n"));
	assert_left("rule nohang-hard-psi: no path of a cgroup");
	assert_line("#[rule nohang-hard-psi]");
	assert_line("#action = kill");
	/* When pressure is not looked at the path is of no account. */
	assert_null(run("psi_path = /nowhere\n"));
	assert_int_equal(json_object_array_length(im.left), 0);
}

static void warnings_notify_or_run(void **state)
{
	(void)state;
	assert_null(run("low_memory_warnings_enabled = True\n"));
	assert_line("[rule nohang-warn]");
	assert_line("when = mem.available <= 20% and swap.free <= 25%");
	assert_line("cooldown = 60s");
	assert_line("action = notify");
	assert_null(run("low_memory_warnings_enabled = True\nwarning_exe = /bin/true\n"
			"min_post_warning_delay = 1\npsi_checking_enabled = True\n"));
	assert_line("action = run /bin/true");
	assert_line("cooldown = 1s");
	assert_line("when = psi.some >= 10% over 10s and mem.available <= 20% and swap.used >= 0%");
	assert_null(run("low_memory_warnings_enabled = True\nwarning_exe = wall low memory\n"));
	assert_note("action = notify", "warning_exe = wall low memory");
}

static void badness_becomes_filters(void **state)
{
	(void)state;
	assert_null(run("@BADNESS_ADJ_RE_NAME -200 /// ^(a|b)$\n"
			"@BADNESS_ADJ_RE_NAME  +300  ///  ^c\n"
			"@BADNESS_ADJ_RE_NAME\t0 /// ^zero$\n"
			"@BADNESS_ADJ_RE_UID -1 /// ^(0|33)$\n"
			"@BADNESS_ADJ_RE_CGROUP_V2 -50 /// ^/system\\.slice/\n"
			"@BADNESS_ADJ_RE_CGROUP_V1 50 /// ^/batch\\.slice/(x|y)\\.service$\n"
			"@BADNESS_ADJ_RE_REALPATH 9 /// ^(/usr/bin/stress|/opt/s/stress-ng)$\n"
			"@BADNESS_ADJ_RE_REALPATH 9 /// ^/usr/bin/py\n"));
	assert_line("package = a");
	assert_line("package = b");
	assert_line("package = c*");
	assert_no("zero");
	assert_line("uid = 0  ; the real user id, not the effective one");
	assert_line("uid = 33  ; the real user id, not the effective one");
	assert_line("cgroup = /system.slice  ; and all below it");
	assert_line("cgroup = /batch.slice/x.service  ; and all below it");
	assert_line("package = stress  ; /usr/bin/stress");
	assert_line("package = stress-ng  ; /opt/s/stress-ng");
	assert_line("package = py*  ; /usr/bin/py");
	assert_int_equal(json_object_array_length(im.left), 0);
	assert_true(strstr(im.text, "[avoid]") < strstr(im.text, "package = a\n"));
	assert_true(strstr(im.text, "[prefer]") < strstr(im.text, "package = c*"));
}

/* As nohang adds up. */
static void the_sum_decides(void **state)
{
	(void)state;
	assert_null(run("@BADNESS_ADJ_RE_NAME -200 /// ^(a|b|c)$\n"
			"@BADNESS_ADJ_RE_NAME 200 /// ^(a|b)$\n"
			"@BADNESS_ADJ_RE_NAME 1 /// ^b$\n"));
	assert_no("package = a");
	assert_true(strstr(im.text, "[prefer]") < strstr(im.text, "package = b\n"));
	assert_true(strstr(im.text, "[avoid]") < strstr(im.text, "package = c\n"));
}

static void what_no_filter_can_say_is_left_out(void **state)
{
	static const char *const rows[] = {
		"@BADNESS_ADJ_RE_NAME 5 /// foo",
		"@BADNESS_ADJ_RE_NAME 5 /// (?i)^foo$",
		"@BADNESS_ADJ_RE_CGROUP_V2 5 /// /foo\\.service$",
		"@BADNESS_ADJ_RE_CGROUP_V2 5 /// ^/work",
		"@BADNESS_ADJ_RE_CGROUP_V2 5 /// ^/",
		"@BADNESS_ADJ_RE_REALPATH 5 /// ^/usr/lib/gdm3/",
		"@BADNESS_ADJ_RE_REALPATH 5 /// stress",
		"@BADNESS_ADJ_RE_UID 5 /// ^1",
		"@BADNESS_ADJ_RE_UID 5 /// ^99999999999$",
		"@BADNESS_ADJ_RE_CWD 5 /// ^/home/",
		"@BADNESS_ADJ_RE_CMDLINE 5 /// --type=renderer",
		"@BADNESS_ADJ_RE_ENVIRON 5 /// USER=user",
	};
	char line[256], words[256];

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		snprintf(line, sizeof(line), "%s\n", rows[i]);
		assert_null(run(line));
		snprintf(words, sizeof(words), "%.*s", (int)strcspn(rows[i], " "), rows[i]);
		assert_left(words);
		assert_left(strstr(rows[i], "/// ") + 4);
		assert_false(has_line("[prefer]"));
	}
	assert_null(run("@SOFT_ACTION_RE_NAME ^foo$ /// kill -USR1 $PID\n@NEW_KEY 1\n"));
	assert_left("@SOFT_ACTION_RE_NAME ^foo$: 'kill -USR1 $PID'");
	assert_left("@NEW_KEY 1: not a key");
}

static void other_settings_are_named_when_they_were_changed(void **state)
{
	(void)state;
	assert_null(run("fill_rate_mem = 6000\nmin_sleep = 0.1\npost_kill_exe =\n"
			"separate_log = False\n"));
	assert_int_equal(json_object_array_length(im.left), 0);
	assert_null(run("post_kill_exe = /bin/true\n"));
	assert_line("post_kill = /bin/true");
	assert_note("post_kill = /bin/true", "SIGKILL alone");
	assert_null(run("post_kill_exe = /bin/kill $PID\n"));
	assert_left("post_kill_exe = /bin/kill $PID");
	assert_no("post_kill = ");
	assert_null(run("fill_rate_mem = 1000\npost_kill_exe = x\nnew_key = 1\n"
			"ignore_positive_oom_score_adj = True\n"));
	assert_left("fill_rate_mem = 1000");
	assert_left("post_kill_exe = x");
	assert_left("ignore_positive_oom_score_adj = True");
	assert_left("new_key = 1: not a key");
}

static void what_is_not_set_is_taken_as_nohang_ships_it(void **state)
{
	(void)state;
	assert_null(import_text(import_nohang, "x", ""));
	assert_line("when = mem.available <= 2% and swap.free <= 4%");
	assert_line("when = mem.available <= 5% and swap.free <= 10%");
	assert_left("soft_threshold_min_mem is not set: taken as '5 %'");
	/* Prose is indented. */
	assert_null(import_text(import_nohang, "x",
				"  soft_threshold_min_mem = 9 %\n\tx\n#y\n\r\n"
				"soft_threshold_min_mem = 8 %\n"));
	assert_line("when = mem.available <= 8% and swap.free <= 10%");
}

static void bad_values_are_named(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "soft_threshold_min_mem = 5\n",
		  "a number with % or M, from 0% to 50% of memory" },
		{ "soft_threshold_min_mem = 51 %\n", "soft_threshold_min_mem = 51 %: must be" },
		{ "soft_threshold_min_mem = -1 %\n", "must be" },
		{ "soft_threshold_min_mem = x %\n", "must be" },
		{ "soft_threshold_min_mem =\n", "must be" },
		{ "soft_threshold_min_mem = 9000 M\n", "must be" },
		{ "hard_threshold_max_zram = 9 %\n", "from 10% to 90%" },
		{ "hard_threshold_max_zram = 15000 M\n", "from 10% to 90%" },
		{ "soft_threshold_min_swap = 101 %\n", "a number with % (at most 100) or M" },
		{ "soft_threshold_min_swap = 10\n", "a number with %" },
		{ "soft_threshold_max_psi = 0\n", "a number from 1 to 100" },
		{ "soft_threshold_max_psi = 40 %\n", "a number from 1 to 100" },
		{ "psi_post_action_delay = 9\n", "a number of at least 10" },
		{ "max_soft_exit_time = 0\n", "a number of at least 0.1" },
		{ "psi_checking_enabled = yes\n", "True or False" },
		{ "psi_metrics = avg10\n", "some or full with" },
		{ "psi_metrics = some_avg100\n", "some or full with" },
		{ "max_soft_exit_time = 1\nmax_soft_exit_time = 1\n", "is set a second time" },
		{ "garbage\n", "neither a comment nor key = value" },
		{ "@BADNESS_ADJ_RE_NAME 5 ^x$\n", "no '///' in it" },
		{ "@BADNESS_ADJ_RE_NAME x /// ^x$\n", "'x' is not a whole number" },
		{ "@BADNESS_ADJ_RE_NAME 1.5 /// ^x$\n", "'1.5' is not a whole number" },
		{ "@BADNESS_ADJ_RE_NAME 99999999999 /// ^x$\n", "is not a whole number" },
		{ "@BADNESS_ADJ_RE_NAME 5 /// (\n", "a '(' is not closed" },
		{ "@BADNESS_ADJ_RE_CMDLINE 5 /// [\n", "a '[' is not closed" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_wrong(run(rows[i].line), rows[i].words);
	assert_wrong(import_text(import_nohang, "n.conf", "\n\nzram_checking_enabled = 1\n"),
		     "n.conf:3: zram_checking_enabled = 1");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IMPORT_TEST(levels_are_two_rules),
		IMPORT_TEST(pressure_and_zram_have_rules_when_they_are_looked_at),
		IMPORT_TEST(pressure_may_be_a_cgroups),
		IMPORT_TEST(warnings_notify_or_run),
		IMPORT_TEST(badness_becomes_filters),
		IMPORT_TEST(the_sum_decides),
		IMPORT_TEST(what_no_filter_can_say_is_left_out),
		IMPORT_TEST(other_settings_are_named_when_they_were_changed),
		IMPORT_TEST(what_is_not_set_is_taken_as_nohang_ships_it),
		IMPORT_TEST(bad_values_are_named),
	};

	return RUN("reapctl/import nohang", tests);
}
