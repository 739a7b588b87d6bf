// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"

#define countof(a) (sizeof(a) / sizeof((a)[0]))

/* Digits at *s; moves *s behind them. */
static int digits(const char **s, uint64_t *ret)
{
	uint64_t n = 0;
	const char *p = *s;

	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned int d = (unsigned int)(*p - '0');

		if (n > (UINT64_MAX - d) / 10)
			return -ERANGE;
		n = n * 10 + d;
	}
	*s = p;
	*ret = n;
	return 0;
}

int text_to_u64(const char *s, uint64_t *ret)
{
	uint64_t n;
	int err = digits(&s, &n);

	if (err)
		return err;
	if (*s)
		return -EINVAL;
	*ret = n;
	return 0;
}

int text_to_i64(const char *s, int64_t *ret)
{
	bool minus = *s == '-';
	uint64_t n;
	int err = text_to_u64(s + minus, &n);

	if (err)
		return err;
	if (n > INT64_MAX)
		return -ERANGE;
	*ret = minus ? -(int64_t)n : (int64_t)n;
	return 0;
}

int text_to_bool(const char *s, bool *ret)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

	for (size_t i = 0; i < countof(words); i++) {
		if (!strcmp(s, words[i])) {
			*ret = i & 1;
			return 0;
		}
	}
	return -EINVAL;
}

int text_to_kib(const char *s, uint64_t *ret_kib)
{
	static const char letters[] = "KMGT";
	const char *letter;
	unsigned int shift;
	uint64_t n;
	int err = digits(&s, &n);

	if (err)
		return err;
	if (!*s) {
		*ret_kib = n >> 10;
		return 0;
	}
	letter = strchr(letters, *s);
	if (!letter || (s[1] && strcmp(s + 1, "iB")))
		return -EINVAL;
	shift = 10 * (unsigned int)(letter - letters);
	if (n > UINT64_MAX >> (shift + 10))
		return -ERANGE;
	*ret_kib = n << shift;
	return 0;
}

int text_to_ns(const char *s, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_MS }, { "us", NS_PER_US },	     { "ms", NS_PER_MS },
		{ "s", NS_PER_S }, { "min", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
	};
	uint64_t n;
	int err = digits(&s, &n);

	if (err)
		return err;
	for (size_t i = 0; i < countof(units); i++) {
		if (strcmp(s, units[i].name))
			continue;
		if (n > UINT64_MAX / units[i].ns)
			return -ERANGE;
		*ret_ns = n * units[i].ns;
		return 0;
	}
	return -EINVAL;
}

int text_to_permille(const char *s, uint32_t *ret)
{
	uint64_t whole, tenth = 0;
	int err = digits(&s, &whole);

	if (err)
		return err;
	if (*s == '.') {
		if (s[1] < '0' || s[1] > '9')
			return -EINVAL;
		tenth = (uint64_t)(s[1] - '0');
		s += 2;
	}
	if (strcmp(s, "%"))
		return -EINVAL;
	if (whole > (UINT32_MAX - tenth) / 10)
		return -ERANGE;
	*ret = (uint32_t)(whole * 10 + tenth);
	return 0;
}

bool text_copy(char *dst, size_t size, const char *src)
{
	size_t len = strnlen(src, size);
	bool fits = len < size;

	if (!fits)
		len = size - 1;
	memcpy(dst, src, len);
	dst[len] = 0;
	return fits;
}

/* Length of the UTF-8 sequence at s, 0 when it is none. Overlong and surrogate forms are refused. */
static size_t utf8_length(const unsigned char *s)
{
	size_t len = *s < 0x80		     ? 1 :
		     *s >= 0xc2 && *s < 0xe0 ? 2 :
		     *s >= 0xe0 && *s < 0xf0 ? 3 :
		     *s >= 0xf0 && *s < 0xf5 ? 4 :
					       0;

	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

/* C0, DEL and C1 (U+0080 to U+009F: U+009B alone begins a control sequence on many terminals). */
static bool is_control(const unsigned char *s)
{
	return *s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0);
}

bool text_is_clean(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t len;

	for (; *p; p += len) {
		len = utf8_length(p);
		if (!len || is_control(p))
			return false;
	}
	return p != (const unsigned char *)s;
}

void text_clean(char *s)
{
	unsigned char *p = (unsigned char *)s;
	size_t len;

	for (; *p; p += len) {
		len = utf8_length(p);
		if (!len || is_control(p)) {
			*p = '?';
			len = 1;
		}
	}
}

char *text_kib(char *buf, size_t size, uint64_t kib)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	unsigned int unit = 0;
	uint64_t whole = kib, rest = 0;

	while (whole >= 1024 && unit < countof(units) - 1) {
		rest = whole & 1023;
		whole >>= 10;
		unit++;
	}
	if (unit && whole < 10)
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " %s", whole, rest * 10 / 1024,
			 units[unit]);
	else
		snprintf(buf, size, "%" PRIu64 " %s", whole, units[unit]);
	return buf;
}

char *text_kib_exact(char *buf, size_t size, uint64_t kib)
{
	static const char units[] = "KMGT";
	unsigned int unit = 0;

	for (; kib && !(kib & 1023) && units[unit + 1]; unit++)
		kib >>= 10;
	snprintf(buf, size, "%" PRIu64 "%c", kib, units[unit]);
	return buf;
}

char *text_permille(char *buf, size_t size, uint64_t permille)
{
	if (permille % 10)
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64 "%%", permille / 10, permille % 10);
	else
		snprintf(buf, size, "%" PRIu64 "%%", permille / 10);
	return buf;
}

char *text_ns(char *buf, size_t size, uint64_t ns)
{
	if (ns < NS_PER_MS)
		snprintf(buf, size, "%" PRIu64 " us", ns / NS_PER_US);
	else if (ns < NS_PER_S)
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " ms", ns / NS_PER_MS,
			 ns / (NS_PER_MS / 10) % 10);
	else
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " s", ns / NS_PER_S,
			 ns / (NS_PER_S / 10) % 10);
	return buf;
}

char *text_ms_exact(char *buf, size_t size, uint64_t ms)
{
	if (ms && ms % 1000 == 0)
		snprintf(buf, size, "%" PRIu64 "s", ms / 1000);
	else
		snprintf(buf, size, "%" PRIu64 "ms", ms);
	return buf;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

unsigned int text_distance(const char *a, const char *b)
{
	enum {
		WORD = 32
	};
	unsigned int row[WORD + 1], diagonal, above;
	size_t na = strnlen(a, WORD), nb = strnlen(b, WORD);

	/* row[j]: from the letters of a that were looked at to the first j of b. */
	for (unsigned int j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 0; i < na; i++) {
		diagonal = row[0]++;
		for (size_t j = 0; j < nb; j++) {
			above = row[j + 1];
			row[j + 1] = least(least(above, row[j]) + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[nb];
}

void text_wrap(FILE *f, const char *prefix, int columns, const char *text)
{
	int first = (int)strlen(prefix), column = first, len;

	for (;; text++) {
		len = (int)strcspn(text, " ");
		if (column > first && column + 1 + len > columns) {
			fprintf(f, "\n%s", prefix);
			column = first;
		} else if (column > first) {
			fputc(' ', f);
			column++;
		}
		for (; len > columns - column; len -= columns - first, text += columns - first)
			fprintf(f, "%.*s\n%s", columns - first, text, prefix);
		fprintf(f, "%.*s", len, text);
		column += len;
		text += len;
		if (!*text)
			break;
	}
	fputc('\n', f);
}
