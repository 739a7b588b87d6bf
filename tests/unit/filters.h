/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * filters.h - a set of filters, and a process that they may match.
 */
#ifndef REAPD_TEST_FILTERS_H
#define REAPD_TEST_FILTERS_H

#include "test.h"

#include "../../agent/decide/filter.h"

#define NONE UINT32_MAX

static struct filter_set set;
static struct filter_subject subject;

static inline int begin(void **state)
{
	(void)state;
	/* What is behind the last filter protects everybody, should anybody look there. */
	memset(&set, 0, sizeof(set));
	for (__u32 i = 0; i < countof(set.filter); i++)
		set.filter[i].value = FILTER_PROTECT;
	subject = (struct filter_subject){
		.name = "com.example.app", .comm = "example.app", .cgroup = "/user/app", .uid = 1000
	};
	return 0;
}

/* Add a filter; its index. */
static inline __u32 add(__u32 kind, const char *text, __u32 value)
{
	struct filter *f = &set.filter[set.n];

	assert_null(filter_parse(kind, text, f));
	f->value = value;
	return set.n++;
}

static inline void expect(enum filter_action action, __u32 rule)
{
	__u32 got = 4711;

	assert_int_equal(filter_match(&set, &subject, &got), action);
	assert_int_equal(got, rule == NONE ? set.n : rule);
}

#endif
