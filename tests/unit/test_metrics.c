// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_metrics.c - serve/metrics: a known state gives a known text (metrics.golden, which tests/lint
 * checks for being well-formed; GOLDEN=write makes it anew), and the worst state fits.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/serve/metrics.h"

#define GOLDEN "tests/unit/metrics.golden"

static struct metrics m;
static char text[METRICS_TEXT_MAX];

static void add_rule(const char *name, enum outcome outcome, __u64 n)
{
	metrics_rule(&m.kills, name)->outcome[outcome] += n;
}

/* Every kind of value at least once. */
static int begin(void **state)
{
	(void)state;
	memset(&m, 0, sizeof(m));
	m.status = (struct control_status){
		.kernel_ooms = 1,
		.no_victim = 2,
		.watches = 17,
		.malformed = 3,
		.mem_total_kib = 16384,
		.mem_available_kib = 1024,
		.swap_total_kib = 4096,
		.swap_free_kib = 1,
		.some_permille = 1000,
		.full_permille = 7,
		.state = 1,
		.processes = 300,
		.processes_full = 4,
		.filters = 12,
		.tier = 'B',
		.strategy = "host",
		.version = "1.2.3",
	};
	for (__u32 i = 0; i < COUNTERS; i++)
		m.status.counters[i] = i * 10;
	m.start_wall_ns = 1700000000123456789ULL;
	add_rule("exhausted", OUTCOME_FREED, 0);
	add_rule("thrashing", OUTCOME_FREED, 5);
	add_rule("thrashing", OUTCOME_STUCK, 1);
	add_rule("user-apps_2.x", OUTCOME_DRY_RUN, 9);
	m.latency[LATENCY_SIGNALLED_FREED] = (struct latency){
		.count = 6,
		.sum_ns = 12003000000ULL,
		.slots = { [0] = 1, [10] = 3, [24] = 1, [LATENCY_SLOTS - 1] = 1 },
	};
	return 0;
}

static void a_known_state_gives_a_known_text(void **state)
{
	static char golden[METRICS_TEXT_MAX];
	int len = metrics_text(text, sizeof(text), &m);
	FILE *f;

	(void)state;
	assert_true(len > 0);
	assert_int_equal(strlen(text), len);
	if (getenv("GOLDEN") && !strcmp(getenv("GOLDEN"), "write"))
		put_bytes(GOLDEN, text, (size_t)len);
	f = fopen(GOLDEN, "re");
	if (!f)
		fail_msg("%s: %s (tests run in the top directory)", GOLDEN, strerror(errno));
	golden[fread(golden, 1, sizeof(golden) - 1, f)] = 0;
	fclose(f);
	assert_string_equal(text, golden);
}

/* A configuration of long names, replaced by another one, and numbers of twenty digits. */
static void the_worst_state_fits(void **state)
{
	char name[32];

	(void)state;
	memset(&m, 0xff, sizeof(m));
	m.kills.rules = 0;
	m.status.tier = 'C';
	memset(m.status.strategy, '"', sizeof(m.status.strategy));
	memset(m.status.version, '\\', sizeof(m.status.version));
	m.status.strategy[sizeof(m.status.strategy) - 1] = 0;
	m.status.version[sizeof(m.status.version) - 1] = 0;
	for (int i = 0; i < 2 * METRICS_RULES; i++) {
		snprintf(name, sizeof(name), "%031d", i);
		metrics_rule(&m.kills, name);
	}
	for (__u32 i = 0; i < METRICS_RULES; i++)
		memset(m.kills.rule[i].outcome, 0xff, sizeof(m.kills.rule[i].outcome));
	assert_true(metrics_text(text, sizeof(text), &m) > 0);
}

static void without_room_nothing_is_half_said(void **state)
{
	int len = metrics_text(text, sizeof(text), &m);

	(void)state;
	assert_int_equal(metrics_text(text, (size_t)len + 1, &m), len);
	assert_int_equal(metrics_text(text, (size_t)len, &m), -ENOSPC);
	assert_int_equal(metrics_text(text, 1, &m), -ENOSPC);
}

static void what_a_name_may_not_have_is_escaped(void **state)
{
	(void)state;
	add_rule("a\"b\\c\nd", OUTCOME_FREED, 1);
	assert_true(metrics_text(text, sizeof(text), &m) > 0);
	assert_non_null(strstr(
		text, "\nreapd_kills_total{rule=\"a\\\"b\\\\c\\nd\",outcome=\"freed\"} 1\n"));
}

static void rules_are_counted_apart_and_those_without_a_row_together(void **state)
{
	struct metrics_rule *last;
	char name[32];

	(void)state;
	assert_ptr_equal(metrics_rule(&m.kills, "thrashing"), &m.kills.rule[1]);
	for (__u32 i = m.kills.rules; i < METRICS_RULES - 1; i++) {
		snprintf(name, sizeof(name), "rule%u", i);
		assert_ptr_equal(metrics_rule(&m.kills, name), &m.kills.rule[i]);
	}
	last = metrics_rule(&m.kills, "one more");
	assert_ptr_equal(last, &m.kills.rule[METRICS_RULES - 1]);
	assert_string_equal(last->name, "other");
	assert_ptr_equal(metrics_rule(&m.kills, "and more"), last);
	assert_ptr_equal(metrics_rule(&m.kills, "thrashing"), &m.kills.rule[1]);
	assert_int_equal(m.kills.rules, METRICS_RULES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_known_state_gives_a_known_text, begin),
		cmocka_unit_test_setup(the_worst_state_fits, begin),
		cmocka_unit_test_setup(without_room_nothing_is_half_said, begin),
		cmocka_unit_test_setup(what_a_name_may_not_have_is_escaped, begin),
		cmocka_unit_test_setup(rules_are_counted_apart_and_those_without_a_row_together,
				       begin),
	};

	return RUN("serve/metrics", tests);
}
