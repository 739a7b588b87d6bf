// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_kernel_files.c - sense, tools/ksymbols: any text in place of the kernel's files. */
#include "fuzz.h"

#include "../../agent/sense/cgroup_facts.h"
#include "../../agent/sense/format.h"
#include "../../agent/sense/meminfo.h"
#include "../../agent/base/procfs.h"
#include "../../agent/sense/psi.h"
#include "../../agent/sense/zram.h"
#include "../../tools/ksymbols.h"

/* What is not there is 0, and nothing else is touched. */
static void check_cgroup(const char *text)
{
	struct facts f, was;

	memset(&f, 0xa5, sizeof(f));
	was = f;
	cgroup_facts_parse_stat(text, &f);
	MUST(f.file_kib <= UINT64_MAX >> 10);
	MUST(strstr(text, "pgscan ") || strstr(text, "pgscan:") || !f.scanned_pages);
	was.scanned_pages = f.scanned_pages;
	was.reclaimed_pages = f.reclaimed_pages;
	was.refaulted_pages = f.refaulted_pages;
	was.file_kib = f.file_kib;
	MUST(!memcmp(&f, &was, sizeof(f)));
	cgroup_facts_parse_events(text, &f);
	MUST(strstr(text, "oom_kill") || !f.oom_kills);
	was.high_events = f.high_events;
	was.max_events = f.max_events;
	was.oom_events = f.oom_events;
	was.oom_kills = f.oom_kills;
	MUST(!memcmp(&f, &was, sizeof(f)));
}

/* Below the first address there is no name; what there is, is from the file. */
static void check_symbols(char *text)
{
	FILE *f = *text ? fmemopen(text, strlen(text), "r") : NULL;
	struct ksymbols *k = f ? ksymbols_read(f) : NULL;

	if (f)
		fclose(f);
	MUST(!strcmp(ksymbols_name(k, 0), "?"));
	MUST(!k || strstr(text, ksymbols_name(k, UINT64_MAX)));
	ksymbols_free(k);
}

/* Of a process: all of it or nothing. */
static void check_process(char *text)
{
	struct proc_stat stat, no_stat;
	struct proc_status status, no_status;
	__s16 adj = 4711;
	char *path;

	memset(&stat, 0xa5, sizeof(stat));
	memset(&status, 0xa5, sizeof(status));
	no_stat = stat;
	no_status = status;
	if (procfs_parse_stat(text, &stat))
		MUST(!memcmp(&stat, &no_stat, sizeof(stat)));
	else
		MUST(stat.tgid && strlen(stat.comm) < sizeof(stat.comm));
	if (procfs_parse_status(text, &status))
		MUST(!memcmp(&status, &no_status, sizeof(status)));
	if (procfs_parse_adj(text, &adj))
		MUST(adj == 4711);
	else
		MUST(adj >= -1000 && adj <= 1000);
	path = procfs_parse_cgroup(text);
	MUST(!path || (*path == '/' && !strchr(path, '\n')));
}

/* Of an event: names that end, numbers that libbpf can have. */
static void check_format(const char *text)
{
	struct format_field fields[FORMAT_FIELDS];
	int n = format_parse(text, fields);

	MUST(n && n <= FORMAT_FIELDS);
	for (int i = 0; i < n; i++) {
		MUST(*fields[i].name && strlen(fields[i].name) < sizeof(fields[i].name));
		MUST(fields[i].offset <= UINT16_MAX && fields[i].size <= 8);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = input_text(data, size);
	const struct psi no_psi = { 4711, 4712 };
	const struct meminfo no_meminfo = { 1, 2, 3, 4, 5, 6 };
	const struct vmstat no_vmstat = { 6, 7, 8, 9 };
	struct psi psi = no_psi;
	struct meminfo m = no_meminfo;
	struct vmstat v = no_vmstat;
	uint64_t n = 4711;

	if (psi_parse(text, &psi))
		MUST(!memcmp(&psi, &no_psi, sizeof(psi)));
	if (meminfo_parse(text, &m))
		MUST(!memcmp(&m, &no_meminfo, sizeof(m)));
	else
		MUST(m.total_kib);
	if (vmstat_parse(text, &v))
		MUST(!memcmp(&v, &no_vmstat, sizeof(v)));
	if (stat_field(text, "inactive_file", &n))
		MUST(n == 4711);
	n = 4711;
	if (zram_parse(text, &n))
		MUST(n == 4711);
	else
		MUST(n <= UINT64_MAX >> 10);
	check_cgroup(text);
	check_symbols(text);
	check_format(text);
	check_process(text);
	free(text);
	return 0;
}
