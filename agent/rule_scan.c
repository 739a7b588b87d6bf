// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "rule_scan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define BLANKS " \t"

/* Longer than any word that means something; a longer one is cut and then means nothing either. */
#define WORD_MAX  64
/* As much of a word is said in an error. */
#define WORD_SAID 40

static void take_word(struct scan *s)
{
	const char *word = s->text + s->at;
	char stops[16];

	snprintf(stops, sizeof(stops), BLANKS "%s", s->marks);
	s->len = strspn(word, s->marks);
	if (!s->len)
		s->len = strcspn(word, stops);
}

void scan_begin(struct scan *s, const char *text, const char *marks)
{
	*s = (struct scan){ .text = text, .marks = marks, .at = strspn(text, BLANKS) };
	take_word(s);
}

void scan_next(struct scan *s)
{
	s->at += s->len;
	s->at += strspn(s->text + s->at, BLANKS);
	take_word(s);
}

bool scan_is(const struct scan *s, const char *word)
{
	return s->len == strlen(word) && !strncmp(s->text + s->at, word, s->len);
}

char *scan_word(const struct scan *s, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", (int)s->len, s->text + s->at);
	return buf;
}

static void fault(const struct scan *s, struct rule_fault *ret, const char *fmt, va_list args)
{
	ret->at = s->at;
	vsnprintf(ret->text, sizeof(ret->text), fmt, args);
	text_clean(ret->text);
}

bool scan_fault(const struct scan *s, struct rule_fault *ret, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fault(s, ret, fmt, args);
	va_end(args);
	return false;
}

bool scan_unexpected(const struct scan *s, struct rule_fault *ret, const char *fmt, ...)
{
	char got[WORD_SAID + 32] = "the end of the line";
	va_list args;
	size_t len;

	va_start(args, fmt);
	fault(s, ret, fmt, args);
	va_end(args);
	if (s->len)
		snprintf(got, sizeof(got), "'%.*s%s'",
			 (int)(s->len < WORD_SAID ? s->len : WORD_SAID), s->text + s->at,
			 s->len < WORD_SAID ? "" : "...");
	text_clean(got);
	len = strlen(ret->text);
	snprintf(ret->text + len, sizeof(ret->text) - len, ", got %s", got);
	return false;
}

int scan_ms(const struct scan *s, __u64 *ret)
{
	char word[WORD_MAX];
	uint64_t ns;
	int err = text_to_ns(scan_word(s, word, sizeof(word)), &ns);

	if (err)
		return err;
	if (ns % NS_PER_MS)
		return -EINVAL;
	*ret = ns / NS_PER_MS;
	return 0;
}

int scan_kib(const struct scan *s, __u64 *ret)
{
	char word[WORD_MAX];
	uint64_t kib;
	int err = text_to_kib(scan_word(s, word, sizeof(word)), &kib);

	if (err)
		return err;
	if (!kib && strpbrk(word, "123456789"))
		return -ERANGE;
	*ret = kib;
	return 0;
}

const char *scan_meant(const char *word, const char *(*name)(__u32 n), __u32 first, __u32 end)
{
	/* One slip in a short word, two in a long one. */
	unsigned int least = strlen(word) < 6 ? 2 : 3, distance;
	const char *best = NULL;

	for (__u32 i = first; i < end; i++) {
		distance = text_distance(word, name(i));
		if (distance >= least)
			continue;
		least = distance;
		best = name(i);
	}
	return best;
}
