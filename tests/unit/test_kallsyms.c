// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * test_kallsyms.c - sense/kallsyms: addresses by name, from files that look like /proc/kallsyms.
 */
#include "test.h"

#include <errno.h>

#include "../../agent/sense/kallsyms.h"

static const char *const names[] = { "vm_zone_stat", "vm_node_stat" };
static __u64 found[2];

static int find_in(const char *text)
{
	memset(found, 0xff, sizeof(found));
	return kallsyms_find(put_file("kallsyms", text), names, found, 2);
}

static void they_are_found_by_their_whole_name(void **state)
{
	(void)state;
	assert_int_equal(find_in("ffffffff81000000 T _text\n"
				 "ffffffff82000000 B vm_zone_statistics\n"
				 "ffffffff82000010 B vm_zone_stat\n"
				 "ffffffff82000020 B my_vm_node_stat\n"
				 "ffffffff82000030 B vm_node_stat"),
			 0);
	assert_true(found[0] == 0xffffffff82000010);
	assert_true(found[1] == 0xffffffff82000030);
}

static void what_is_not_there_is_0(void **state)
{
	(void)state;
	assert_int_equal(find_in("ffffffff82000010 B vm_zone_stat\n"), 0);
	assert_true(found[0] == 0xffffffff82000010);
	assert_true(found[1] == 0);
	assert_int_equal(find_in(""), 0);
	assert_true(found[0] == 0);
}

static void one_of_a_module_is_not_ours(void **state)
{
	(void)state;
	assert_int_equal(find_in("ffffffffc0000010 b vm_zone_stat\t[evil]\n"), 0);
	assert_true(found[0] == 0);
}

static void lines_of_another_form_are_passed_over(void **state)
{
	char text[2048];

	(void)state;
	memset(text, 'x', sizeof(text));
	strcpy(text + 1000, "\nvm_zone_stat\n12\n12 \n12 B\nffff  vm_zone_stat\n"
			    "ffffffff82000030 B vm_node_stat\n");
	assert_int_equal(find_in(text), 0);
	assert_true(found[0] == 0);
	assert_true(found[1] == 0xffffffff82000030);
}

static void no_file_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(kallsyms_find(in_scratch("none"), names, found, 2), -ENOENT);
	assert_true(found[0] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_found_by_their_whole_name),
		cmocka_unit_test(what_is_not_there_is_0),
		cmocka_unit_test(one_of_a_module_is_not_ours),
		cmocka_unit_test(lines_of_another_form_are_passed_over),
		cmocka_unit_test(no_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
