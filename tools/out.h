/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * out.h - printing: JSON, and colours where there is a terminal.
 */
#ifndef REAPCTL_OUT_H
#define REAPCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "tool.h"
#include <reapd/control.h>

/* Escape codes on a terminal, "" elsewhere or with NO_COLOR set. */
const char *out_bold(void);
const char *out_red(void);
const char *out_dim(void);
const char *out_plain(void);

/* Print a JSON value on a line (or lines) of its own, and free it. */
void out_json(struct json_object *value);

/* Add a member; the object takes it over. */
void out_str(struct json_object *o, const char *name, const char *value);
void out_int(struct json_object *o, const char *name, long long value);
void out_bool(struct json_object *o, const char *name, bool value);

/* A verb that only does something has done it: {"ok": true} with --json, else nothing. Returns 0. */
int out_done(const struct tool *t);

/* Things that several verbs show. */
struct json_object *out_term_json(const struct record_term *term);
struct json_object *out_candidate_json(const struct record_candidate *c);
/*
 * Rules over cgroups come once for each: of one rule only so many are to be printed. Call for each frame in
 * their order, with a counter that begins as {}; false: not this one. When the rule is another, how many
 * were left out of the last one is printed; and at the end with r NULL.
 */
#define PLACES_SHOWN 5
struct out_places {
	char rule[32];
	unsigned int n;
};
bool out_place(struct out_places *p, const struct control_rule *r);

struct json_object *out_rule_json(const struct control_rule *r);
struct json_object *out_status_json(const struct control_status *s);

/* Records lost in `critical` (in `bulk`). */
unsigned long long out_lost(const struct control_status *s, bool critical);

/* Header and row of the ranking: pid, adj, size, growth, score, name, why (not). 80 columns. */
void out_candidate_head(void);
void out_candidate_row(int rank, const struct record_candidate *c, const char *name);

/*
 * A line of words, broken at blanks to 80 columns. It begins at column `indent`, behind what was
 * printed there; what is broken off begins there too.
 */
void out_wrapped(int indent, const char *text);

/* "3 h 12 min". Returns buf. */
char *out_duration(char *buf, size_t size, unsigned long long ns);

const char *out_state(__u32 state);

#endif
