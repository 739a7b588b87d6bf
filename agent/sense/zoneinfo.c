// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "zoneinfo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* Lines are of less than 100 bytes, but for "protection" of a machine with many kinds of zones. */
#define LINE_MAX_BYTES 512
#define PIECE	       4096 /* what the kernel gives at once anyway */

/* More pages than any machine has; so that no sum overflows. */
#define PAGES_MAX (1ULL << 48)

enum field {
	FIELD_MIN = 0,
	FIELD_LOW,
	FIELD_HIGH,
	FIELD_PRESENT,
	FIELDS
};

/* A number and where it ends; false: there is none. */
static bool number(const char **text, uint64_t *ret)
{
	unsigned long long n;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	n = strtoull(*text, &end, 10);
	if (errno || n > PAGES_MAX)
		return false;
	*text = end;
	*ret = n;
	return true;
}

/* "(0, 2957, 23901)": the highest. */
static bool highest(const char *text, uint64_t *ret)
{
	uint64_t n;

	*ret = 0;
	if (*text++ != '(')
		return false;
	for (;;) {
		text += strspn(text, " ");
		if (!number(&text, &n))
			return false;
		if (n > *ret)
			*ret = n;
		if (*text == ')')
			return true;
		if (*text++ != ',')
			return false;
	}
}

static void end_zone(struct zoneinfo_scan *s)
{
	if (!s->in_zone)
		return;
	s->in_zone = false;
	if (s->found != (1u << FIELDS) - 1) {
		s->bad = true;
		return;
	}
	if (!s->present)
		return;
	s->sum.zones++;
	s->sum.nodes += s->counted != s->node + 1;
	s->counted = s->node + 1;
	s->sum.min_pages += s->min + s->protection;
	s->sum.low_pages += s->low + s->protection;
	s->sum.high_pages += s->high + s->protection;
}

static void begin_zone(struct zoneinfo_scan *s, const char *text)
{
	uint64_t node;

	end_zone(s);
	s->bad |= !number(&text, &node) || *text != ',';
	s->node = s->bad ? 0 : (int64_t)node;
	s->in_zone = true;
	s->found = 0;
	s->protection = 0;
}

static void take_field(struct zoneinfo_scan *s, enum field field, const char *text)
{
	uint64_t *const to[FIELDS] = { &s->min, &s->low, &s->high, &s->present };

	/* Statistics behind the watermarks could have such a name some day: the first counts. */
	if (s->found & 1u << field)
		return;
	if (!number(&text, to[field]) || *text)
		s->bad = true;
	s->found |= 1u << field;
}

void zoneinfo_line(struct zoneinfo_scan *s, const char *line)
{
	static const char *const names[FIELDS] = { "min", "low", "high", "present" };
	size_t len;

	line += strspn(line, " \t");
	if (!strncmp(line, "Node ", 5)) {
		begin_zone(s, line + 5);
		return;
	}
	len = strcspn(line, " \t");
	for (enum field i = 0; s->in_zone && i < FIELDS; i++) {
		if (strlen(names[i]) == len && !strncmp(line, names[i], len))
			take_field(s, i, line + len + strspn(line + len, " \t"));
	}
	if (s->in_zone && len == strlen("protection:") && !strncmp(line, "protection:", len))
		s->bad |= !highest(line + len + strspn(line + len, " \t"), &s->protection);
}

int zoneinfo_end(struct zoneinfo_scan *s, struct zoneinfo *ret)
{
	end_zone(s);
	if (s->bad || !s->sum.zones)
		return -EINVAL;
	*ret = s->sum;
	return 0;
}

/* The whole lines of a piece; how many of its bytes they are. */
static size_t take_lines(struct zoneinfo_scan *s, const char *piece, size_t size)
{
	char line[LINE_MAX_BYTES];
	const char *at = piece, *end;

	while ((end = memchr(at, '\n', size - (size_t)(at - piece)))) {
		size_t len = (size_t)(end - at);

		s->bad |= len >= sizeof(line);
		len = len < sizeof(line) ? len : sizeof(line) - 1;
		memcpy(line, at, len);
		line[len] = 0;
		zoneinfo_line(s, line);
		at = end + 1;
	}
	return (size_t)(at - piece);
}

int zoneinfo_parse(const char *text, struct zoneinfo *ret)
{
	struct zoneinfo_scan s = {};
	size_t size = strlen(text), taken = take_lines(&s, text, size);

	s.bad |= taken != size; /* a line without its end: cut off */
	return zoneinfo_end(&s, ret);
}

int zoneinfo_read(int fd, struct zoneinfo *ret)
{
	struct zoneinfo_scan s = {};
	char piece[PIECE + LINE_MAX_BYTES];
	size_t have = 0, taken;
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, piece + have, PIECE, at))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		have += (size_t)n;
		taken = take_lines(&s, piece, have);
		have -= taken;
		if (have >= LINE_MAX_BYTES)
			return -EINVAL;
		memmove(piece, piece + taken, have);
	}
	s.bad |= have > 0;
	return zoneinfo_end(&s, ret);
}
