// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_format.c - sense/format: records of tracepoints as their format files tell, and types made of
 * them. A file that is none must not become a type.
 */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../../agent/sense/format.h"

#define HEAD "name: x\nID: 1\nformat:\n"

static struct format_field fields[FORMAT_FIELDS];

static void numbers_are_taken_with_place_and_width(void **state)
{
	static const char text[] = HEAD
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\n"
		"\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;\n"
		"\tfield:unsigned long clone_flags;\toffset:32;\tsize:8;\tsigned:0;\n"
		"\tfield:bool group_dead;\toffset:40;\tsize:1;\tsigned:0;\n"
		"\nprint fmt: \"pid=%d field: offset:1; size:1; signed:0;\", REC->pid\n";

	(void)state;
	assert_int_equal(format_parse(text, fields), 4);
	assert_string_equal(fields[1].name, "pid");
	assert_int_equal(fields[1].offset, 8);
	assert_int_equal(fields[1].size, 4);
	assert_int_equal(fields[1].is_signed, 1);
	assert_string_equal(fields[2].name, "clone_flags");
	assert_int_equal(fields[2].size, 8);
	assert_string_equal(fields[3].name, "group_dead");
	assert_int_equal(fields[3].offset, 40);
}

static void arrays_are_left_out_and_texts_are_the_word_that_finds_them(void **state)
{
	static const char text[] = HEAD
		"\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
		"\tfield:u8 pair[2];\toffset:24;\tsize:2;\tsigned:0;\n"
		"\tfield:__data_loc char[] filename;\toffset:28;\tsize:4;\tsigned:0;\n";

	(void)state;
	assert_int_equal(format_parse(text, fields), 1);
	assert_string_equal(fields[0].name, "filename");
	assert_int_equal(fields[0].offset, 28);
}

static void what_is_no_format_file_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"format:",
		"field:int a;\toffset:0;\tsize:4;\tsigned:0;\n", /* no head */
		HEAD,
		HEAD "field:int a;\n",
		HEAD "field:int a;\toffset:;\tsize:4;\tsigned:0;\n",
		HEAD "field:int a;\toffset:-4;\tsize:4;\tsigned:0;\n",
		HEAD "field:int a;\toffset:4\tsize:4;\tsigned:0;\n",
		HEAD "field:int a;\toffset:70000;\tsize:4;\tsigned:0;\n",
		HEAD "field:int a;\toffset:99999999999999999999;\tsize:4;\tsigned:0;\n",
		/* of the next line */
		HEAD
		"field:int a;\toffset:4;\tsize:4;\nfield:int b;\toffset:4;\tsize:4;\tsigned:0;\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (format_parse(bad[i], fields) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
	}
}

static void a_name_that_is_too_long_or_missing_is_no_field(void **state)
{
	static const char text[] = HEAD
		"field:int a_name_that_is_as_long_as_no_name_of_a_field_ever_was;\toffset:4;\t"
		"size:4;\tsigned:0;\n"
		"field:int;\toffset:4;\tsize:4;\tsigned:0;\n"
		"field:int b;\toffset:8;\tsize:4;\tsigned:1;\n";

	(void)state;
	assert_int_equal(format_parse(text, fields), 1);
	assert_string_equal(fields[0].name, "b");
}

static void more_fields_than_there_is_room_for_are_said(void **state)
{
	char text[8192] = HEAD;
	size_t at = strlen(text);

	(void)state;
	for (int i = 0; i <= FORMAT_FIELDS; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
				       "field:int f%d;\toffset:%d;\tsize:4;\tsigned:1;\n", i,
				       4 * i);
	assert_int_equal(format_parse(text, fields), -E2BIG);
}

static void types_have_the_offsets_of_the_kernels_own_files(void **state)
{
	static const char *const events[] = { "sched/sched_process_exit", "no/such_event" };
	const struct btf_member *m;
	const struct btf_type *t;
	struct btf *btf;
	char path[32];
	int fd, id;

	(void)state;
	if (format_probe(events[0]))
		skip(); /* no tracefs here, or not for us */
	assert_int_equal(format_probe(events[1]), -ENOENT);
	fd = format_types(events, 2, path);
	assert_true(fd >= 0);
	btf = btf__parse(path, NULL);
	close(fd);
	assert_int_equal(libbpf_get_error(btf), 0);
	assert_true(btf__find_by_name_kind(btf, "classic_such_event", BTF_KIND_STRUCT) < 0);
	id = btf__find_by_name_kind(btf, "classic_sched_process_exit", BTF_KIND_STRUCT);
	assert_true(id > 0);
	t = btf__type_by_id(btf, (__u32)id);
	m = btf_members(t);
	/* What is common to all is fixed. */
	assert_string_equal(btf__name_by_offset(btf, m[0].name_off), "common_type");
	assert_int_equal(btf_member_bit_offset(t, 0), 0);
	assert_string_equal(btf__name_by_offset(btf, m[3].name_off), "common_pid");
	assert_int_equal(btf_member_bit_offset(t, 3), 32);
	btf__free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_taken_with_place_and_width),
		cmocka_unit_test(arrays_are_left_out_and_texts_are_the_word_that_finds_them),
		cmocka_unit_test(what_is_no_format_file_is_refused),
		cmocka_unit_test(a_name_that_is_too_long_or_missing_is_no_field),
		cmocka_unit_test(more_fields_than_there_is_room_for_are_said),
		cmocka_unit_test(types_have_the_offsets_of_the_kernels_own_files),
	};

	return RUN("format", tests);
}
