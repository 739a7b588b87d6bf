/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rule_parse.h - the keys of a [rule NAME] section, from text to struct rule. The language is described
 * in man/reapd.conf.5.
 *
 * To add a key: a value of enum rule_key, its name and function in the table of rule_parse.c, how it is
 * printed in rule_print.c, a paragraph in the man page (tests/lint compares).
 */
#ifndef REAPD_RULE_PARSE_H
#define REAPD_RULE_PARSE_H

#include "decide/rule.h"
#include "rule_scan.h"

enum rule_key {
	RULE_KEY_WHEN = 0,
	RULE_KEY_SCOPE,
	RULE_KEY_CHOOSE,
	RULE_KEY_ORDER,
	RULE_KEY_MAX_PROCESSES,
	RULE_KEY_MAX_BYTES,
	RULE_KEY_ACTION,
	RULE_KEY_COOLDOWN,
	RULE_KEY_DRY_RUN,
	RULE_KEY_SHADOW,
	RULE_KEYS,
};

#define PROGRAMS_MAX 64

/* Programs of `run`: struct step.amount is an index. Only grows; paths are the list's own. */
struct programs {
	__u32 n;
	char *path[PROGRAMS_MAX];
};

void programs_done(struct programs *p);

/* A rule while its keys come in. */
struct rule_draft {
	struct rule rule;
	__u32 written;		      /* bit per enum rule_key */
	size_t term_at[RECORD_TERMS]; /* where in the value of `when` each comparison begins */
};

/* 1 to 31 of letters, digits, '_', '.', '-'. */
bool rule_name_valid(const char *name);

/* A rule of this valid name with the defaults of all keys. */
void rule_begin(struct rule_draft *ret, const char *name);

/* "?" and -1 when there is no such key. */
const char *rule_key_name(__u32 key);
int rule_key_find(const char *name);

/*
 * Set a key, in place of what it was. False: *ret says what is wrong where in the value, and the rule is
 * as it was. A program that is not there is wrong too.
 */
bool rule_set(struct rule_draft *d, enum rule_key key, const char *value, struct programs *programs,
	      struct rule_fault *ret);

/* When all keys are known: one that does not go with the others, with the reason; -1: none. */
int rule_conflict(const struct rule_draft *d, struct rule_fault *ret);

/* Of rule_set(): the two keys with a grammar of their own. */
bool rule_parse_when(struct rule_draft *d, const char *value, struct rule_fault *ret);
bool rule_parse_action(struct rule *r, const char *value, struct programs *programs,
		       struct rule_fault *ret);

#endif
