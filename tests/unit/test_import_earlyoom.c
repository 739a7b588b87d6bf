// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_import_earlyoom.c - earlyoom's options: what earlyoom refuses is refused with the option named,
 * what it takes becomes rules that reapd takes.
 */
#include "import.h"

/* The words of one command line. */
static const char *run(const char *line)
{
	char *words[32] = { "earlyoom" }, *copy = strdup(line);
	int n = import_words(copy, words + 1, countof(words) - 2);
	const char *wrong;

	assert_true(n >= 0);
	begin();
	wrong = ended(import_earlyoom_args(&im, n + 1, words));
	free(copy);
	return wrong;
}

/* The `when` of the two rules; NULL: there is no such rule. */
static void assert_rules(const char *line, const char *kill, const char *term)
{
	char when[160];

	assert_null(run(line));
	assert_int_equal(has_line("[rule earlyoom-kill]"), kill != NULL);
	assert_int_equal(has_line("[rule earlyoom-term]"), term != NULL);
	for (int i = 0; i < 2; i++) {
		if (!(i ? term : kill))
			continue;
		snprintf(when, sizeof(when), "when = %s", i ? term : kill);
		assert_line(when);
	}
}

#define MEM(n)	"mem.available <= " n
#define SWAP(n) " and swap.free <= " n

static void limits_are_two_rules(void **state)
{
	(void)state;
	assert_rules("", MEM("5%") SWAP("5%"), MEM("10%") SWAP("10%"));
	assert_rules("-m 1", MEM("0.5%") SWAP("5%"), MEM("1%") SWAP("10%"));
	assert_rules("-s 2", MEM("5%") SWAP("1%"), MEM("10%") SWAP("2%"));
	assert_rules("-m 2,1", MEM("1%") SWAP("5%"), MEM("2%") SWAP("10%"));
	assert_rules("-s 2,1", MEM("5%") SWAP("1%"), MEM("10%") SWAP("2%"));
	assert_rules("-m 7,3.1", MEM("3.1%") SWAP("5%"), MEM("7%") SWAP("10%"));
	/* The last one counts. */
	assert_rules("-m 7 -m 20,18", MEM("18%") SWAP("5%"), MEM("20%") SWAP("10%"));
	/* SIGKILL above SIGTERM: at both. */
	assert_rules("-m 1,2", MEM("2%") SWAP("5%"), MEM("2%") SWAP("10%"));
	assert_rules("-m 5,9", MEM("9%") SWAP("5%"), MEM("9%") SWAP("10%"));
	assert_rules("-s 1,2", MEM("5%") SWAP("2%"), MEM("10%") SWAP("2%"));
	/* Both the same: SIGTERM's turn never comes. */
	assert_rules("-m 4,4 -s 8,8", MEM("4%") SWAP("8%"), NULL);
	/* Never SIGKILL by the level of memory. */
	assert_rules("-m 5,0", NULL, MEM("5%") SWAP("10%"));
	assert_rules("-m 5,", NULL, MEM("5%") SWAP("10%"));
	assert_rules("-s 5,0", MEM("5%") SWAP("0%"), MEM("10%") SWAP("5%"));
}

static void all_of_swap_is_not_looked_at(void **state)
{
	(void)state;
	assert_rules("-s 100", MEM("5%") SWAP("50%"), MEM("10%"));
	assert_note("when = " MEM("10%"), "swap is not looked at");
	assert_rules("-s 100,100", MEM("5%"), MEM("10%"));
	assert_rules("-s 100 -S 1024", MEM("5%") SWAP("50%") SWAP("512K"), MEM("10%") SWAP("1M"));
}

static void sizes_are_kept_and_the_lower_limit_counts(void **state)
{
	(void)state;
	assert_rules("-M 1048576", MEM("512M") SWAP("5%"), MEM("1G") SWAP("10%"));
	assert_rules("-M 4097,1", MEM("1K") SWAP("5%"), MEM("4097K") SWAP("10%"));
	assert_rules("-S 409600", MEM("5%") SWAP("200M"), MEM("10%") SWAP("400M"));
	assert_rules("-m 10 -M 167772", MEM("5%") " and " MEM("83886K") SWAP("5%"),
		     MEM("10%") " and " MEM("167772K") SWAP("10%"));
	assert_rules("-s 10 -S 83886,41943", MEM("5%") SWAP("5%") SWAP("41943K"),
		     MEM("10%") SWAP("10%") SWAP("83886K"));
	assert_rules("-m 10 -M 1024,0", NULL, MEM("10%") " and " MEM("1M") SWAP("10%"));
	/* All of it, and the hundredth above that earlyoom grants. */
	assert_rules("-M 16777216", MEM("8G") SWAP("5%"), MEM("16G") SWAP("10%"));
	assert_rules("-M 16946682,1024", MEM("1M") SWAP("5%"), MEM("16946682K") SWAP("10%"));
}

static void shares_are_rounded_and_that_is_said(void **state)
{
	(void)state;
	assert_rules("-m 3.14", MEM("1.6%") SWAP("5%"), MEM("3.1%") SWAP("10%"));
	assert_note("when = " MEM("3.1%"), "3.14% rounded");
	assert_note("when = " MEM("1.6%"), "1.57% rounded");
	assert_rules("-s 12.34", MEM("5%") SWAP("6.2%"), MEM("10%") SWAP("12.3%"));
	/* Not down to never. */
	assert_rules("-m 0.01", MEM("0.1%") SWAP("5%"), MEM("0.1%") SWAP("10%"));
	assert_rules("-m 1e1", MEM("5%") SWAP("5%"), MEM("10%") SWAP("10%"));
	assert_no("rounded");
}

static void bad_numbers_are_refused_with_their_option(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "-m 0", "-m 0: a limit of 0" },
		{ "-m ''", "-m : a limit of 0" },
		{ "-m ,", "a limit of 0" },
		{ "-m -10", "-m: -10 is below 0" },
		{ "-m -1", "-m: -1 is below 0" },
		{ "-m 100", "-m: 100 is more than 99" },
		{ "-m 2147483648", "more than 99" },
		{ "-m 4294967296", "more than 99" },
		{ "-m 1,-1", "-m: -1 is below 0" },
		{ "-m 1000,-1000", "-m: 1000 is more" },
		{ "-m 50,100", "-m: 100 is more" },
		{ "-s 0", "-s 0" },
		{ "-s -10", "-s: -10 is below 0" },
		{ "-s -1", "-s: -1 is below 0" },
		{ "-s 101", "-s: 101 is more than 100" },
		{ "-s 2147483648", "-s: 2147483648 is more" },
		{ "-s 4294967296", "-s: 4294967296 is more" },
		{ "-M -1", "-M: -1 is below 0" },
		{ "-M 2147483648", "-M: 2147483648 is more than 16946683 KiB" },
		{ "-M 4294967296", "-M: 4294967296 is more" },
		{ "-M 9999999999999999", "all that this machine has" },
		{ "-S -1", "-S: -1 is below 0" },
		{ "-S 2147483648", "-S: 2147483648 is more than 4236671 KiB" },
		{ "-S 4294967296", "-S: 4294967296 is more" },
		/* What is no pair of numbers. */
		{ "-m 22[,20]", "-m: '22[' is not a number" },
		{ "-m x1,x2", "-m: 'x1' is not a number" },
		{ "-m 1x,2x", "-m: '1x' is not a number" },
		{ "-m 1.1.", "-m: '1.1.' is not a number" },
		{ "-m 4,0,2,0", "-m: '0,2,0' is not a number" },
		{ "-m '5 '", "-m: '5 ' is not a number" },
		{ "-m nan", "-m: 'nan' is not a number" },
		{ "-m inf", "-m: 'inf' is not a number" },
		{ "-m 0x5", "-m: '0x5' is not a number" },
		{ "-m 1e999", "-m: '1e999' is not a number" },
		{ "-r -1", "-r: '-1' is not a time" },
		{ "-w -1", "-w: '-1' is not a time" },
		{ "-w soon", "-w: 'soon' is not a time" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_wrong(run(rows[i].line), rows[i].words);
}

static void bad_options_are_refused(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "-q", "unknown option -q" },
		{ "--sweep", "unknown option --sweep" },
		{ "--dryrun=yes", "unknown option --dryrun=yes" },
		{ "-m", "-m needs a value" },
		{ "--avoid", "--avoid needs a value" },
		{ "xyz", "'xyz' is not an option" },
		{ "-i 1", "'1' is not an option" },
		{ "-h", "-h only" },
		{ "--help", "-h only" },
		{ "-v", "-v only" },
		{ "--avoid '('", "--avoid: '('" },
		{ "--prefer '['", "--prefer: '['" },
		{ "--ignore 'a**b('", "--ignore: 'a**b('" },
	};
	char line[400] = "-m ";

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_wrong(run(rows[i].line), rows[i].words);
	memset(line + 3, '1', 300);
	assert_wrong(run(line), "-m: longer");
}

static void what_has_no_line_is_left_out(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "-k", "-k: earlyoom too" },
		{ "-i", "-i: earlyoom too" },
		{ "-n", "-n: " },
		{ "-p", "-p: " },
		{ "-r 3600", "-r 3600: " },
		{ "-r=0", "-r =0: " },
		{ "-r 0.1", "-r 0.1: " },
		{ "-N tell", "-N tell: not an absolute path" },
		{ "-N '/usr/bin/tell all'", "without blanks" },
		{ "-P tell", "-P tell: not an absolute path" },
		{ "-P '/usr/bin/tell all'", "without blanks" },
		{ "--syslog", "--syslog: " },
		{ "--kernel-oom", "--kernel-oom: " },
	};

	(void)state;
	assert_null(run(""));
	assert_int_equal(json_object_array_length(im.left), 0);
	assert_line("# Nothing was left out.");
	for (size_t i = 0; i < countof(rows); i++) {
		assert_null(run(rows[i].line));
		assert_left(rows[i].words);
		assert_line("when = " MEM("5%") SWAP("5%"));
		assert_line("action = kill");
	}
}

static void settings_become_keys(void **state)
{
	(void)state;
	assert_null(run("--dryrun -d --sort-by-rss -w 30"));
	assert_line("dry_run = yes");
	assert_line("verbose = yes");
	assert_line("order = size");
	assert_line("kill_timeout = 30s");
	assert_line("action = term 30s");
	assert_note("order = size", "swapped out");
	assert_null(run("--debug"));
	assert_line("verbose = yes");
	/* As far as a key goes. */
	assert_null(run("-w 300"));
	assert_line("kill_timeout = 60s");
	assert_line("action = term 300s");
	assert_null(run("-w 0"));
	assert_line("kill_timeout = 50ms");
	assert_line("action = term 1ms");
	assert_null(run("-w 1.5"));
	assert_line("action = term 1500ms");
	assert_null(run("-g"));
	assert_line("choose = group");
	assert_null(run("-N /bin/true"));
	assert_line("post_kill = /bin/true");
	assert_note("post_kill = /bin/true", "REAPD_PID");
	assert_null(run("-P /bin/true"));
	assert_line("action = run /bin/true, wait 200ms, kill");
	assert_line("action = run /bin/true, wait 200ms, term 10s");
	assert_note("action = run /bin/true, wait 200ms, kill", "REAPD_PID");
}

static void names_become_filters(void **state)
{
	(void)state;
	assert_null(run("--avoid '^(foo|bar)$' --prefer '^Web' --ignore '^sshd$' "
			"--ignore-root-user"));
	assert_line("[avoid]");
	assert_line("package = foo");
	assert_line("package = bar");
	assert_line("[prefer]");
	assert_line("package = Web*");
	assert_line("[protect]");
	assert_line("package = sshd");
	assert_line("uid = 0  ; the real user id");
	assert_note("package = foo", "300 of 1000");
	assert_int_equal(json_object_array_length(im.left), 0);
	/* As earlyoom's own example writes it. */
	assert_null(run("--avoid '(^|/)(init|X|sshd|firefox)$'"));
	assert_line("package = init");
	assert_line("package = firefox");
	assert_int_equal(json_object_array_length(im.left), 0);
	/* Preferred and avoided: neither; ignored: in any case. */
	assert_null(run("--avoid '^(a|b|c)$' --prefer '^(b|c)$' --ignore '^c$'"));
	assert_line("package = a");
	assert_no("package = b");
	assert_no("[prefer]");
	assert_line("[protect]");
	/* An abbreviation, as getopt_long(3) takes it. */
	assert_null(run("--avo ^foo"));
	assert_line("package = foo*");
}

static void names_that_cannot_be_are_named(void **state)
{
	(void)state;
	assert_null(run("--avoid 'firefox|^Xorg$'"));
	assert_line("package = Xorg");
	assert_no("package = firefox");
	assert_left("--avoid 'firefox|^Xorg$': ");
	assert_left("in 'firefox'");
	assert_left("in [avoid]");
	assert_null(run("--ignore .*"));
	assert_left("--ignore '.*'");
	assert_false(has_line("[protect]"));
	/* Longer than what earlyoom sees: a line, but that never matched. */
	assert_null(run("--prefer '^sixteen-letters1$'"));
	assert_line("package = sixteen-letters1  ; more than the 15 bytes seen there: it never "
		    "matched");
	assert_note("package = sixteen", "15 bytes");
	/* What a line of reapd.conf would end or change. */
	assert_null(run("--prefer '^a ;b$|^ c$|^d $|^e\\*$|^f\\*g$|^h=i$'"));
	assert_left("'a ;b'");
	assert_left("' c'");
	assert_left("'d '");
	assert_left("--prefer '");
	assert_line("package = h=i");
	/* A path is no name. */
	assert_null(run("--avoid /usr/bin/foo"));
	assert_left("no program's name is like this");
	assert_null(run("--avoid 'a$b'"));
	assert_left("no program's name is like this");
}

/* Line breaks and escapes of a user do not get out of their line. */
static void nothing_of_the_input_breaks_a_line(void **state)
{
	(void)state;
	assert_null(
		run("--avoid 'x\n[rule evil]\nwhen = mem.free < 100%' -N '/a\n[agent]\n\033[2J'"));
	assert_false(has_line("[rule evil]"));
	assert_no("\033");
	assert_null(run("--prefer '^x\ny$'"));
	assert_left("not valid text");
}

static void a_machine_without_swap_may_get_some(void **state)
{
	char *words[] = { "earlyoom", "-S", "9999999" };

	(void)state;
	begin();
	im.host.swap_total_kib = 0;
	assert_null(ended(import_earlyoom_args(&im, 3, words)));
	assert_line("when = " MEM("10%") SWAP("9999999K"));
}

static void the_defaults_file_is_read_as_a_shell_does(void **state)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{ "EARLYOOM_ARGS=\"-m 20\"\n", "when = " MEM("20%") SWAP("10%") },
		{ "EARLYOOM_ARGS='-m 20' # twenty", "when = " MEM("20%") SWAP("10%") },
		{ "export EARLYOOM_ARGS=\"-m 20\"", "when = " MEM("20%") SWAP("10%") },
		{ "  EARLYOOM_ARGS=-m 20\r\n", "when = " MEM("20%") SWAP("10%") },
		{ "EARLYOOM_ARGS=\"-m 30\"\nEARLYOOM_ARGS=\"-m 20\"\n#EARLYOOM_ARGS=\"-m 40\"\n",
		  "when = " MEM("20%") SWAP("10%") },
		{ "# goes on \\\nEARLYOOM_ARGS=\"-m 20 \\\n  -s 30\"\nX=1\n",
		  "when = " MEM("20%") SWAP("30%") },
		{ "EARLYOOM_ARGS=\n", "when = " MEM("10%") SWAP("10%") },
		{ "EARLYOOM_ARGS=\"\"\n", "when = " MEM("10%") SWAP("10%") },
		{ "EARLYOOM_ARGS=\"--avoid '^a\\\\.b$'\"\n", "package = a.b" },
		{ "EARLYOOM_ARGS=\"--avoid ^(a|b)$\"\n", "package = b" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		assert_null(import_text(import_earlyoom, "defaults", rows[i].text));
		assert_line(rows[i].line);
	}
	assert_null(import_text(import_earlyoom, "defaults", "EARLYOOM_ARGS=\"--avoid '^a$'\"\n"));
	assert_left("issue 380");
}

static void bad_files_are_named(void **state)
{
	(void)state;
	assert_wrong(import_text(import_earlyoom, "defaults", "#EARLYOOM_ARGS=\"-m 1\"\n"),
		     "defaults: no EARLYOOM_ARGS=");
	assert_wrong(import_text(import_earlyoom, "defaults", ""), "defaults: no EARLYOOM_ARGS=");
	assert_wrong(import_text(import_earlyoom, "defaults", "EARLYOOM_ARGS=\"-m 1\n"),
		     "a quote does not end");
	assert_wrong(import_text(import_earlyoom, "defaults", "EARLYOOM_ARGS=\"--avoid 'x\""),
		     "a quote does not end");
	assert_wrong(import_text(import_earlyoom, "defaults", "EARLYOOM_ARGS=\"-m x\"\n"),
		     "-m: 'x' is not a number");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IMPORT_TEST(limits_are_two_rules),
		IMPORT_TEST(all_of_swap_is_not_looked_at),
		IMPORT_TEST(sizes_are_kept_and_the_lower_limit_counts),
		IMPORT_TEST(shares_are_rounded_and_that_is_said),
		IMPORT_TEST(bad_numbers_are_refused_with_their_option),
		IMPORT_TEST(bad_options_are_refused),
		IMPORT_TEST(what_has_no_line_is_left_out),
		IMPORT_TEST(settings_become_keys),
		IMPORT_TEST(names_become_filters),
		IMPORT_TEST(names_that_cannot_be_are_named),
		IMPORT_TEST(nothing_of_the_input_breaks_a_line),
		IMPORT_TEST(a_machine_without_swap_may_get_some),
		IMPORT_TEST(the_defaults_file_is_read_as_a_shell_does),
		IMPORT_TEST(bad_files_are_named),
	};

	return RUN("reapctl/import earlyoom", tests);
}
