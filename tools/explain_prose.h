/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * explain_prose.h - sentences, one after the other, into a buffer; what does not fit is cut.
 */
#ifndef REAPCTL_EXPLAIN_PROSE_H
#define REAPCTL_EXPLAIN_PROSE_H

#include <stddef.h>

#include <reapd/record.h>

struct prose {
	char *text;
	size_t size, len;
};

void say(struct prose *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Who else was considered, by which order, and why that was not it. */
void say_ranking(struct prose *p, const struct kill_record *r);

#endif
