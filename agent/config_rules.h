/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config_rules.h - the sections [rule NAME] of all files.
 */
#ifndef REAPD_CONFIG_RULES_H
#define REAPD_CONFIG_RULES_H

#include "config_file.h"

/* Does a section of this name hold a rule? If so, its keys come now; what is wrong is complained about. */
bool config_rules_section(struct config_parse *p, const char *section);

/* A key of the present rule. */
void config_rules_key(struct config_parse *p, const char *name, const char *value);

/* All files are read: complain about what is missing and what does not go together. */
void config_rules_check(struct config_parse *p);

/*
 * The policy of [choose], [host] and the rules: those of files of root's; the built-in ones, unless
 * there are such and [host] does not ask for them; those of limited drop-ins.
 */
void config_rules_compile(struct config_parse *p);

#endif
