// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * memory.c - what does the agent itself need, and how much more with each further process?
 *
 *   memory PID_OF_AGENT REAPCTL RUN_DIR
 *
 * The agent runs over the whole machine as a dry run. Processes are added until it knows 300 and then
 * 5,300; asking it for its status makes it look (agent/answers.c).
 */
#include <fcntl.h>
#include <string.h>

#include "../../agent/base/file.h"
#include "../../agent/sense/meminfo.h"
#include "bench.h"
#include "procs.h"

#define FIRST 300
#define MORE  5000

struct size {
	uint64_t rss_kib, anon_kib;
};

static struct size size_of(const char *agent, const char *reapctl, const char *run_dir)
{
	char text[8192], command[512];
	struct size s = {};

	snprintf(command, sizeof(command), "%s --run-dir %s status >/dev/null", reapctl, run_dir);
	if (system(command))
		exit(1);
	snprintf(command, sizeof(command), "/proc/%s/status", agent);
	if (file_read_at(AT_FDCWD, command, text, sizeof(text)) < 0)
		exit(1);
	/* stat_field() wants a space; status has a tab. */
	for (char *p = text; *p; p++)
		*p = *p == '\t' ? ' ' : *p;
	if (stat_field(text, "VmRSS", &s.rss_kib) || stat_field(text, "RssAnon", &s.anon_kib))
		exit(1);
	return s;
}

int main(int argc, char **argv)
{
	static pid_t pids[FIRST + MORE];
	char figure[64], beside[64];
	struct size few, many;
	uint64_t each;

	if (argc != 4)
		return 2;
	procs_start(pids, FIRST);
	few = size_of(argv[1], argv[2], argv[3]);
	procs_start(pids + FIRST, MORE);
	many = size_of(argv[1], argv[2], argv[3]);
	procs_end(pids, FIRST + MORE);
	each = (many.rss_kib - few.rss_kib) * 1024 / MORE;
	snprintf(figure, sizeof(figure), "%.1f MiB", (double)few.rss_kib / 1024);
	bench_row("VmRSS of the agent, 300 processes", figure, "-", "-", "<= 4 MiB",
		  few.rss_kib <= 4096);
	snprintf(figure, sizeof(figure), "%.2f MiB", (double)few.anon_kib / 1024);
	bench_row("RssAnon of the agent, 300 processes", figure, "-", "-", "<= 1 MiB",
		  few.anon_kib <= 1024);
	snprintf(figure, sizeof(figure), "%llu B", (unsigned long long)each);
	snprintf(beside, sizeof(beside), "5,300: %.1f MiB", (double)many.rss_kib / 1024);
	bench_row("each further process", figure, beside, "-", "<= 300 B", each <= 300);
	return 0;
}
