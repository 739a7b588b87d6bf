// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum log_level shown = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	shown = level;
}

enum log_level log_get_level(void)
{
	return shown;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	/* One write, so that lines of the reaper threads do not mix. Longer lines are cut. */
	char line[1024];
	int len = 0, room;
	va_list args;

	if (level > shown)
		return;
	if (getenv("JOURNAL_STREAM"))
		len = snprintf(line, sizeof(line), "<%d>", level);
	else
		len = snprintf(line, sizeof(line), "reapd: ");
	room = (int)sizeof(line) - len - 1;
	va_start(args, fmt);
	len += vsnprintf(line + len, (size_t)room, fmt, args);
	va_end(args);
	if (len > (int)sizeof(line) - 2)
		len = (int)sizeof(line) - 2;
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)len) < 0)
		return; /* nowhere left to say it */
}
