// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "mount.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* Is the word in this list with commas? */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		if (!strncmp(at, word, len) && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

bool mount_find(const char *type, const char *option, char *ret, size_t size)
{
	char line[2 * PATH_MAX], point[PATH_MAX], fstype[64], options[1024];
	FILE *f = fopen("/proc/self/mountinfo", "re");
	bool found = false;
	const char *tail;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		tail = strstr(line, " - ");
		if (!tail || sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1 ||
		    sscanf(tail, " - %63s %*s %1023s", fstype, options) != 2)
			continue;
		if (!strcmp(fstype, type) && (!option || has_word(options, option)))
			found = text_copy(ret, size, point);
	}
	fclose(f);
	return found;
}
