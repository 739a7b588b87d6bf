/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rule_print.h - a rule as configuration, and in words.
 */
#ifndef REAPD_RULE_PRINT_H
#define REAPD_RULE_PRINT_H

#include <stdio.h>

#include "rule_parse.h"

/* The [rule] section that gives this rule. Keys that change nothing are left out. */
void rule_print(const struct rule *r, const struct programs *programs, FILE *f);

/* The rule in words, in lines of at most `columns` bytes that begin with `prefix`. `scope`: the agent's. */
void rule_print_words(const struct rule *r, const struct programs *programs, const char *scope,
		      const char *prefix, int columns, FILE *f);

#endif
