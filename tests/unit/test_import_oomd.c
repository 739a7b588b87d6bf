// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_import_oomd.c - Meta's oomd: detectors become comparisons, and a rule that is not the same one is
 * a shadow.
 */
#include "import.h"

static const char *json(const char *text)
{
	return import_text(import_oomd, "oomd.json", text);
}

/* A ruleset of these detectors, each {"name": ..., "args": ...}, and a killer of system.slice. */
static const char *run(const char *detectors, const char *action_args)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "{ \"rulesets\": [ { \"name\": \"r\", \"detectors\": [ [ \"g\", %s ] ], "
		 "\"actions\": [ { \"name\": \"kill_by_swap_usage\", \"args\": { %s } } ] } ] }",
		 detectors, action_args);
	return json(text);
}

#define SYSTEM	      "\"cgroup\": \"system.slice/*\", \"recursive\": true"
#define D(name, args) "{ \"name\": \"" name "\", \"args\": { " args " } }"
#define ON_SYSTEM     "\"cgroup\": \"system.slice\", "
#define ABOVE(more)   D("pressure_above", more "\"threshold\": 60, \"duration\": 30")
#define MEMORY	      "\"resource\": \"memory\", "

static void detectors_become_comparisons(void **state)
{
	static const struct {
		const char *detectors, *when;
	} rows[] = {
		{ ABOVE(ON_SYSTEM MEMORY), "psi.full > 60% over 10s for 30s" },
		{ D("pressure_above", ON_SYSTEM MEMORY "\"threshold\": \"5\", \"duration\": \"0\""),
		  "psi.full > 5% over 10s" },
		{ D("pressure_rising_beyond", ON_SYSTEM MEMORY
		    "\"threshold\": 80, \"duration\": 15, \"fast_fall_ratio\": 0.9"),
		  "psi.full > 80% over 60s for 15s and psi.full > 80% over 10s and psi.full > 80% "
		  "over 2s" },
		{ D("memory_above", ON_SYSTEM "\"threshold\": \"1.5G 512M\", \"duration\": 10"),
		  "memory.current > 2G for 10s" },
		{ D("memory_above", ON_SYSTEM "\"threshold\": \"32K 2048\", \"duration\": 0"),
		  "memory.current > 34K" },
		{ D("memory_above", ON_SYSTEM "\"threshold\": 1536, \"duration\": 0"),
		  "memory.current > 1536M" },
		{ D("memory_above", ON_SYSTEM "\"threshold\": \"25%\", \"duration\": 0"),
		  "memory.current > 4G" },
		{ ABOVE(ON_SYSTEM MEMORY) ", " D("memory_reclaim", ON_SYSTEM "\"duration\": 10"),
		  "psi.full > 60% over 10s for 30s and pgscan > 0 over 10s" },
		{ ABOVE(ON_SYSTEM MEMORY) ", " D("swap_free", "\"threshold_pct\": 15"),
		  "psi.full > 60% over 10s for 30s and system.swap.used > 85%" },
		{ ABOVE(ON_SYSTEM MEMORY) ", " D("pressure_above",
						 "\"cgroup\": \"/\", " MEMORY "\"threshold\": 7, "
						 "\"duration\": 1"),
		  "psi.full > 60% over 10s for 30s and system.psi.full > 7% over 10s for 1s" },
		{ D("continue", "") ", " D("dump_cgroup_overview", ON_SYSTEM
					   "\"always\": true") ", " ABOVE(ON_SYSTEM MEMORY),
		  "psi.full > 60% over 10s for 30s" },
	};
	char line[256];

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		assert_null(run(rows[i].detectors, SYSTEM));
		assert_line("[rule r]");
		assert_line("scope = /system.slice");
		snprintf(line, sizeof(line), "when = %s", rows[i].when);
		assert_line(line);
		assert_line("cooldown = 15s");
		assert_no("shadow");
		assert_line("# Nothing was left out.");
	}
}

static void what_would_fire_more_often_is_a_shadow(void **state)
{
	static const struct {
		const char *more, *note;
	} rows[] = {
		{ D("nr_dying_descendants", ON_SYSTEM "\"count\": 5"), "nr_dying_descendants" },
		{ D("exists", ON_SYSTEM "\"negate\": true"), "exists is dropped" },
		{ D("made_up", "\"x\": 1"), "made_up is dropped" },
		{ D("pressure_above",
		    ON_SYSTEM "\"resource\": \"io\", \"threshold\": 1, \"duration\": 1"),
		  "on io is dropped" },
		{ D("memory_above", ON_SYSTEM "\"threshold_anon\": \"1G\", \"duration\": 1"),
		  "anonymous memory alone" },
		{ D("swap_free", "\"threshold_pct\": 9, \"swapout_bps_threshold\": 4096"),
		  "swapout_bps_threshold is dropped" },
		{ D("pressure_above",
		    "\"cgroup\": \"workload.slice\", " MEMORY "\"threshold\": 1, \"duration\": 1"),
		  "other cgroups is dropped" },
	};
	char detectors[1024];

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		snprintf(detectors, sizeof(detectors), "%s, %s", ABOVE(ON_SYSTEM MEMORY),
			 rows[i].more);
		assert_null(run(detectors, SYSTEM));
		assert_note("when = psi.full > 60% over 10s for 30s", rows[i].note);
		assert_line("shadow = yes");
	}
	/* Nothing else is there to compare. */
	assert_null(run(D("exists", ON_SYSTEM ""), SYSTEM));
	assert_no("[rule ");
	assert_left("ruleset 'r': nothing of its detectors has a counterpart");
}

static void a_rule_is_where_something_can_be_killed(void **state)
{
	(void)state;
	/* Two cgroups that are looked at: two rules; in one of them nothing may be killed. */
	assert_null(run(ABOVE("\"cgroup\": \"user.slice,system.slice,init.scope\", " MEMORY),
			"\"cgroup\": \"system.slice/*,user.slice/user-*.slice\""));
	assert_line("[rule r]");
	assert_line("[rule r-2]");
	assert_line("scope = /user.slice");
	assert_note("scope = /user.slice", "oomd kills only in system.slice/*,user.slice/user-*");
	assert_line("scope = /system.slice");
	assert_left("pressure in init.scope");
	assert_no("shadow");
	/* A pattern is one, for each that matches. */
	assert_null(run(ABOVE("\"cgroup\": \"w.slice/*.slice\", " MEMORY),
			"\"cgroup\": \"w.slice/*.slice/*\""));
	assert_line("scope = /w.slice/*.slice");
	assert_no("kills only");
	/* Of the machine: where the victims are. */
	assert_null(
		run(D("swap_free", "\"threshold_pct\": 10"), "\"cgroup\": \"w.slice/a.slice/*\""));
	assert_line("scope = /w.slice/a.slice");
	assert_line("when = system.swap.used > 90%");
	assert_no("shadow");
	assert_null(run(D("swap_free", "\"threshold_pct\": 10"),
			"\"cgroup\": \"w.slice/ab.slice/*,w.slice/ac.slice/*\""));
	assert_line("scope = /w.slice");
	assert_note("scope = /w.slice", "kills only");
	assert_no("shadow");
	/* Anything could be the victim. */
	assert_null(run(D("swap_free", "\"threshold_pct\": 10"),
			"\"cgroup\": \"w.slice/*,system.slice/*\""));
	assert_no("scope = ");
	assert_line("when = swap.used > 90%");
	assert_line("shadow = yes");
	/* Anything is. */
	assert_null(run(D("swap_free", "\"threshold_pct\": 10"), "\"cgroup\": \"*\""));
	assert_no("scope = ");
	assert_no("shadow");
	/* Looked at here, killed there. */
	assert_null(run(ABOVE("\"cgroup\": \"a.slice\", " MEMORY), SYSTEM));
	assert_left("nothing of its detectors has a counterpart");
}

static void groups_are_rules_of_their_own(void **state)
{
	(void)state;
	assert_null(json(
		"{\"rulesets\": [{\"name\": \"a / b\", \"detectors\": ["
		"[\"one\", " ABOVE(ON_SYSTEM MEMORY) "], [" ABOVE(
			ON_SYSTEM
				MEMORY) "],"
					"[\"never\", " D(
						"stop",
						"") "]],"
						    "\"actions\": [" D("continue", "") ", " D(
							    "kill_by_pressure",
							    MEMORY SYSTEM) ", " D("kill_by_pg_scan",
										  SYSTEM) "]}]}"));
	assert_line("[rule a---b]");
	assert_line("[rule a---b-2]");
	assert_no("[rule a---b-3]");
	assert_line("order = stall");
	assert_left("a group of detectors that never agrees");
	assert_left("the action kill_by_pg_scan, for when");
}

static void actions_have_their_order_and_pause(void **state)
{
	static const struct {
		const char *action, *order;
	} rows[] = {
		{ D("kill_by_memory_size_or_growth", SYSTEM), "size" },
		{ D("kill_by_swap_usage", SYSTEM), "swap" },
		{ D("kill_by_pressure", SYSTEM ", " MEMORY "\"debug\": 1"), "stall" },
		{ D("kill_by_pg_scan", SYSTEM), "pgscan" },
	};
	char text[1024], line[32];

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		snprintf(text, sizeof(text),
			 "{\"rulesets\": [{\"detectors\": [[%s]], \"actions\": [%s], "
			 "\"post_action_delay\": 7}]}",
			 ABOVE(ON_SYSTEM MEMORY), rows[i].action);
		assert_null(json(text));
		assert_line("[rule ruleset]");
		snprintf(line, sizeof(line), "order = %s", rows[i].order);
		assert_line(line);
		assert_line("cooldown = 7s");
		assert_no("shadow");
	}
	assert_null(run(ABOVE(ON_SYSTEM MEMORY),
			SYSTEM ", \"post_action_delay\": \"3\", \"dry\": \"true\""));
	assert_line("cooldown = 3s");
	assert_line("dry_run = yes");
	assert_null(run(ABOVE(ON_SYSTEM MEMORY), SYSTEM ", \"always_continue\": true"));
	assert_no("cooldown");
	assert_null(run(ABOVE(ON_SYSTEM MEMORY), SYSTEM ", \"threshold\": \"5%\""));
	assert_note("order = swap", "at least so much swap");
	assert_null(run(ABOVE(ON_SYSTEM MEMORY), "\"cgroup\": \"system.slice/*\""));
	assert_note("choose = cgroup", "as a whole");
	/* Another victim than oomd's. */
	assert_null(json("{\"rulesets\": [{\"detectors\": [[" ABOVE(
		ON_SYSTEM MEMORY) "]], "
				  "\"actions\": [" D("kill_by_io_cost", SYSTEM) "]}]}"));
	assert_line("shadow = yes");
	assert_null(json("{\"rulesets\": [{\"detectors\": [[" ABOVE(
		ON_SYSTEM MEMORY) "]], "
				  "\"actions\": [" D("kill_by_pressure",
						     SYSTEM ", \"resource\": \"io\"") "]}]}"));
	assert_line("shadow = yes");
}

static void a_ruleset_may_be_of_each_cgroup(void **state)
{
#define EACH(cgroup, more, detector)                                          \
	"{\"rulesets\": [{\"name\": \"e\", \"cgroup\": \"" cgroup "\", " more \
	"\"detectors\": [[" detector                                          \
	"]], \"actions\": [" D("kill_by_pg_scan",                             \
			       "\"ruleset_cgroup\": \".\", \"recursive\": true") "]}]}"
	(void)state;
	assert_null(
		json(EACH("w.slice/w-*.slice", "", ABOVE("\"ruleset_cgroup\": \".\", " MEMORY))));
	assert_line("scope = /w.slice/w-*.slice");
	assert_line("when = psi.full > 60% over 10s for 30s");
	assert_no("shadow");
	assert_null(json(EACH("w.slice/w-*.slice", "\"xattr_filter\": \"user.x\", ",
			      ABOVE("\"ruleset_cgroup\": \".\", " MEMORY))));
	assert_line("shadow = yes");
	assert_null(json(EACH("w.slice/*", "",
			      ABOVE("\"ruleset_cgroup\": \".\", " MEMORY) ", " ABOVE(
				      "\"ruleset_cgroup\": \"a/*\", " MEMORY))));
	assert_line("when = psi.full > 60% over 10s for 30s");
	assert_line("shadow = yes");
	/* The top has another word for what it uses. */
	assert_null(json(EACH("/", "", D("memory_above", "\"threshold\": 8, \"duration\": 0"))));
	assert_no("scope = ");
	assert_line("when = mem.used > 8M");
	/* No path that reapd would take. */
	assert_null(json(EACH("a/../b", "", ABOVE(MEMORY))));
	assert_left("rule e: no path of a cgroup");
	assert_line("#[rule e]");
	assert_line("#action = kill");
}

static const char *run_many(int n)
{
	char detectors[1024] = "";

	for (int i = 0; i < n; i++) {
		strcat(detectors, i ? ", " : "");
		strcat(detectors,
		       D("pressure_above", ON_SYSTEM MEMORY "\"threshold\": 1, \"duration\": 0"));
	}
	return run(detectors, SYSTEM);
}

static void rules_too_large_are_commented_out(void **state)
{
	(void)state;
	assert_null(run_many(6));
	assert_line("[rule r]");
	assert_null(run_many(7));
	assert_line("#[rule r]");
	assert_line("#action = kill");
	assert_left("rule r: more than the 6 comparisons");
}

static void what_has_no_counterpart_is_left_out(void **state)
{
	(void)state;
	assert_null(json("{\"rulesets\": [], \"prekill_hooks\": [], \"version\": \"1.0.0\"}"));
	assert_left("prekill_hooks");
	assert_no("[rule ");
	assert_null(json("{\"rulesets\": [{\"name\": \"x\", \"drop-in\": {}, "
			 "\"prekill_hook_timeout\": 5, \"detectors\": [[\"g\"]], "
			 "\"actions\": [" D("systemd_restart", "\"service\": \"a\"") "]}]}"));
	assert_left("ruleset 'x': drop-in");
	assert_left("ruleset 'x': prekill_hook_timeout");
	assert_left("ruleset 'x': the action systemd_restart");
	assert_left("ruleset 'x': no action of it kills");
	/* Behind a stop nothing happens. */
	assert_null(json("{\"rulesets\": [{\"name\": \"x\", \"detectors\": [[" ABOVE(
		ON_SYSTEM MEMORY) "]], \"actions\": [" D("stop", "") ", " D("kill_by_pg_scan",
									    SYSTEM) "]}]}"));
	assert_left("no action of it kills");
	assert_null(run(ABOVE(ON_SYSTEM MEMORY "\"colour\": \"red\", "), SYSTEM ", \"taste\": 1"));
	assert_left("pressure_above: \"colour\": red");
	assert_left("kill_by_swap_usage: \"taste\": 1");
	assert_null(run(ABOVE(ON_SYSTEM MEMORY), "\"recursive\": true"));
	assert_left("without a \"cgroup\" kills nothing");
	assert_null(run(ABOVE(MEMORY), SYSTEM));
	assert_left("never agrees");
}

static void comments_are_allowed(void **state)
{
	(void)state;
	assert_null(json("// one\n/* two\n */ { /* three */ \"rulesets\": [ // four\n ] }\n"));
	assert_no("[rule ");
}

static void bad_files_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "", "not JSON" },
		{ "{\n\"rulesets\": [\n", "oomd.json:3: not JSON" },
		{ "{\n\"rulesets\": [\n}", "oomd.json:3: not JSON" },
		{ "[]", "not a JSON object" },
		{ "7", "not a JSON object" },
		{ "null", "not a JSON object" },
		{ "{}", "no \"rulesets\" in it" },
		{ "{\"rulesets\": {}}", "\"rulesets\" is not an array" },
		{ "{\"rulesets\": [1]}", "a ruleset is not an object" },
		{ "{\"rulesets\": [{\"detectors\": 1}]}", "\"detectors\" is not an array" },
		{ "{\"rulesets\": [{\"actions\": \"x\"}]}", "\"actions\" is not an array" },
		{ "{\"rulesets\": [{\"actions\": [1]}]}", "a plugin without a \"name\"" },
		{ "{\"rulesets\": [{\"actions\": [{\"name\": \"x\", \"args\": []}]}]}",
		  "\"args\" is not an object" },
		{ "{\"rulesets\": [{\"post_action_delay\": \"soon\"}]}", "must be seconds" },
		{ "{\"rulesets\": [{\"detectors\": [1], \"actions\": [" D("kill_by_pg_scan",
									  SYSTEM) "]}]}",
		  "group of detectors is not an array" },
	};
	static const struct {
		const char *detector, *words;
	} detectors[] = {
		{ D("pressure_above", ON_SYSTEM),
		  "ruleset 'r': pressure_above: \"resource\" must be" },
		{ D("pressure_above", ON_SYSTEM "\"resource\": \"cpu\""), "\"resource\" must be" },
		{ D("pressure_above", MEMORY "\"threshold\": 1"), "no \"duration\"" },
		{ D("pressure_above", MEMORY "\"duration\": 1"), "no \"threshold\"" },
		{ D("pressure_above", MEMORY "\"threshold\": 101, \"duration\": 1"),
		  "\"threshold\" is '101', must be a number from 0 to 100" },
		{ D("pressure_above", MEMORY "\"threshold\": \"x\", \"duration\": 1"), "is 'x'" },
		{ D("pressure_above", MEMORY "\"threshold\": null, \"duration\": 1"), "no \"thre" },
		{ D("memory_above", ON_SYSTEM "\"duration\": 1"), "\"threshold\" must be a size" },
		{ D("memory_above", ON_SYSTEM "\"threshold\": \"1Q\", \"duration\": 1"),
		  "\"threshold\" must be a size" },
		{ D("memory_above", ON_SYSTEM "\"threshold\": \"101%\", \"duration\": 1"),
		  "\"threshold\" must be a size" },
		{ D("memory_above", ON_SYSTEM "\"threshold\": \"1G\""), "no \"duration\"" },
		{ D("memory_reclaim", ON_SYSTEM "\"duration\": -1"), "\"duration\" is '-1'" },
		{ D("swap_free", ""), "no \"threshold_pct\"" },
		{ "7", "a plugin without a \"name\"" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_wrong(json(rows[i].text), rows[i].words);
	for (size_t i = 0; i < countof(detectors); i++)
		assert_wrong(run(detectors[i].detector, SYSTEM), detectors[i].words);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IMPORT_TEST(detectors_become_comparisons),
		IMPORT_TEST(what_would_fire_more_often_is_a_shadow),
		IMPORT_TEST(a_rule_is_where_something_can_be_killed),
		IMPORT_TEST(groups_are_rules_of_their_own),
		IMPORT_TEST(actions_have_their_order_and_pause),
		IMPORT_TEST(a_ruleset_may_be_of_each_cgroup),
		IMPORT_TEST(rules_too_large_are_commented_out),
		IMPORT_TEST(what_has_no_counterpart_is_left_out),
		IMPORT_TEST(comments_are_allowed),
		IMPORT_TEST(bad_files_are_refused),
	};

	return RUN("reapctl/import oomd", tests);
}
