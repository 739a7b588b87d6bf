/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rule_scan.h - the words of a rule's value, one after the other, and what is wrong with them where.
 */
#ifndef REAPD_RULE_SCAN_H
#define REAPD_RULE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/types.h>

/* What is wrong with a value. */
struct rule_fault {
	size_t at; /* byte of the value, from 0 */
	char text[480];
};

struct scan {
	const char *text;
	const char *marks; /* bytes that are words by themselves and need no blanks around them */
	size_t at, len;	   /* the present word; len 0: the end */
};

/* Begin with the first word. `text` and `marks` are borrowed. */
void scan_begin(struct scan *s, const char *text, const char *marks);
void scan_next(struct scan *s);

/* The present word is this one. At the end none is. */
bool scan_is(const struct scan *s, const char *word);

/* The present word as a string, cut to size. Returns buf. */
char *scan_word(const struct scan *s, char *buf, size_t size);

/* "..., got 'WORD'" or "..., got the end of the line", at the present word. Always false. */
bool scan_unexpected(const struct scan *s, struct rule_fault *ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The words of the format and no more, at the present word. Always false. */
bool scan_fault(const struct scan *s, struct rule_fault *ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The present word as a time in whole ms, a size in KiB: 0, -EINVAL, -ERANGE (also: some bytes, but no KiB). */
int scan_ms(const struct scan *s, __u64 *ret);
int scan_kib(const struct scan *s, __u64 *ret);

/* Of the names with numbers first to end - 1, the one that was probably meant by word; NULL: none. */
const char *scan_meant(const char *word, const char *(*name)(__u32 n), __u32 first, __u32 end);

#endif
