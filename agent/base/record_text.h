/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record_text.h - what is in a kill record, in words: for the log, reapctl and the explanations.
 */
#ifndef REAPD_RECORD_TEXT_H
#define REAPD_RECORD_TEXT_H

#include <stddef.h>

#include <reapd/record.h>

/* All answer "?" for a number that is none. */
const char *signal_name(__u32 signal);	 /* "psi.full" */
const char *veto_text(__u32 veto);	 /* "protected by a filter" */
const char *outcome_name(__u32 outcome); /* "freed" */
const char *stage_name(__u32 stage);	 /* "signalled" */
const char *latency_name(__u32 step);	 /* "decided to signalled" */

/* A value with its unit: "71.2%", "350ms", "never". Returns buf, as all below. */
char *signal_value_text(char *buf, size_t size, __u32 signal, __s64 value);

/* "psi.full 71.2% >= 60% over 2s". */
char *term_text(char *buf, size_t size, const struct record_term *term);

/* All terms of a record, with "and" between. */
char *terms_text(char *buf, size_t size, const struct record_term *term, __u32 terms);

/* The kill in one line: who, why, what came of it. At most some 300 characters. */
char *record_line(char *buf, size_t size, const struct kill_record *r);

#endif
