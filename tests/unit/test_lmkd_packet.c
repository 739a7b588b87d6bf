// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_lmkd_packet.c - serve/lmkd_packet: every command as Android's own client writes it, every way
 * to get one wrong, and what goes back byte for byte.
 */
#include "test.h"

#include "../../agent/serve/lmkd_packet.h"

/* "00000002 000004d2" to bytes; how many. */
static size_t bytes_of(const char *hex, unsigned char *ret)
{
	unsigned int byte;
	size_t n = 0;
	int used;

	while (sscanf(hex, "%2x%n", &byte, &used) == 1) {
		ret[n++] = (unsigned char)byte;
		hex += used;
	}
	return n;
}

static const char *parse(const char *hex, struct lmkd_request *ret)
{
	unsigned char packet[128], *exact;
	size_t size = bytes_of(hex, packet);
	const char *why;

	exact = malloc(size ? size : 1); /* a read beyond its end is seen */
	assert_non_null(exact);
	memcpy(exact, packet, size);
	why = lmkd_parse(exact, size, ret);
	free(exact);
	return why;
}

static struct lmkd_request good(const char *hex)
{
	struct lmkd_request r;
	const char *why = parse(hex, &r);

	if (why)
		fail_msg("%s: %s", hex, why);
	return r;
}

static void check_prio(const struct lmkd_prio *p, __u32 pid, __u32 uid, __s32 adj, bool service,
		       bool lmkd_only)
{
	assert_int_equal(p->pid, pid);
	assert_int_equal(p->uid, uid);
	assert_int_equal(p->adj, adj);
	assert_int_equal(p->service, service);
	assert_int_equal(p->lmkd_only, lmkd_only);
}

static void levels_of_memory_come_in_pairs(void **state)
{
	static const struct lmkd_level expected[] = { { 18432, 0 },   { 23040, 100 },
						      { 27648, 200 }, { 32256, 250 },
						      { 36864, 900 }, { 46080, 950 } };
	struct lmkd_request r =
		good("00000000 00004800 00000000 00005a00 00000064 00006c00 000000c8 "
		     "00007e00 000000fa 00009000 00000384 0000b400 000003b6");

	(void)state;
	assert_int_equal(r.command, LMKD_TARGET);
	assert_int_equal(r.n, 6);
	assert_memory_equal(r.level, expected, sizeof(expected));
	assert_int_equal(good("00000000 00000001 fffffc18").level[0].adj, -1000);
}

static void a_priority_has_three_to_five_arguments(void **state)
{
	struct lmkd_request r = good("00000001 000004d2 0000278b 00000384 00000000");

	(void)state;
	assert_int_equal(r.command, LMKD_PROCPRIO);
	assert_int_equal(r.n, 1);
	check_prio(&r.prio[0], 1234, 10123, 900, false, false);
	r = good("00000001 000004d2 0000278b fffffce0");
	check_prio(&r.prio[0], 1234, 10123, -800, false, false);
	r = good("00000001 000004d2 0000278b 00000384 00000001 00000001");
	check_prio(&r.prio[0], 1234, 10123, 900, true, true);
}

static void many_priorities_have_records_of_four_or_five_words(void **state)
{
	struct lmkd_request r =
		good("0000000b 00000001 00000002 00000003 00000000 00000004 00000005 "
		     "00000006 00000001 00000007 00000008 00000009 00000000");

	(void)state;
	assert_int_equal(r.command, LMKD_PROCS_PRIO);
	assert_int_equal(r.n, 3);
	check_prio(&r.prio[0], 1, 2, 3, false, false);
	check_prio(&r.prio[1], 4, 5, 6, true, false);
	check_prio(&r.prio[2], 7, 8, 9, false, false);
	r = good("0000000b 00000001 00000002 00000003 00000000 00000001 00000004 00000005 00000006 "
		 "00000001 00000000 00000007 00000008 00000009 00000000 00000001");
	assert_int_equal(r.n, 3);
	check_prio(&r.prio[0], 1, 2, 3, false, true);
	check_prio(&r.prio[1], 4, 5, 6, true, false);
	check_prio(&r.prio[2], 7, 8, 9, false, true);
	assert_int_equal(good("0000000b 00000001 00000002 00000003 00000000").n, 1);
	assert_int_equal(good("0000000b 00000001 00000002 00000003 00000000 00000001").n, 1);
}

static void a_bad_record_does_not_keep_the_others_from_being_served(void **state)
{
	struct lmkd_request r =
		good("0000000b 00000000 00000002 00000003 00000000 00000004 00000005 "
		     "000003e9 00000001 00000007 00000008 00000009 00000000");

	(void)state;
	assert_int_equal(r.n, 1);
	assert_int_equal(r.skipped, 2);
	check_prio(&r.prio[0], 7, 8, 9, false, false);
}

static void the_other_commands_are_as_their_client_writes_them(void **state)
{
	struct lmkd_request r = good("00000002 000004d2");

	(void)state;
	assert_int_equal(r.command, LMKD_PROCREMOVE);
	assert_int_equal(r.pid, 1234);
	assert_int_equal(good("00000003").command, LMKD_PROCPURGE);
	r = good("00000004 fffffc18 000003e8");
	assert_int_equal(r.command, LMKD_GETKILLCNT);
	assert_int_equal(r.range.min, -1000);
	assert_int_equal(r.range.max, 1000);
	r = good("00000005 00000000");
	assert_int_equal(r.command, LMKD_SUBSCRIBE);
	assert_int_equal(r.event, LMKD_EVENT_KILL);
	assert_int_equal(good("00000005 00000001").event, LMKD_EVENT_STAT);
	assert_int_equal(good("00000007").command, LMKD_UPDATE_PROPS);
	assert_int_equal(good("00000009").command, LMKD_START_MONITORING);
	assert_int_equal(good("0000000a").command, LMKD_BOOT_COMPLETED);
}

static const struct {
	const char *hex, *why;
} bad[] = {
	{ "", "words" },
	{ "00", "words" },
	{ "000000", "words" },
	{ "00000003 00", "words" },
	{ "00000001 000004d2 0000278b 00000384 000000", "words" },
	/* 17 words */
	{ "0000000b 00000001 00000002 00000003 00000000 00000001 00000002 00000003 00000000 "
	  "00000001 00000002 00000003 00000000 00000001 00000002 00000003 00000000",
	  "longer" },
	{ "0000000c", "no such" },
	{ "00000014 00000000", "no such" },
	{ "ffffffff", "no such" },
	{ "03000000", "no such" }, /* the other byte order */
	{ "00000006 000004d2 0000278b 0000c800", "for clients" },
	{ "00000008", "for clients" },
	{ "00000000", "pairs" },
	{ "00000000 00004800", "pairs" },
	{ "00000000 00004800 00000000 00005a00", "pairs" },
	{ "00000000 00000001 00000000 00000001 00000000 00000001 00000000 00000001 00000000 "
	  "00000001 00000000 00000001 00000000 00000001 00000000",
	  "pairs" },
	{ "00000000 ffffffff 00000000", "pages" },
	{ "00000000 00000001 000003e9", "oom_score_adj" },
	{ "00000001", "three to five" },
	{ "00000001 000004d2", "three to five" },
	{ "00000001 000004d2 0000278b", "three to five" },
	{ "00000001 000004d2 0000278b 00000384 00000000 00000000 00000000", "three to five" },
	{ "00000001 00000000 0000278b 00000384", "pid" },
	{ "00000001 ffffffff 0000278b 00000384", "pid" },
	{ "00000001 000004d2 0000278b 000003e9", "oom_score_adj" },
	{ "00000001 000004d2 0000278b 000007d0", "oom_score_adj" },
	{ "00000001 000004d2 0000278b fffffc17", "oom_score_adj" },
	{ "00000001 000004d2 0000278b 80000000", "oom_score_adj" },
	{ "00000001 000004d2 0000278b 00000384 00000002", "type" },
	{ "00000001 000004d2 0000278b 00000384 00000000 00000002", "lmkd only" },
	{ "00000002", "one pid" },
	{ "00000002 00000000", "one pid" },
	{ "00000002 80000000", "one pid" },
	{ "00000002 000004d2 000004d3", "one pid" },
	{ "00000003 00000000", "no argument" },
	{ "00000004", "two" },
	{ "00000004 00000000", "two" },
	{ "00000004 00000000 00000001 00000002", "two" },
	{ "00000005", "one event" },
	{ "00000005 00000002", "one event" },
	{ "00000005 00000020", "one event" },
	{ "00000005 ffffffff", "one event" },
	{ "00000005 00000000 00000001", "one event" },
	{ "00000007 00000000", "no argument" },
	{ "00000009 00000001", "no argument" },
	{ "0000000a 00000001", "no argument" },
	{ "0000000b", "one to three" },
	{ "0000000b 00000001 00000002 00000003", "one to three" },
	{ "0000000b 00000001 00000002 00000003 00000000 00000001 00000002", "one to three" },
	{ "0000000b 00000001 00000002 00000003 00000000 00000001 00000002 00000003 00000000 "
	  "00000001 00000002 00000003 00000000 00000001",
	  "one to three" },
};

static void what_is_no_packet_is_refused_with_its_reason(void **state)
{
	struct lmkd_request r;

	(void)state;
	for (size_t i = 0; i < countof(bad); i++) {
		const char *why = parse(bad[i].hex, &r);

		if (!why || !strstr(why, bad[i].why))
			fail_msg("'%s': %s", bad[i].hex, why ? why : "taken");
	}
}

static void check_bytes(const unsigned char *got, size_t size, const char *hex)
{
	unsigned char expected[256];

	assert_int_equal(size, bytes_of(hex, expected));
	assert_memory_equal(got, expected, size);
}

static void replies_are_byte_for_byte_those_of_lmkd(void **state)
{
	unsigned char buf[LMKD_REPLY_SIZE];

	(void)state;
	check_bytes(buf, lmkd_put_reply(buf, LMKD_GETKILLCNT, 3), "00000004 00000003");
	check_bytes(buf, lmkd_put_reply(buf, LMKD_UPDATE_PROPS, 0), "00000007 00000000");
	check_bytes(buf, lmkd_put_reply(buf, LMKD_UPDATE_PROPS, -1), "00000007 ffffffff");
	check_bytes(buf, lmkd_put_reply(buf, LMKD_BOOT_COMPLETED, 1), "0000000a 00000001");
}

static void a_kill_is_told_byte_for_byte_as_by_lmkd(void **state)
{
	static const struct lmkd_kill kill = { .pid = 1234, .uid = 10123, .rss_kib = 51200 };
	unsigned char buf[LMKD_KILL_SIZE];

	(void)state;
	check_bytes(buf, lmkd_put_kill(buf, &kill), "00000006 000004d2 0000278b 0000c800");
}

static void statistics_of_a_kill_have_fixed_fields_and_then_the_name(void **state)
{
	static const struct lmkd_kill kill = {
		.pid = 1234,
		.uid = 10123,
		.pgfault = -1,
		.pgmajfault = 2,
		.rss_bytes = 0x123456789aLL,
		.cache_bytes = 4096,
		.swap_bytes = 0,
		.start_ns = 1000000000,
		.adj = 900,
		.min_adj = -1,
		.free_mem_kib = 256,
		.free_swap_kib = 1,
		.reason = -1,
		.thrashing = 100,
		.max_thrashing = 0x7fffffff,
		.name = "com.a",
	};
	unsigned char buf[LMKD_STAT_MAX];

	(void)state;
	check_bytes(buf, lmkd_put_stat(buf, &kill),
		    "00000008 ffffffff ffffffff 00000000 00000002 00000012 3456789a "
		    "00000000 00001000 00000000 00000000 00000000 3b9aca00 "
		    "0000278b 00000384 ffffffff 00000100 00000001 ffffffff 00000064 7fffffff "
		    "0005 636f6d2e61 00");
}

static void the_longest_name_fills_the_largest_packet_and_none_leaves_its_end(void **state)
{
	struct lmkd_kill kill = {};
	unsigned char *buf = malloc(LMKD_STAT_MAX); /* a write beyond its end is seen */

	(void)state;
	assert_non_null(buf);
	assert_int_equal(lmkd_put_stat(buf, &kill), 87);
	assert_int_equal(buf[86], 0);
	memset(kill.name, 'x', sizeof(kill.name)); /* without an end */
	assert_int_equal(lmkd_put_stat(buf, &kill), LMKD_STAT_MAX);
	assert_int_equal(LMKD_STAT_MAX, 214);
	assert_int_equal(buf[84] << 8 | buf[85], 127);
	assert_int_equal(buf[LMKD_STAT_MAX - 2], 'x');
	assert_int_equal(buf[LMKD_STAT_MAX - 1], 0);
	free(buf);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_of_memory_come_in_pairs),
		cmocka_unit_test(a_priority_has_three_to_five_arguments),
		cmocka_unit_test(many_priorities_have_records_of_four_or_five_words),
		cmocka_unit_test(a_bad_record_does_not_keep_the_others_from_being_served),
		cmocka_unit_test(the_other_commands_are_as_their_client_writes_them),
		cmocka_unit_test(what_is_no_packet_is_refused_with_its_reason),
		cmocka_unit_test(replies_are_byte_for_byte_those_of_lmkd),
		cmocka_unit_test(a_kill_is_told_byte_for_byte_as_by_lmkd),
		cmocka_unit_test(statistics_of_a_kill_have_fixed_fields_and_then_the_name),
		cmocka_unit_test(the_longest_name_fills_the_largest_packet_and_none_leaves_its_end),
	};

	return RUN("serve/lmkd_packet", tests);
}
