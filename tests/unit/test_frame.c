// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_frame.c - tools/client: frames off a socket and out of a recording, whole or not at all.
 */
#include "test.h"

#include <errno.h>
#include <sys/socket.h>

#include "../../tools/client.h"

static struct frame frame;
static char bytes[2 * sizeof(struct frame)];
static size_t len;

static int begin(void **state)
{
	(void)state;
	len = 0;
	memset(&frame, 0xff, sizeof(frame));
	return 0;
}

/* Append a frame to `bytes`; returns where it is. */
static struct control *add(__u16 type, int arg, const void *payload, __u32 size)
{
	struct control *c = (struct control *)(bytes + len);

	*c = (struct control){ .magic = CONTROL_MAGIC,
			       .version = CONTROL_VERSION,
			       .type = type,
			       .size = size,
			       .arg = arg };
	if (payload)
		memcpy(c + 1, payload, size);
	len += sizeof(*c) + size;
	return c;
}

static FILE *recording(size_t size)
{
	FILE *f = size ? fmemopen(bytes, size, "r") : fopen("/dev/null", "r");

	assert_non_null(f);
	return f;
}

static void a_recording_is_read_frame_by_frame_to_its_end(void **state)
{
	FILE *f;

	(void)state;
	add(CONTROL_FACTS, 1, "12345678", 8);
	add(CONTROL_PLACE, 2, NULL, 0);
	add(CONTROL_PROCS, 3, NULL, CONTROL_FRAME_MAX);
	f = recording(len);
	assert_int_equal(frame_read(f, &frame), 1);
	assert_int_equal(frame.hdr.type, CONTROL_FACTS);
	assert_int_equal(frame.hdr.arg, 1);
	assert_memory_equal(frame.payload, "12345678", 8);
	assert_int_equal(frame_read(f, &frame), 1);
	assert_int_equal(frame.hdr.type, CONTROL_PLACE);
	assert_int_equal(frame_read(f, &frame), 1);
	assert_int_equal(frame.hdr.size, CONTROL_FRAME_MAX);
	assert_int_equal(frame_read(f, &frame), 0);
	fclose(f);
}

static void an_empty_recording_is_at_its_end(void **state)
{
	FILE *f = recording(0);

	(void)state;
	assert_int_equal(frame_read(f, &frame), 0);
	fclose(f);
}

static void a_recording_cut_off_anywhere_is_damaged(void **state)
{
	(void)state;
	add(CONTROL_FACTS, 0, "12345678", 8);
	for (size_t size = 1; size < len; size++) {
		FILE *f = recording(size);

		assert_int_equal(frame_read(f, &frame), -EPROTO);
		fclose(f);
	}
}

static void a_frame_that_is_not_ours_is_damage(void **state)
{
	for (int i = 0; i < 4; i++) {
		struct control *c;
		FILE *f;

		begin(state);
		c = add(CONTROL_FACTS, 0, "12345678", 8);
		c->magic += i == 0;
		c->version += (__u16)(i == 1);
		if (i == 2)
			c->size = CONTROL_FRAME_MAX + 1;
		if (i == 3)
			c->size = UINT32_MAX;
		f = recording(sizeof(bytes));
		assert_int_equal(frame_read(f, &frame), -EPROTO);
		fclose(f);
	}
}

static void a_payload_is_only_what_it_says_it_is(void **state)
{
	(void)state;
	frame.hdr.type = CONTROL_FACTS;
	frame.hdr.size = 112;
	assert_ptr_equal(frame_as(&frame, CONTROL_FACTS, 112), frame.payload);
	assert_null(frame_as(&frame, CONTROL_FACTS, 111));
	assert_null(frame_as(&frame, CONTROL_FACTS, 113));
	assert_null(frame_as(&frame, CONTROL_POLICY, 112));
	frame.hdr.size = 0;
	assert_null(frame_as(&frame, CONTROL_FACTS, 112));
}

/* What client_next() makes of the packet in `bytes`. */
static int next(size_t size)
{
	int fds[2], got;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	if (size)
		assert_int_equal(send(fds[0], bytes, size, 0), size);
	close(fds[0]);
	got = client_next(fds[1], &frame);
	close(fds[1]);
	return got;
}

static void a_packet_is_a_frame_an_end_or_an_error(void **state)
{
	(void)state;
	add(CONTROL_STATUS_IS, 0, "12345678", 8);
	assert_int_equal(next(len), 1);
	assert_memory_equal(frame.payload, "12345678", 8);
	assert_int_equal(next(0), -ECONNRESET);
	begin(state);
	add(CONTROL_END, 0, NULL, 0);
	assert_int_equal(next(len), 0);
	begin(state);
	add(CONTROL_END, -EBUSY, NULL, 0);
	assert_int_equal(next(len), -EBUSY);
}

static void a_packet_of_another_length_than_it_says_is_not_ours(void **state)
{
	struct control *c = add(CONTROL_STATUS_IS, 0, "12345678", 8);

	(void)state;
	for (size_t size = 1; size < len + 8; size++)
		assert_int_equal(next(size), size == len ? 1 : -EPROTO);
	c->magic++;
	assert_int_equal(next(len), -EPROTO);
	c->magic--;
	c->version++;
	assert_int_equal(next(len), -EPROTO);
	c->version--;
	c->size = UINT32_MAX;
	assert_int_equal(next(len), -EPROTO);
}

static void a_request_is_a_header_alone(void **state)
{
	struct control c;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(client_request(fds[0], CONTROL_TEST, 42), 0);
	assert_int_equal(recv(fds[1], &c, sizeof(c), MSG_TRUNC), sizeof(c));
	assert_int_equal(c.magic, CONTROL_MAGIC);
	assert_int_equal(c.version, CONTROL_VERSION);
	assert_int_equal(c.type, CONTROL_TEST);
	assert_int_equal(c.size, 0);
	assert_int_equal(c.arg, 42);
	close(fds[1]);
	assert_int_equal(client_request(fds[0], CONTROL_TEST, 42), -EPIPE);
	close(fds[0]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_recording_is_read_frame_by_frame_to_its_end, begin),
		cmocka_unit_test_setup(an_empty_recording_is_at_its_end, begin),
		cmocka_unit_test_setup(a_recording_cut_off_anywhere_is_damaged, begin),
		cmocka_unit_test_setup(a_frame_that_is_not_ours_is_damage, begin),
		cmocka_unit_test_setup(a_payload_is_only_what_it_says_it_is, begin),
		cmocka_unit_test_setup(a_packet_is_a_frame_an_end_or_an_error, begin),
		cmocka_unit_test_setup(a_packet_of_another_length_than_it_says_is_not_ours, begin),
		cmocka_unit_test_setup(a_request_is_a_header_alone, begin),
	};

	return RUN("reapctl/client: frames", tests);
}
