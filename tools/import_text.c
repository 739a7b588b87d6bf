// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "import_text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../agent/base/text.h"
#include "import.h"

#define BLANKS " \t\r\n"

/* Comments do not go on. */
static bool goes_on(const char *line, const char *end)
{
	line += strspn(line, BLANKS);
	return end > line && end[-1] == '\\' && *line != '#' && *line != ';';
}

char *import_next_line(char **at, unsigned int *number, bool joined)
{
	char *line = *at, *end = line;

	if (!*line)
		return NULL;
	for (;;) {
		end += strcspn(end, "\n");
		(*number)++;
		if (!*end || !joined || !goes_on(line, end))
			break;
		end[-1] = *end = ' ';
	}
	*at = *end ? end + 1 : end;
	*end = 0;
	return line;
}

char *import_trim(char *s)
{
	size_t len;

	s += strspn(s, BLANKS);
	len = strlen(s);
	while (len && strchr(BLANKS, s[len - 1]))
		len--;
	s[len] = 0;
	return s;
}

bool import_key_value(char *line, char **key, char **value)
{
	char *equals = strchr(line, '=');

	if (!equals)
		return false;
	*equals = 0;
	*key = import_trim(line);
	*value = import_trim(equals + 1);
	return true;
}

/* One word at *at, put together at `to`; moves *at behind it. False: a quote does not end. */
static bool take_word(char **at, char *to)
{
	char *p = *at, quote = 0;

	for (; *p && (quote || !strchr(BLANKS, *p)); p++) {
		if (quote ? *p == quote : *p == '\'' || *p == '"') {
			if (quote)
				quote = 0;
			else
				quote = *p;
			continue;
		}
		/* Within double quotes a backslash is one, but before what is special there. */
		if (*p == '\\' && p[1] && (!quote || (quote == '"' && strchr("\"\\$`", p[1]))))
			p++;
		*to++ = *p;
	}
	*at = *p ? p + 1 : p;
	*to = 0;
	return !quote;
}

int import_words(char *text, char **words, size_t max)
{
	size_t n = 0;

	for (;;) {
		text += strspn(text, BLANKS);
		if (!*text)
			return (int)n;
		if (n == max)
			return -E2BIG;
		words[n++] = text;
		if (!take_word(&text, text))
			return -EINVAL;
	}
}

bool import_number(const char *s, double *ret)
{
	const char *digits = s + (*s == '-' || *s == '+');
	char *end;
	double n;

	if (!isdigit((unsigned char)*digits) && *digits != '.')
		return false;
	if (s[strspn(s, "+-.0123456789eE")])
		return false;
	n = strtod(s, &end);
	if (end == s || *end || !isfinite(n))
		return false;
	*ret = n;
	return true;
}

char *import_time(char *buf, size_t size, double seconds)
{
	unsigned long long ms = (unsigned long long)(seconds * 1000 + 0.5);

	if (ms % 1000)
		snprintf(buf, size, "%llums", ms);
	else
		snprintf(buf, size, "%llus", ms / 1000);
	return buf;
}

char *import_held(char *buf, size_t size, double seconds)
{
	char time[32];

	import_time(time, sizeof(time), import_least(seconds, IMPORT_HOLD_MAX_S));
	snprintf(buf, size, "%s%s", seconds > 0 ? " for " : "", seconds > 0 ? time : "");
	return buf;
}

static unsigned int to_permille(double percent)
{
	unsigned int n = (unsigned int)(percent * 10 + 0.5);

	return !n && percent > 0 ? 1 : n;
}

char *import_share(char *buf, size_t size, double percent)
{
	return text_permille(buf, size, to_permille(percent));
}

bool import_share_rounds(double percent)
{
	return fabs(to_permille(percent) / 10.0 - percent) > 1e-6;
}

bool import_is_program(const char *command)
{
	return *command == '/' && !command[strcspn(command, " \t,;#'\"")] &&
	       strlen(command) <= IMPORT_LINE / 2;
}

void import_and(char *when, size_t size, const char *fmt, ...)
{
	size_t len = strlen(when);
	va_list args;

	if (len)
		len += (size_t)snprintf(when + len, size - len, " and ");
	if (len >= size)
		return;
	va_start(args, fmt);
	vsnprintf(when + len, size - len, fmt, args);
	va_end(args);
}

static const char *recognise_line(const char *line)
{
	static const struct {
		const char *begins, *peer;
	} marks[] = {
		{ "[OOM]", "systemd-oomd" },
		{ "ManagedOOM", "systemd-oomd" },
		{ "OOMRules", "systemd-oomd" },
		{ "MemoryPressureAbove", "systemd-oomd" },
		{ "SwapUsageMax", "systemd-oomd" },
		{ "EARLYOOM_ARGS", "earlyoom" },
		{ "export EARLYOOM_ARGS", "earlyoom" },
		{ "soft_threshold_min_mem", "nohang" },
		{ "hard_threshold_min_mem", "nohang" },
		{ "@BADNESS_ADJ_RE_", "nohang" },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strncmp(line, marks[i].begins, strlen(marks[i].begins)))
			return marks[i].peer;
	}
	return NULL;
}

/* JSON of an object, perhaps behind comments. */
static bool is_json(const char *text)
{
	for (;;) {
		text += strspn(text, BLANKS);
		if (!strncmp(text, "//", 2))
			text += strcspn(text, "\n");
		else if (!strncmp(text, "/*", 2) && strstr(text + 2, "*/"))
			text = strstr(text + 2, "*/") + 2;
		else
			return *text == '{';
	}
}

const char *import_recognise(const char *text)
{
	const char *peer = is_json(text) ? "oomd" : NULL;

	while (*text && !peer) {
		peer = recognise_line(text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return peer;
}
