/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * history.h - the kills on record, read from state_dir: also without an agent.
 */
#ifndef REAPCTL_HISTORY_H
#define REAPCTL_HISTORY_H

#include <stddef.h>

#include <json-c/json.h>

#include "tool.h"
#include <reapd/record.h>

struct history {
	struct kill_record *record; /* oldest first, one for each kill */
	size_t n, room;
};

/* Read all of it; what is wrong is said. An exit code. To be freed by history_free() in any case. */
int history_read(struct history *ret, const char *state_dir);
void history_free(struct history *h);

/* A kill by its id, 0: the last one; NULL when there is none, which is said. */
const struct kill_record *history_find(const struct history *h, __u64 id, const char *state_dir);

/* Name, else comm, else "-". */
const char *history_name(const struct kill_record *r);

/* All that is in a record. */
struct json_object *history_json(const struct kill_record *r);

#endif
