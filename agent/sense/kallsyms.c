// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "kallsyms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "ADDRESS TYPE NAME", and "\t[MODULE]" behind those of modules. */
static void take_line(char *line, const char *const *names, __u64 *ret, __u32 n)
{
	char *end, *name;
	unsigned long long address = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return;
	name = end + 3;
	name[strcspn(name, "\n")] = '\0';
	for (__u32 i = 0; i < n; i++) {
		if (!strcmp(name, names[i]))
			ret[i] = address;
	}
}

int kallsyms_find(const char *path, const char *const *names, __u64 *ret, __u32 n)
{
	char line[512]; /* KSYM_NAME_LEN of 6.1 and before is 128, 512 since: longer ones are not ours */
	FILE *f = fopen(path ? path : "/proc/kallsyms", "re");

	memset(ret, 0, n * sizeof(*ret));
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		take_line(line, names, ret, n);
	fclose(f);
	return 0;
}
