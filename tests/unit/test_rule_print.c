// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_rule_print.c - rule_print: what is printed reads as the same rule again, whatever the rule; and
 * what a rule does is said in words.
 */
#include "test.h"

#include "../../agent/base/signal_text.h"
#include "../../agent/rule_print.h"

static struct programs programs;

static int end(void **state)
{
	(void)state;
	programs_done(&programs);
	return 0;
}

static void set(struct rule_draft *d, const char *name, const char *value)
{
	struct rule_fault fault;
	int key = rule_key_find(name);

	if (key < 0 || !rule_set(d, (enum rule_key)key, value, &programs, &fault))
		fail_msg("%s = %s: %s", name, value, key < 0 ? "no such key" : fault.text);
}

/* Read a section as the configuration would: its name, then key = value. */
static void read_section(struct rule_draft *d, char *text)
{
	char *line = strtok(text, "\n"), *value, name[32];

	assert_int_equal(sscanf(line, "[rule %31[^]]]", name), 1);
	rule_begin(d, name);
	while ((line = strtok(NULL, "\n"))) {
		value = strstr(line, " = ");
		assert_non_null(value);
		*value = 0;
		set(d, line, value + 3);
	}
}

static char *print(const struct rule *r)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");

	rule_print(r, &programs, f);
	fclose(f);
	return text;
}

static void a_rule_is_printed_as_its_section(void **state)
{
	struct rule_draft d;

	(void)state;
	rule_begin(&d, "user-apps");
	set(&d, "when", "psi.full>=50% over 10s for 20s and system.mem.free<64M");
	set(&d, "scope", "/user.slice/*/*");
	set(&d, "choose", "cgroup");
	set(&d, "order", "pgscan");
	set(&d, "max_processes", "200");
	set(&d, "max_bytes", "2048M");
	set(&d, "action", "reclaim 64M, run /bin/sh, term 10000");
	set(&d, "cooldown", "15s");
	set(&d, "shadow", "yes");
	set(&d, "dry_run", "yes");
	assert_string_equal(print(&d.rule),
			    "[rule user-apps]\n"
			    "when = psi.full >= 50% over 10s for 20s and system.mem.free < 64M\n"
			    "scope = /user.slice/*/*\n"
			    "choose = cgroup\n"
			    "order = pgscan\n"
			    "max_processes = 200\n"
			    "max_bytes = 2G\n"
			    "action = reclaim 64M, run /bin/sh, term 10s\n"
			    "cooldown = 15s\n"
			    "dry_run = yes\n"
			    "shadow = yes\n");
}

static uint64_t seed = 0x5eed;

static uint64_t below(uint64_t n)
{
	return next_random(&seed) % n;
}

static struct record_term random_term(bool cgroup)
{
	struct record_term t = { .op = (__u8)below(TERM_OPS) };
	const struct signal_info *info;

	do {
		t.signal = (__u16)(1 + below(SIGNALS - 1));
		info = signal_info(t.signal);
	} while (info->flags & SIGNAL_OF_CGROUP && !cgroup);
	if (cgroup && !(info->flags & SIGNAL_OF_CGROUP) && below(2))
		t.flags |= TERM_SYSTEM;
	if (info->unit == UNIT_SHARE_OR_SIZE && below(2))
		t.flags |= TERM_KIB;
	if (info->max && !(t.flags & TERM_KIB))
		t.limit = (__s64)below((uint64_t)info->max + 1);
	else
		t.limit = (__s64)(below(1ULL << 40) >> below(40));
	if (info->window_ms)
		t.window_ms = (__u32)(10 + below(599991));
	if (below(2))
		t.for_ms = (__u32)below(3600001);
	return t;
}

static struct step random_step(bool last)
{
	struct step s = { .kind = (__u32)(STEP_NOTIFY + below(STEP_KINDS - STEP_NOTIFY)) };

	while (!last && (s.kind == STEP_TERM || s.kind == STEP_KILL))
		s.kind = (__u32)(STEP_NOTIFY + below(STEP_KINDS - STEP_NOTIFY));
	if (s.kind == STEP_RECLAIM)
		s.amount = 1 + (below(1ULL << 30) >> below(30));
	else if (s.kind == STEP_WAIT || s.kind == STEP_TERM)
		s.amount = 1 + below(3600000);
	else if (s.kind == STEP_RUN)
		s.amount = below(programs.n);
	return s;
}

static struct rule random_rule(void)
{
	static const char *const scopes[] = { "/a", "/user.slice/*/*", "/a b\\x2d/[!x]?" };
	struct rule r = { .name = "random" };

	if (below(2)) {
		r.flags |= RULE_CGROUPS;
		strcpy(r.scope, scopes[below(countof(scopes))]);
	}
	r.flags |= below(2) ? RULE_DRY_RUN : 0;
	r.flags |= below(2) ? RULE_SHADOW : 0;
	r.what = (__u32)below(CHOOSE_WHATS);
	r.order = (__u32)below(ORDERS);
	r.max_processes = below(2) ? (__u32)next_random(&seed) : 0;
	r.max_kib = below(2) ? below(1ULL << 40) >> below(40) : 0;
	r.cooldown_ms = below(2) ? below(86400001) : 0;
	r.terms = (__u32)(1 + below(RECORD_TERMS));
	for (__u32 i = 0; i < r.terms; i++)
		r.term[i] = random_term(r.flags & RULE_CGROUPS);
	r.steps = (__u32)(1 + below(RULE_STEPS));
	for (__u32 i = 0; i < r.steps; i++)
		r.step[i] = random_step(i == r.steps - 1);
	return r;
}

static void what_is_printed_reads_as_the_same_rule(void **state)
{
	struct rule_draft d;
	struct rule r;
	char *text;

	(void)state;
	rule_begin(&d, "programs");
	set(&d, "action", "run /bin/sh, run /bin/ls, run /bin/true");
	for (int i = 0; i < 20000; i++) {
		r = random_rule();
		text = print(&r);
		read_section(&d, text);
		if (memcmp(&d.rule, &r, sizeof(r)))
			fail_msg("rule %d: %s", i, print(&r));
		assert_int_equal(programs.n, 3);
	}
}

/* Words in one line. */
static const char *words(const struct rule *r, const char *scope)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");

	rule_print_words(r, &programs, scope, "", 4000, f);
	fclose(f);
	return text;
}

static void a_rule_is_said_in_words(void **state)
{
	struct rule_draft d;

	(void)state;
	rule_begin(&d, "overload");
	set(&d, "when", "psi.full >= 60% over 2s and mem.available < 10%");
	assert_string_equal(words(&d.rule, "/"),
			    "rule overload: when, of the whole machine, full memory stall over 2s "
			    "is at least 60% and available memory is below 10%; then kill the "
			    "process with the highest badness; no cooldown.\n");
	assert_non_null(strstr(words(&d.rule, "/a"), "when, of cgroup /a, full memory"));
	set(&d, "scope", "/b");
	assert_non_null(strstr(words(&d.rule, "/a"), "when, of cgroup /b, full memory"));
	set(&d, "scope", "/b/*");
	set(&d, "when", "psi.some > 5% for 20s and system.swap.free <= 1G");
	set(&d, "choose", "group");
	set(&d, "order", "swap");
	set(&d, "max_processes", "200");
	set(&d, "max_bytes", "2G");
	set(&d, "action", "notify, reclaim 64M, freeze, clamp, wait 5s, run /bin/sh, term 10s");
	set(&d, "cooldown", "15s");
	set(&d, "shadow", "yes");
	assert_string_equal(
		words(&d.rule, "/"),
		"rule overload: when, of each cgroup that matches /b/*, some memory stall over 2s is "
		"above 5% for 20s without a break and the whole machine's free swap is at most 1G "
		"(or there is no swap); then warn; if that still holds, reclaim 64M of the cgroup; if "
		"that still holds, freeze the cgroup of the process with the most swap; if that still "
		"holds, clamp the cgroup of the process with the most swap; if that still holds, wait "
		"5s; if that still holds, run /bin/sh; if that still holds, ask the process group of "
		"the process with the most swap to end and kill it 10s later (of more than 200 "
		"processes or 2G only the largest process); then rest 15s; but only as a shadow: "
		"recorded, never done.\n");
	set(&d, "choose", "cgroup");
	set(&d, "order", "stall");
	set(&d, "action", "freeze, kill");
	assert_non_null(strstr(words(&d.rule, "/"),
			       "then freeze the cgroup that stalled the most; if that still holds, "
			       "kill the cgroup that stalled the most (of more"));
}

static void the_words_read_on_behind_a_comparison_that_must_be_held(void **state)
{
	struct rule_draft d;

	(void)state;
	rule_begin(&d, "held");
	set(&d, "when", "mem.available < 10% for 5s and psi.full > 5% over 2s for 100ms");
	assert_non_null(strstr(words(&d.rule, "/"),
			       "available memory is below 10% for 5s without a break and full "
			       "memory stall over 2s is above 5% for 100ms without a break; then "
			       "kill the process"));
}

static void what_costs_a_look_in_calm_says_so(void **state)
{
	struct rule_draft d;

	(void)state;
	rule_begin(&d, "level");
	set(&d, "when", "mem.available < 10% and swap.free < 10%");
	assert_non_null(strstr(words(&d.rule, "/"),
			       "no cooldown. No edge of the kernel announces "
			       "this: it costs a look every so often in calm.\n"));
	set(&d, "when", "mem.available < 10% and psi.some > 1%");
	assert_null(strstr(words(&d.rule, "/"), "calm"));
}

static void lines_are_as_wide_as_asked_and_begin_alike(void **state)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct rule_draft d;
	size_t lines = 0;

	(void)state;
	rule_begin(&d, "wide");
	set(&d, "when", "psi.full >= 60% over 2s and mem.available < 10%");
	set(&d, "scope",
	    "/a-name-that-is-as-long-as-half-of-a-line-or-even-longer-if-that-is-needed/"
	    "and-another-one-of-the-same-kind-behind-it");
	rule_print_words(&d.rule, &programs, "/", "# ", 80, f);
	fclose(f);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		assert_in_range(strlen(line), 3, 80);
		assert_int_equal(strncmp(line, "# ", 2), 0);
	}
	assert_in_range(lines, 4, 6);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, NULL, end)
	static const struct CMUnitTest tests[] = {
		TEST(a_rule_is_printed_as_its_section),
		TEST(what_is_printed_reads_as_the_same_rule),
		TEST(a_rule_is_said_in_words),
		TEST(the_words_read_on_behind_a_comparison_that_must_be_held),
		TEST(what_costs_a_look_in_calm_says_so),
		TEST(lines_are_as_wide_as_asked_and_begin_alike),
	};

	return RUN("rule_print", tests);
}
