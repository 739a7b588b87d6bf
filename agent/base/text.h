/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text.h - strings to numbers and back, strictly.
 *
 * Parsers take the whole string or fail: no leading or trailing garbage, no silent wrap. On failure
 * the output is not touched. They return 0, -EINVAL (not of the form) or -ERANGE (too large).
 */
#ifndef REAPD_TEXT_H
#define REAPD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

int text_to_u64(const char *s, uint64_t *ret);
int text_to_i64(const char *s, int64_t *ret);

/* "yes", "no", "true", "false", "on", "off", "1", "0". */
int text_to_bool(const char *s, bool *ret);

/* "512", "512K", "64M", "2G", "1T", optionally with "iB" behind the letter; bytes without one. */
int text_to_kib(const char *s, uint64_t *ret_kib);

/* "500ms", "2s", "5min", "1h", "20us"; a bare number is milliseconds. */
int text_to_ns(const char *s, uint64_t *ret_ns);

/* "60%" or "12.5%" to thousandths (600, 125). What is more than 100 % is for the caller to judge. */
int text_to_permille(const char *s, uint32_t *ret);

/* Copy as much as fits and end it with NUL; false when it did not all fit. */
bool text_copy(char *dst, size_t size, const char *src);

/* Printable text in valid UTF-8: no control characters, not empty. */
bool text_is_clean(const char *s);

/* Replace what is not printable ASCII or valid UTF-8 by '?': for names that processes chose. */
void text_clean(char *s);

/* "1.9 GiB", "640 KiB": at most 11 characters. Returns buf. */
char *text_kib(char *buf, size_t size, uint64_t kib);

/* Exactly, as text_to_kib() reads it: "2G", "1536M", "65K". At most 21 characters. Returns buf. */
char *text_kib_exact(char *buf, size_t size, uint64_t kib);

/* Exactly, as text_to_permille() reads it: "60%", "12.5%". At most 22 characters. Returns buf. */
char *text_permille(char *buf, size_t size, uint64_t permille);

/* "740 us", "41.3 ms", "2.1 s": at most 11 characters. Returns buf. */
char *text_ns(char *buf, size_t size, uint64_t ns);

/* Exactly, as text_to_ns() reads it: "2s", "1500ms". At most 22 characters. Returns buf. */
char *text_ms_exact(char *buf, size_t size, uint64_t ms);

/* How many letters must be changed, put in or left out to make one word of the other; at most 32. */
unsigned int text_distance(const char *a, const char *b);

/*
 * Print words in lines of at most `columns` bytes that begin with `prefix`; that of the first line is
 * taken to stand there already. A word longer than a line, a path say, is cut where the line ends.
 */
void text_wrap(FILE *f, const char *prefix, int columns, const char *text);

#endif
