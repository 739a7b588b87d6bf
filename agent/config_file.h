/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config_file.h - configuration while it is read: lines, sections, and where each thing stands.
 */
#ifndef REAPD_CONFIG_FILE_H
#define REAPD_CONFIG_FILE_H

#include <stdio.h>

#include <sys/types.h>

#include "config.h"
#include "rule_parse.h"

/* Where something stands. Lines and columns count from 1, columns in bytes; column 0: the line as such. */
struct config_spot {
	const char *path;
	int line, column;
};

/* A rule, its sections and files put together. */
struct config_rule {
	struct rule_draft draft;
	uid_t owner; /* of the file in which it begins; not 0: limited */
	struct config_spot section;
	struct config_spot key[RULE_KEYS]; /* of the value; line 0: not written */
};

struct config_parse {
	struct config *config;
	struct config_rule *rules; /* RULES_MAX, and one more for a section that is in error */
	__u32 nrules;
	int errors; /* in all files so far */

	/* the present file, line, section */
	FILE *file;
	uid_t owner;		  /* not 0: what may stand in it is limited */
	struct config_spot at;	  /* of the value of the present line */
	struct config_rule *rule; /* NULL: another section */
	bool skip;		  /* a section that must not be here; said already */
	int error;		  /* the file could not be read to its end */
};

void config_complain(struct config_parse *p, const struct config_spot *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Read one file; `path` must live as long as the parse. What is wrong in it is logged and counted in
 * p->errors. Returns a negative errno, which is not logged, when it could not be read.
 */
int config_file_read(struct config_parse *p, const char *path, bool dropin);

#endif
