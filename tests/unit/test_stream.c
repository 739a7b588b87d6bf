// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_stream.c - sense/stream: which bytes of a ring are believed to be a record.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/sense/stream.h"

static const size_t sizes[EV_TYPES] = {
	[EV_EDGE] = sizeof(struct event_edge), [EV_OOM] = sizeof(struct event_oom),
	[EV_KILL] = sizeof(struct event_kill), [EV_RSS] = sizeof(struct event_rss),
	[EV_TASK] = sizeof(struct event_task), [EV_ADJ] = sizeof(struct event_adj),
	[EV_EXIT] = sizeof(struct event_exit), [EV_CGROUP] = sizeof(struct event_cgroup),
};

/* Any record, and room for a longer one. */
static union {
	struct event hdr;
	char bytes[512];
} record;

static bool check(__u16 type, size_t said, size_t len)
{
	record.hdr.type = type;
	record.hdr.size = (__u16)said;
	return stream_check(&record, len);
}

static void every_type_has_its_size(void **state)
{
	(void)state;
	for (__u32 type = 1; type < EV_TYPES; type++)
		assert_int_equal(stream_size(type), sizes[type]);
	assert_int_equal(stream_size(0), 0);
	assert_int_equal(stream_size(EV_TYPES), 0);
	assert_int_equal(stream_size(UINT32_MAX), 0);
}

static void a_whole_record_of_its_size_is_believed(void **state)
{
	(void)state;
	for (__u16 type = 1; type < EV_TYPES; type++) {
		assert_true(check(type, sizes[type], sizes[type]));
		assert_true(check(type, sizes[type], sizes[type] + 8)); /* padding of the ring */
	}
}

static void a_record_of_another_size_than_its_type_has_is_not(void **state)
{
	(void)state;
	for (__u16 type = 1; type < EV_TYPES; type++) {
		for (size_t said = 0; said < 300; said++)
			assert_int_equal(check(type, said, 300), said == sizes[type]);
		assert_false(check(type, UINT16_MAX, sizeof(record)));
	}
}

static void a_record_that_is_cut_off_is_not(void **state)
{
	(void)state;
	for (__u16 type = 1; type < EV_TYPES; type++) {
		for (size_t len = 0; len < sizes[type]; len++)
			assert_false(check(type, sizes[type], len));
	}
}

static void a_record_of_an_unknown_type_is_not(void **state)
{
	static const __u16 types[] = { 0, EV_TYPES, EV_TYPES + 1, 0xff, 0xffff };

	(void)state;
	for (size_t i = 0; i < countof(types); i++) {
		for (size_t said = 0; said < 300; said += 8)
			assert_false(check(types[i], said, 300));
	}
}

/* Not even its header may be looked at: the first bytes are all there are. */
static void less_than_a_header_is_never_read(void **state)
{
	char *few = test_malloc(1);

	(void)state;
	*few = EV_EDGE;
	assert_false(stream_check(few, 1));
	assert_false(stream_check(few, 0));
	test_free(few);
}

static void no_ring_is_an_error_and_nothing_to_free(void **state)
{
	struct stream *s = NULL;

	(void)state;
	catch_begin(STDERR_FILENO); /* libbpf complains */
	int err = stream_open(&s, -1, NULL, NULL);

	catch_end();
	assert_true(err < 0);
	assert_null(s);
	assert_null(stream_free(NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_its_size),
		cmocka_unit_test(a_whole_record_of_its_size_is_believed),
		cmocka_unit_test(a_record_of_another_size_than_its_type_has_is_not),
		cmocka_unit_test(a_record_that_is_cut_off_is_not),
		cmocka_unit_test(a_record_of_an_unknown_type_is_not),
		cmocka_unit_test(less_than_a_header_is_never_read),
		cmocka_unit_test(no_ring_is_an_error_and_nothing_to_free),
	};

	return RUN("sense/stream", tests);
}
