/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * script.h - programs for the agent to run: shell scripts in the scratch directory, and what they wrote.
 */
#ifndef REAPD_TEST_SCRIPT_H
#define REAPD_TEST_SCRIPT_H

#include "test.h"

#include <sys/stat.h>

#include "../../agent/base/clock.h"
#include "../../agent/base/file.h"

/* Never waited for to its end. */
#define LONG_NS (30 * NS_PER_S)

/* Returns its path. */
static inline const char *put_script(const char *name, const char *body, mode_t mode)
{
	char text[2048];
	const char *path;

	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", body);
	path = put_file(name, text);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

/* The text of a file in the scratch directory, until the next call. */
static inline const char *says(const char *name)
{
	static char text[8192];

	assert_true(file_read_at(AT_FDCWD, in_scratch(name), text, sizeof(text)) >= 0);
	return text;
}

#endif
