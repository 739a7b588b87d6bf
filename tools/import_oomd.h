/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import_oomd.h - Meta's oomd: a detector group and the action of its ruleset, as one of our rules.
 */
#ifndef REAPCTL_IMPORT_OOMD_H
#define REAPCTL_IMPORT_OOMD_H

#include "import.h"

#define OOMD_TERMS 16

/* A comparison, and of which cgroups: a list of patterns as in the file, "/" the machine. */
struct oomd_term {
	const char *cgroups;
	bool machine;	  /* of no cgroup at all */
	bool here;	  /* of the rule's scope, whatever the list says */
	const char *note; /* or NULL; of one that is `here`: for when the list is another */
	char text[96];
};

/* A group of detectors, all of which must agree. Strings are the file's. */
struct oomd_group {
	const char *ruleset;
	const char *cgroup; /* of the ruleset, or NULL */
	struct oomd_term term[OOMD_TERMS];
	size_t terms;
	bool never;		  /* a detector that never agrees */
	bool shadow;		  /* would fire more often than oomd's, or on others */
	struct json_object *said; /* array of strings: what is not the same */
};

struct oomd_action {
	const char *name;
	const char *order;
	const char *cgroups; /* patterns of what may be killed, or NULL: of the ruleset's */
	bool recursive, dry;
	double pause_s;
	bool shadow;
	const char *note; /* of the order */
};

/* Say, once, how the group differs from oomd's. */
void oomd_say(struct oomd_group *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An argument as text, or NULL; true, as oomd takes it. */
const char *oomd_arg(struct json_object *args, const char *name);
bool oomd_flag(struct json_object *args, const char *name);

/* Those that are not in `known` (" a b c ") are left out, with a word. */
void oomd_check_args(struct import *im, const char *ruleset, const char *plugin,
		     struct json_object *args, const char *known);

/* Take in a detector. */
int oomd_detect(struct import *im, struct oomd_group *g, const char *name,
		struct json_object *args);

/* Write the rules for a group; the action is of the ruleset. */
void oomd_write(struct import *im, struct oomd_group *g, const struct oomd_action *a);

#endif
