/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config_keys.h - the table of configuration keys: type, limits, and where the value goes.
 *
 * To add a key: a member in struct config, its default in config_defaults(), a row in the table, and
 * a paragraph in man/reapd.conf.5 (tests/lint compares).
 */
#ifndef REAPD_CONFIG_KEYS_H
#define REAPD_CONFIG_KEYS_H

#include "config.h"

struct config_key;

/* NULL when there is no such key; *section_known tells whether there is such a section. */
const struct config_key *config_key_find(const char *section, const char *name,
					 bool *section_known);

/* The i-th of all keys, with its section and name; NULL: there are no more. */
const struct config_key *config_key_at(size_t i, const char **section, const char **name);

/* A number without words that is out of range, as the nearest limit; false: it is not such a one. */
bool config_key_clamp(const struct config_key *k, const char *value, char *buf, size_t size);

/* Parse and store; false when the value is not of the form or out of range: the old one stays. */
bool config_key_set(struct config *c, const struct config_key *k, const char *value);

/* Was it set, and not left at its default? */
bool config_key_written(const struct config *c, const char *section, const char *name);

/* What a value of this key looks like, in words: "a size like 64M, from 64 KiB to 1.0 GiB". */
void config_key_form(const struct config_key *k, char *buf, size_t size);

/* All keys with their values, as a file. */
void config_keys_print(const struct config *c, FILE *f);

#endif
