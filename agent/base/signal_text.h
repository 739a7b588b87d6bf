/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * signal_text.h - the table of signals, and comparisons of them in words and as configuration.
 *
 * To add a signal: its number in include/reapd/term.h, a row in the table, its value in
 * assess_value(), a paragraph in man/reapd.conf.5 (tests/lint compares).
 */
#ifndef REAPD_SIGNAL_TEXT_H
#define REAPD_SIGNAL_TEXT_H

#include <stddef.h>

#include <reapd/term.h>

enum signal_unit {
	UNIT_SHARE = 0,	    /* thousandths; written in % */
	UNIT_SHARE_OR_SIZE, /* thousandths, or KiB (TERM_KIB) */
	UNIT_SIZE,	    /* KiB */
	UNIT_TIME,	    /* ms */
	UNIT_RATE,	    /* KiB/s */
	UNIT_COUNT,
	SIGNAL_UNITS,
};

#define SIGNAL_OF_CGROUP (1u << 0) /* only a cgroup has it, not the machine */

struct signal_info {
	const char *name;  /* "psi.full" */
	const char *words; /* "full memory stall" */
	enum signal_unit unit;
	__u32 window_ms; /* by default; 0: it is of now and has no window */
	__s64 max;	 /* the largest limit that means something; 0: any */
	__u32 flags;	 /* SIGNAL_* */
};

/* NULL when there is no such signal. */
const struct signal_info *signal_info(__u32 signal);

/* The number of a name, 0 when there is none. */
__u32 signal_find(const char *name);

/* All of these answer "?" for a number that is none. */
const char *signal_name(__u32 signal);
const char *term_op_text(__u32 op);  /* ">=" */
const char *term_op_words(__u32 op); /* "at least" */

/*
 * A value with its unit: "71.2%", "350ms", "never", "812M". `flags`: TERM_KIB. Sizes from 10 MiB are
 * cut to whole MiB. Returns buf, as all below.
 */
char *signal_value_text(char *buf, size_t size, __u32 signal, __u32 flags, __s64 value);

/* The limit of a comparison, exactly, as configuration has it: "60%", "1536M", "100M/s". */
char *term_limit_text(char *buf, size_t size, const struct record_term *term);

/* A comparison as configuration has it: "system.psi.full >= 60% over 2s for 20s". */
char *term_rule_text(char *buf, size_t size, const struct record_term *term);

/* The same with its value: "psi.full 71.2% >= 60% over 2s for 20s, held 12.1 s". At most TERM_TEXT. */
#define TERM_TEXT 128
char *term_text(char *buf, size_t size, const struct record_term *term);

/* All terms of a record, with "and" between. */
char *terms_text(char *buf, size_t size, const struct record_term *term, __u32 terms);

#endif
