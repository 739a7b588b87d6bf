// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_killinfo_text.c - base/killinfo_text: the lines of lmkd's log and event, as those who read them
 * expect them.
 */
#include "test.h"

#include <reapd/lmk.h>

#include "../../agent/base/killinfo_text.h"

static struct kill_record victim(void)
{
	struct kill_record r = { .tgid = 1234, .uid = 10123, .oom_score_adj = 900 };

	strcpy(r.name, "com.example:remote");
	r.anon_kib = 40000;
	r.file_kib = 10000;
	r.shmem_kib = 1200;
	r.swap_kib = 77;
	return r;
}

static void check_line(const struct kill_record *r, const char *end)
{
	char line[900], expected[900];

	snprintf(
		expected, sizeof(expected),
		"Kill 'com.example:remote' (1234), uid 10124, oom_score_adj 900 to free 51200kB rss, "
		"77kB swap%s",
		end);
	assert_string_equal(killinfo_kill_line(line, sizeof(line), r, 10124), expected);
}

/* What lmkd's own test scans for: its format, with %ld for the numbers. */
static void lmkds_own_test_finds_its_line(void **state)
{
	struct kill_record r = victim();
	long rss = 0, swap = 0;
	char line[900];
	int pid = 0;
	char *at;

	(void)state;
	killinfo_kill_line(line, sizeof(line), &r, 10123);
	at = strstr(line, "Kill 'com.example:remote'");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Kill '%*[^']' (%d)", &pid), 1);
	at = strstr(line, " to free ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, " to free %ldkB rss, %ldkB swap", &rss, &swap), 2);
	assert_int_equal(pid, 1234);
	assert_int_equal(rss, 51200);
	assert_int_equal(swap, 77);
}

/* The newer lmkd's words, and only where there is something to say. */
static void buffers_shared_with_devices_come_behind_swap(void **state)
{
	struct kill_record r = victim();
	char line[900];

	(void)state;
	r.dmabuf_kib = 61440;
	killinfo_kill_line(line, sizeof(line), &r, 10123);
	assert_non_null(strstr(line, " to free 51200kB rss, 77kB swap, 61440kB dmabuf_rss; "));
	r.dmabuf_kib = 0;
	killinfo_kill_line(line, sizeof(line), &r, 10123);
	assert_null(strstr(line, "dmabuf"));
}

static void each_reason_has_lmkds_words(void **state)
{
	static const struct {
		int reason;
		bool min;
		const char *words;
	} cases[] = {
		{ LMK_PRESSURE_AFTER_KILL, true, "min watermark is breached even after kill" },
		{ LMK_NOT_RESPONDING, false, "device is not responding" },
		{ LMK_LOW_SWAP_AND_THRASHING, false,
		  "device is low on swap (100kB < 200kB) and thrashing (35%)" },
		{ LMK_LOW_MEM_AND_SWAP, true,
		  "min watermark is breached and swap is low (350kB < 300kB)" },
		{ LMK_LOW_MEM_AND_SWAP, false,
		  "low watermark is breached and swap is low (350kB < 300kB)" },
		{ LMK_LOW_MEM_AND_SWAP_UTIL, false,
		  "low watermark is breached and swap utilization is high (35% > 30%)" },
		{ LMK_LOW_MEM_AND_THRASHING, true,
		  "min watermark is breached and thrashing (35%)" },
		{ LMK_DIRECT_RECL_AND_THRASHING, false,
		  "device is in direct reclaim and thrashing (35%)" },
		{ LMK_DIRECT_RECL_STUCK, false,
		  "device is stuck in direct reclaim (100ms > 200ms)" },
		{ LMK_LOW_FILECACHE_AFTER_THRASHING, false,
		  "filecache is low (100kB < 200kB) after thrashing" },
		{ LMK_LOW_MEM, false, "low watermark is breached" },
		{ LMK_VENDOR + 12, false, "vendor kill with the reason 12, min_score_adj 201" },
	};
	struct kill_record r = victim();
	char end[200];

	(void)state;
	r.min_score_adj = 201;
	r.terms = 2;
	r.term[0] = (struct record_term){ .value = 100, .limit = 200 };
	r.term[1] = (struct record_term){ .value = 350, .limit = 300 };
	for (size_t i = 0; i < countof(cases); i++) {
		r.reason = (__u16)(cases[i].reason + 1);
		r.killinfo.min_breached = cases[i].min;
		snprintf(end, sizeof(end), "; reason: %s", cases[i].words);
		check_line(&r, end);
	}
	r.reason = LMK_OLD + 1;
	check_line(&r, "");
}

static void another_strategys_reason_is_its_rule(void **state)
{
	struct kill_record r = victim();

	(void)state;
	strcpy(r.rule, "mine");
	check_line(&r, "; reason: mine");
}

static void a_name_ends_at_its_first_blank_and_no_name_is_the_comm(void **state)
{
	struct kill_record r = victim();
	char line[900];

	(void)state;
	strcpy(r.name, "a b");
	assert_non_null(strstr(killinfo_kill_line(line, sizeof(line), &r, 0), "Kill 'a' (1234)"));
	r.name[0] = 0;
	strcpy(r.comm, "worker");
	assert_non_null(strstr(killinfo_kill_line(line, sizeof(line), &r, 0), "Kill 'worker' ("));
}

static void the_event_has_38_values_in_their_order(void **state)
{
	struct killinfo k = {};
	char line[KILLINFO_LINE];

	(void)state;
	for (int i = 0; i < KILLINFO_FIELDS; i++)
		k.field[i] = i + 1;
	assert_string_equal(killinfo_line(line, sizeof(line), &k),
			    "killinfo: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,"
			    "23,24,25,26,27,28,29,30,31,32,33,0.34,0.35,0.36,0.37,0.38]");
	for (int i = 0; i < KILLINFO_FIELDS; i++)
		k.field[i] = INT32_MIN;
	killinfo_line(line, sizeof(line), &k);
	assert_int_equal(line[strlen(line) - 1], ']');
}

/* The numbers are places on the wire: no name is missing, none stands twice. */
static void every_value_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (__u32 i = 0; i < KILLINFO_FIELDS; i++) {
		assert_non_null(killinfo_name(i));
		for (__u32 j = 0; j < i; j++)
			assert_string_not_equal(killinfo_name(i), killinfo_name(j));
	}
	assert_string_equal(killinfo_name(KILLINFO_FIELDS), "?");
	assert_string_equal(killinfo_name(4), "task_size_kib");
	assert_string_equal(killinfo_name(29), "task_swap_size_kib");
	assert_string_equal(killinfo_name(32), "max_thrashing");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lmkds_own_test_finds_its_line),
		cmocka_unit_test(buffers_shared_with_devices_come_behind_swap),
		cmocka_unit_test(each_reason_has_lmkds_words),
		cmocka_unit_test(another_strategys_reason_is_its_rule),
		cmocka_unit_test(a_name_ends_at_its_first_blank_and_no_name_is_the_comm),
		cmocka_unit_test(the_event_has_38_values_in_their_order),
		cmocka_unit_test(every_value_has_a_name_of_its_own),
	};

	return RUN("base/killinfo_text", tests);
}
