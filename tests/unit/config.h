/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config.h - what tests of the configuration share: files in the scratch directory, read as the agent
 * reads them.
 */
#ifndef REAPD_TEST_CONFIG_H
#define REAPD_TEST_CONFIG_H

#include "test.h"

#include <sys/stat.h>

#include "../../agent/config.h"

static struct config config;
static const char *said; /* what was logged of the last one */

static inline int load_path(const char *path)
{
	int err;

	config_done(&config);
	catch_begin(STDERR_FILENO);
	err = config_load(&config, path);
	said = catch_end();
	return err;
}

/* A main file with this text. */
static inline int load(const char *text)
{
	return load_path(put_file("reapd.conf", text));
}

/* A file beside it, for the next load(). */
static inline void drop_in(const char *name, const char *text)
{
	char path[64];

	mkdir(in_scratch("reapd.conf.d"), 0700);
	snprintf(path, sizeof(path), "reapd.conf.d/%s", name);
	put_file(path, text);
}

static inline int config_end(void **state)
{
	config_done(&config);
	return scratch_remove(state);
}

#endif
