// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_import_systemd.c - systemd-oomd: oomd.conf, which cgroup a unit's file is about, and rules where
 * units ask for them.
 */
#include "import.h"

#include "../../tools/import_sd.h"

static const char *conf(const char *text)
{
	char file[512];

	snprintf(file, sizeof(file), "[OOM]\n%s", text);
	return import_text(import_systemd, "/etc/systemd/oomd.conf", file);
}

static const char *unit(const char *path, const char *text)
{
	return import_text(import_systemd, path, text);
}

static const char *files(size_t n, const char *const paths[], const char *const texts[])
{
	struct import_file file[8];
	const char *wrong;

	begin();
	for (size_t i = 0; i < n; i++)
		file[i] = (struct import_file){ paths[i], strdup(texts[i]) };
	wrong = ended(import_systemd(&im, file, n));
	while (n)
		free(file[--n].text);
	return wrong;
}

static void limits_are_its_own_defaults_and_those_of_the_file(void **state)
{
	(void)state;
	assert_null(conf(""));
	assert_line("scope = /user.slice/user-*.slice/user@*.service");
	assert_line("when = psi.full > 60% over 10s for 30s and pgscan > 0 over 30s");
	assert_line("when = mem.used > 90% and swap.used > 90%");
	assert_line("cooldown = 15s");
	assert_line("order = pgscan");
	assert_line("order = swap");
	assert_left("which units are watched");
	assert_null(conf("SwapUsedLimit=80%\nDefaultMemoryPressureLimit=55%\n"
			 "DefaultMemoryPressureDurationSec=5s\n"));
	assert_line("when = psi.full > 55% over 10s for 5s and pgscan > 0 over 30s");
	assert_line("when = mem.used > 80% and swap.used > 80%");
	/* Empty is the default. */
	assert_null(conf("SwapUsedLimit=\nDefaultMemoryPressureLimit=\n"
			 "DefaultMemoryPressureDurationSec=\n"));
	assert_line("when = psi.full > 60% over 10s for 30s and pgscan > 0 over 30s");
	assert_line("when = mem.used > 90% and swap.used > 90%");
}

static void shares_come_in_three_units(void **state)
{
	static const struct {
		const char *value, *ours;
	} rows[] = {
		{ "0%", "0%" },	       { "100%", "100%" },  { "33.3%", "33.3%" },
		{ "333‰", "33.3%" },   { "1000‰", "100%" }, { "3330‱", "33.3%" },
		{ "33.33%", "33.3%" }, { "1‱", "0.1%" },
	};
	static const char *const bad[] = { "60",   "%",	   "101%", "-1%",  "1001‰", "10001‱",
					   "60 %", "60%%", "x%",   "60%x", "nan%",  "‰" };
	char line[128];

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		snprintf(line, sizeof(line), "SwapUsedLimit=%s\n", rows[i].value);
		assert_null(conf(line));
		snprintf(line, sizeof(line), "when = mem.used > %s and swap.used > %s",
			 rows[i].ours, rows[i].ours);
		assert_line(line);
	}
	assert_note("when = mem.used > 0.1%", "0.01% rounded");
	for (size_t i = 0; i < countof(bad); i++) {
		snprintf(line, sizeof(line), "\nSwapUsedLimit=%s\n", bad[i]);
		assert_wrong(conf(line), "/etc/systemd/oomd.conf:3: SwapUsedLimit=");
		snprintf(line, sizeof(line), "DefaultMemoryPressureLimit=%s\n", bad[i]);
		assert_wrong(conf(line), "must be a share");
	}
}

/* Durations: 0 is the default, less than a second is refused, a second is taken. */
static void durations_are_time_spans(void **state)
{
	static const struct {
		const char *value, *ours;
	} rows[] = {
		{ "0", "30s" },	       { "0s", "30s" },		{ "1", "1s" },
		{ "1s", "1s" },	       { "1500ms", "1500ms" },	{ "2min", "120s" },
		{ "1min 30s", "90s" }, { "1min30s", "90s" },	{ "1.5min", "90s" },
		{ "1h", "3600s" },     { "2 minutes", "120s" }, { "2m", "120s" },
		{ "1000000us", "1s" }, { "1day", "3600s" },
	};
	static const char *const bad[] = { "999ms", "0.5",  "x",    "s",	"1x",
					   "-1s",   "1s x", "1..2", "infinity", "1min ,3s" };
	char line[128];

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		snprintf(line, sizeof(line), "DefaultMemoryPressureDurationSec=%s\n",
			 rows[i].value);
		assert_null(conf(line));
		snprintf(line, sizeof(line),
			 "when = psi.full > 60%% over 10s for %s and pgscan > 0 over 30s",
			 rows[i].ours);
		assert_line(line);
	}
	assert_note("when = psi.full", "86400 s shortened");
	for (size_t i = 0; i < countof(bad); i++) {
		snprintf(line, sizeof(line), "DefaultMemoryPressureDurationSec=%s\n", bad[i]);
		assert_wrong(conf(line), "must be a time of at least 1s");
	}
}

static void what_is_not_known_is_left_out(void **state)
{
	(void)state;
	assert_null(conf("PrekillHookTimeoutSec=3s\nFuture=1\n"));
	assert_left("PrekillHookTimeoutSec=3s");
	assert_left("/etc/systemd/oomd.conf:3: Future=");
	assert_wrong(conf("SwapUsedLimit\n"), "oomd.conf:2: neither");
}

static const struct {
	const char *path, *cgroup;
} units[] = {
	{ "/etc/systemd/system/user.slice", "/user.slice" },
	{ "user.slice.d/10.conf", "/user.slice" },
	{ "/x/-.slice", "/" },
	{ "/x/-.slice.d/a.conf", "/" },
	{ "/x/a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice" },
	{ "/x/user-.slice.d/a.conf", "/user.slice/user-*.slice" },
	{ "/x/user-1000.slice.d/a.conf", "/user.slice/user-1000.slice" },
	{ "/x/ssh.service", "/system.slice/ssh.service" },
	{ "/x/ssh.service.d/a.conf", "/system.slice/ssh.service" },
	{ "/x/user@.service.d/a.conf", "/user.slice/user-*.slice/user@*.service" },
	{ "/x/user@0.service", "/user.slice/user-*.slice/user@0.service" },
	{ "/x/session-3.scope", "/user.slice/user-*.slice/session-3.scope" },
	{ "/x/getty@.service", "/system.slice/system-getty.slice/getty@*.service" },
	{ "/x/getty@tty1.service", "/system.slice/system-getty.slice/getty@tty1.service" },
	{ "/x/app-.service.d/a.conf", "/system.slice/app-*.service" },
	{ "/x/a\\x2db.service", "/system.slice/a*x2db.service" },
	{ "/usr/lib/systemd/user/app.slice.d/a.conf",
	  "/user.slice/user-*.slice/user@*.service/app.slice" },
	{ "/usr/lib/systemd/user/foo.service",
	  "/user.slice/user-*.slice/user@*.service/app.slice/foo.service" },
	{ "/usr/lib/systemd/user/foo@.service",
	  "/user.slice/user-*.slice/user@*.service/app.slice/app-foo.slice/foo@*.service" },
	{ "/usr/lib/systemd/user/-.slice", "/user.slice/user-*.slice/user@*.service" },
};
static const char *const no_units[] = { "oomd.conf",
					"/etc/oomd.conf.d/a.conf",
					"",
					"/",
					"foo",
					"foo.conf",
					"a b.service",
					"x;y.slice",
					"/.d/a.conf",
					"/etc/default/slice2" };

static void a_units_file_is_about_its_cgroup(void **state)
{
	struct sd_unit u;
	char cgroup[256];

	(void)state;
	for (size_t i = 0; i < countof(units); i++) {
		assert_true(sd_unit_of(units[i].path, &u));
		assert_true(sd_unit_cgroup(&u, cgroup, sizeof(cgroup)));
		assert_string_equal(cgroup, units[i].cgroup);
	}
	for (size_t i = 0; i < countof(no_units); i++) {
		if (sd_unit_of(no_units[i], &u))
			fail_msg("a unit: %s", no_units[i]);
	}
	assert_true(sd_unit_of("/x/slice.d/all.conf", &u));
	assert_true(sd_unit_is_type(&u));
	assert_true(sd_unit_of("/x/a.slice", &u));
	assert_false(sd_unit_is_type(&u));
	assert_false(sd_unit_cgroup(&u, cgroup, 8));
	assert_true(sd_unit_cgroup(&u, cgroup, 9));
}

static void units_ask_for_rules(void **state)
{
	(void)state;
	assert_null(unit("/x/work.slice", "[Slice]\nManagedOOMMemoryPressure=kill\n"));
	assert_line("[rule work.slice-pressure]");
	assert_line("scope = /work.slice");
	assert_line("choose = cgroup");
	assert_no("swap.used");
	assert_null(unit("/x/work.slice", "[Slice]\nManagedOOMSwap=kill\n"));
	assert_line("[rule work.slice-swap]");
	assert_line("when = system.mem.used > 90% and system.swap.used > 90%");
	assert_no("psi.full");
	assert_null(unit("/x/work.slice", "[Slice]\nManagedOOMMemoryPressure=kill\n"
					  "ManagedOOMMemoryPressureLimit=20%\n"
					  "ManagedOOMMemoryPressureDurationSec=2s\n"));
	assert_line("when = psi.full > 20% over 10s for 2s and pgscan > 0 over 30s");
	/* 0 is the default. */
	assert_null(unit("/x/work.slice", "[Slice]\nManagedOOMMemoryPressure=kill\n"
					  "ManagedOOMMemoryPressureLimit=0%\n"
					  "ManagedOOMMemoryPressureDurationSec=0\n"));
	assert_line("when = psi.full > 60% over 10s for 30s and pgscan > 0 over 30s");
	/* Slice= says where it is; a specifier is anything. */
	assert_null(unit("/x/a.service", "[Service]\nSlice=w-%i.slice\nManagedOOMSwap=kill\n"));
	assert_line("scope = /w.slice/w-*.slice/a.service");
	assert_note("scope = /w.slice", "A '*' stands for");
	/* What is of all units of a type is of no cgroup. */
	assert_null(unit("/x/slice.d/a.conf", "[Slice]\nManagedOOMSwap=kill\n"));
	assert_left("slice: of no one cgroup");
	assert_no("[rule ");
	assert_line("#exhausted = no");
}

static void drop_ins_of_one_unit_add_up(void **state)
{
	static const char *const paths[] = { "/e/systemd/oomd.conf", "/u/a.slice.d/1.conf",
					     "/u/b.slice.d/1.conf", "/e/a.slice.d/2.conf" };
	static const char *const texts[] = {
		"[OOM]\nDefaultMemoryPressureLimit=70%\n",
		"[Slice]\nManagedOOMMemoryPressure=kill\nManagedOOMSwap=kill\n",
		"[Slice]\nManagedOOMMemoryPressure=kill\nManagedOOMMemoryPressureLimit=30%\n",
		"[Slice]\nManagedOOMSwap=auto\nManagedOOMMemoryPressureDurationSec=9s\n",
	};

	(void)state;
	assert_null(files(4, paths, texts));
	assert_line("[rule a.slice-pressure]");
	assert_line("when = psi.full > 70% over 10s for 9s and pgscan > 0 over 30s");
	assert_line("when = psi.full > 30% over 10s for 30s and pgscan > 0 over 30s");
	assert_no("-swap]");
	/* The users' unit of the same name is another one. */
	assert_null(files(
		2, (const char *const[]){ "/u/systemd/system/a.slice", "/u/systemd/user/a.slice" },
		(const char *const[]){ "[Slice]\nManagedOOMSwap=kill\n",
				       "[Slice]\nManagedOOMSwap=kill\n" }));
	assert_line("[rule a.slice-swap]");
	assert_line("[rule a.slice-swap-2]");
}

static void preferences_become_filters_where_there_is_one_cgroup(void **state)
{
	(void)state;
	assert_null(unit("/x/db.service", "[Service]\nManagedOOMPreference=omit\n"));
	assert_line("[protect]");
	assert_note("cgroup = /system.slice/db.service", "cgroups or processes");
	assert_null(unit("/x/db.service", "[Service]\nManagedOOMPreference=avoid\n"));
	assert_line("[avoid]");
	assert_null(unit("/x/db@.service", "[Service]\nManagedOOMPreference=avoid\n"));
	assert_left("db@.service: ManagedOOMPreference=avoid");
	assert_no("[avoid]");
	assert_null(unit("/x/db.service", "[Service]\nManagedOOMPreference=none\n"));
	assert_no("db.service");
}

static void rules_are_those_that_units_name(void **state)
{
	static const char *const paths[] = { "/x/a.slice", "/r/one.oomrule", "/r/two.oomrule",
					     "/r/none.oomrule" };
	static const char *const texts[] = {
		"[Slice]\nOOMRules=one two none gone\n",
		"[Rule]\nMemoryPressureAbove=10%\nSwapUsageMax=50%\nLastingSec=5s\n"
		"Action=kill-by-pgscan\n",
		"[Rule]\nSwapUsageMax=75%\nAction=kill-all\n",
		"[Rule]\nAction=kill-by-swap\n",
	};

	(void)state;
	assert_null(files(4, paths, texts));
	assert_line("[rule a.slice-one]");
	assert_line("when = psi.full > 10% over 10s for 5s and system.swap.used > 50% for 5s");
	assert_line("cooldown = 5s");
	assert_line("[rule a.slice-two]");
	assert_line("when = system.swap.used > 75%");
	assert_note("order = size", "kill-all");
	assert_left("none.oomrule: without Action= or any condition");
	assert_left("gone.oomrule is not among the files");
}

static void bad_values_of_units_are_refused(void **state)
{
	static const struct {
		const char *path, *text, *words;
	} rows[] = {
		{ "/x/a.slice", "[Slice]\nManagedOOMSwap=yes\n",
		  "/x/a.slice:2: ManagedOOMSwap=yes" },
		{ "/x/a.slice", "[Slice]\nManagedOOMMemoryPressure=\n", "kill or auto" },
		{ "/x/a.slice", "[Slice]\nManagedOOMMemoryPressureLimit=50\n", "a share" },
		{ "/x/a.slice", "[Slice]\nManagedOOMMemoryPressureDurationSec=1ms\n",
		  "at least 1s" },
		{ "/x/a.slice", "[Slice]\nManagedOOMPreference=never\n", "none, avoid or omit" },
		{ "/x/y.conf", "[Slice]\nManagedOOMSwap=kill\n", "must tell the unit" },
		{ "/x/y.conf", "[Slice]\nOOMRules=x\n", "must tell the unit" },
		{ "/r/x.oomrule", "[Rule]\nAction=kill-some\n", "kill-all, kill-by-pgscan" },
		{ "/r/x.oomrule", "[Rule]\nLastingSec=soon\n", "a time" },
		{ "/r/x.oomrule", "[Rule]\nSwapUsageMax=7\n", "a share" },
		{ "/x/a.slice", "[Slice]\nnonsense\n", "/x/a.slice:2: neither" },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_wrong(unit(rows[i].path, rows[i].text), rows[i].words);
	assert_null(unit("/x/a.slice", "[Slice]\nManagedOOMNew=1\n"));
	assert_left("/x/a.slice:2: ManagedOOMNew=");
}

/* Units' names are longer than rules' may be. */
static void many_units_are_rules_of_different_names(void **state)
{
	struct import_file file[40];
	char path[40][160];

	(void)state;
	begin();
	for (size_t i = 0; i < countof(file); i++) {
		snprintf(path[i], sizeof(path[i]),
			 "/x/a.unit.whose.name.is.longer.than.that.of.a.rule%zu.service", i);
		file[i] = (struct import_file){
			path[i], strdup("[Service]\nManagedOOMMemoryPressure=kill\n")
		};
	}
	assert_null(ended(import_systemd(&im, file, countof(file))));
	assert_line("[rule a.unit.whose.name.is.l-pressure]");
	assert_line("[rule a.unit.whose.name.i-pressure-32]");
	assert_line("#[rule a.unit.whose.name.i-pressure-33]");
	assert_left("more than the 32 rules");
	for (size_t i = 0; i < countof(file); i++)
		free(file[i].text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IMPORT_TEST(limits_are_its_own_defaults_and_those_of_the_file),
		IMPORT_TEST(shares_come_in_three_units),
		IMPORT_TEST(durations_are_time_spans),
		IMPORT_TEST(what_is_not_known_is_left_out),
		IMPORT_TEST(a_units_file_is_about_its_cgroup),
		IMPORT_TEST(units_ask_for_rules),
		IMPORT_TEST(drop_ins_of_one_unit_add_up),
		IMPORT_TEST(preferences_become_filters_where_there_is_one_cgroup),
		IMPORT_TEST(rules_are_those_that_units_name),
		IMPORT_TEST(bad_values_of_units_are_refused),
		IMPORT_TEST(many_units_are_rules_of_different_names),
	};

	return RUN("reapctl/import systemd", tests);
}
