// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "meminfo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/file.h"

#define MEMINFO_MAX 4096  /* about 1.5 KiB */
#define VMSTAT_MAX  16384 /* about 5 KiB */

int stat_field(const char *text, const char *name, uint64_t *ret)
{
	const char *line = text, *value;
	size_t len = strlen(name);
	char *end;
	unsigned long long n;

	for (; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		if (strncmp(line, name, len))
			continue;
		value = line + len;
		if (*value == ':')
			value++;
		if (*value != ' ')
			continue;
		value += strspn(value, " ");
		if (*value < '0' || *value > '9')
			return -EINVAL;
		errno = 0;
		n = strtoull(value, &end, 10);
		if (errno || (*end && *end != '\n' && *end != ' '))
			return -EINVAL;
		*ret = n;
		return 0;
	}
	return -EINVAL;
}

int meminfo_parse(const char *text, struct meminfo *ret)
{
	struct meminfo m = {};

	if (stat_field(text, "MemTotal", &m.total_kib) ||
	    stat_field(text, "MemFree", &m.free_kib) ||
	    stat_field(text, "MemAvailable", &m.available_kib) ||
	    stat_field(text, "SwapTotal", &m.swap_total_kib) ||
	    stat_field(text, "SwapFree", &m.swap_free_kib) || !m.total_kib)
		return -EINVAL;
	stat_field(text, "Cached", &m.file_kib);
	*ret = m;
	return 0;
}

int vmstat_parse(const char *text, struct vmstat *ret)
{
	static const char *const ways[] = { "kswapd", "direct", "khugepaged" };
	struct vmstat v = {};
	uint64_t n;
	char name[32];
	int found = 0;

	for (unsigned int i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		strcpy(name, "pgscan_");
		strcat(name, ways[i]);
		if (!stat_field(text, name, &n)) {
			v.scanned_pages += n;
			found++;
		}
		strcpy(name, "pgsteal_");
		strcat(name, ways[i]);
		if (!stat_field(text, name, &n))
			v.reclaimed_pages += n;
	}
	if (!found)
		return -EINVAL;
	/* One number for all before 5.9, of anonymous and file pages apart since. */
	if (stat_field(text, "workingset_refault_file", &v.refaulted_pages))
		stat_field(text, "workingset_refault", &v.refaulted_pages);
	stat_field(text, "oom_kill", &v.oom_kills);
	*ret = v;
	return 0;
}

int meminfo_read(int fd, struct meminfo *ret)
{
	char text[MEMINFO_MAX];
	ssize_t len = file_pread(fd, text, sizeof(text));

	return len < 0 ? (int)len : meminfo_parse(text, ret);
}

int vmstat_read(int fd, struct vmstat *ret)
{
	char text[VMSTAT_MAX];
	ssize_t len = file_pread(fd, text, sizeof(text));

	return len < 0 ? (int)len : vmstat_parse(text, ret);
}
