// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "procfs.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Of proc(5), counted from the state, which is the first behind the name. */
enum stat_index {
	STAT_PPID = 1,
	STAT_PGRP = 2,
	STAT_FLAGS = 6,
	STAT_THREADS = 17,
	STAT_START = 19,
	STAT_FIELDS,
};

/* A number and the blank (or end) behind it. 0 or -EINVAL. */
static int next_number(const char **at, unsigned long long *ret)
{
	char *end;

	if (**at == '-') /* terminal, priorities: nothing that is asked for */
		(*at)++;
	if (**at < '0' || **at > '9')
		return -EINVAL;
	errno = 0;
	*ret = strtoull(*at, &end, 10);
	if (errno || (*end != ' ' && *end != '\n' && *end))
		return -EINVAL;
	*at = *end == ' ' ? end + 1 : end;
	return 0;
}

static void copy_comm(char dst[REAPD_COMM_LEN], const char *begin, const char *end)
{
	size_t len = (size_t)(end - begin);

	if (len > REAPD_COMM_LEN - 1)
		len = REAPD_COMM_LEN - 1;
	memset(dst, 0, REAPD_COMM_LEN);
	memcpy(dst, begin, len);
}

int procfs_parse_stat(const char *text, struct proc_stat *ret)
{
	unsigned long long field[STAT_FIELDS] = {}, tgid;
	const char *at = text, *begin, *end = strrchr(text, ')');
	struct proc_stat s = {};

	if (next_number(&at, &tgid) || *at != '(' || !end || end < at)
		return -EINVAL;
	begin = at + 1;
	if (end[1] != ' ' || !end[2] || end[3] != ' ')
		return -EINVAL;
	at = end + 4;
	for (int i = STAT_PPID; i < STAT_FIELDS; i++) {
		if (next_number(&at, &field[i]))
			return -EINVAL;
	}
	if (!tgid || tgid > INT32_MAX || field[STAT_PPID] > INT32_MAX ||
	    field[STAT_PGRP] > INT32_MAX || field[STAT_THREADS] > INT32_MAX ||
	    field[STAT_FLAGS] > UINT32_MAX || field[STAT_START] > UINT64_MAX / PROCFS_TICK_NS)
		return -EINVAL;
	s.tgid = (__u32)tgid;
	s.state = end[2];
	s.ppid = (__u32)field[STAT_PPID];
	s.pgid = (__u32)field[STAT_PGRP];
	s.threads = (__u32)field[STAT_THREADS];
	s.flags = (__u32)field[STAT_FLAGS];
	s.start_ns = field[STAT_START] * PROCFS_TICK_NS;
	copy_comm(s.comm, begin, end);
	*ret = s;
	return 0;
}

/* "NAME:\t  123 kB": the number, when the line begins so. */
static bool line_number(const char *line, const char *name, int base, unsigned long long *ret)
{
	size_t len = strlen(name);
	char *end;

	if (strncmp(line, name, len) != 0 || line[len] != ':')
		return false;
	line += len + 1;
	line += strspn(line, " \t");
	if (strspn(line, "0123456789abcdef") == 0)
		return false;
	errno = 0;
	*ret = strtoull(line, &end, base);
	return !errno && end != line && strchr(" \t\n", *end);
}

static bool line_kib(const char *line, const char *name, __u32 *ret)
{
	unsigned long long n;

	if (!line_number(line, name, 10, &n))
		return false;
	*ret = n > UINT32_MAX ? UINT32_MAX : (__u32)n;
	return true;
}

int procfs_parse_status(const char *text, struct proc_status *ret)
{
	static const struct {
		const char *name;
		size_t where;
	} sizes[] = {
		{ "RssAnon", offsetof(struct proc_status, anon_kib) },
		{ "RssFile", offsetof(struct proc_status, file_kib) },
		{ "RssShmem", offsetof(struct proc_status, shmem_kib) },
		{ "VmSwap", offsetof(struct proc_status, swap_kib) },
		{ "VmPTE", offsetof(struct proc_status, pgtables_kib) },
	};
	unsigned long long n, kill = 1ULL << (SIGKILL - 1);
	bool uid = false, dumping = false;
	struct proc_status s = {};

	for (const char *line = text; line;
	     line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		switch (*line) {
		case 'R':
		case 'V':
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
				if (line_kib(line, sizes[i].name,
					     (__u32 *)((char *)&s + sizes[i].where)))
					s.has_memory = true;
			}
			break;
		case 'U':
			uid |= line_kib(line, "Uid", &s.uid);
			break;
		case 'C':
			dumping |= line_number(line, "CoreDumping", 10, &n) && n;
			break;
		case 'S':
			if (line_number(line, "SigPnd", 16, &n) ||
			    line_number(line, "ShdPnd", 16, &n))
				s.killed |= (n & kill) != 0;
			break;
		default:
			break;
		}
	}
	if (!uid)
		return -EINVAL;
	s.killed &= !dumping;
	*ret = s;
	return 0;
}

int procfs_parse_adj(const char *text, __s16 *ret)
{
	char *end;
	long n;

	if (*text != '-' && (*text < '0' || *text > '9'))
		return -EINVAL;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || (*end && *end != '\n') || n < -1000 || n > 1000)
		return -EINVAL;
	*ret = (__s16)n;
	return 0;
}

char *procfs_parse_cgroup(char *text)
{
	for (char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		if (strncmp(line, "0::/", 4) != 0)
			continue;
		line += 3;
		line[strcspn(line, "\n")] = 0;
		return line;
	}
	return NULL;
}
