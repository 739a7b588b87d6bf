/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tool.h - what every verb of reapctl is given.
 *
 * A verb is one file and one row in the table of reapctl.c. It prints text for people, or with
 * --json one JSON value for programs (json-c), and returns an exit code of reapctl(8).
 */
#ifndef REAPCTL_TOOL_H
#define REAPCTL_TOOL_H

#include <stdbool.h>

#define EXIT_USAGE	 2
#define EXIT_UNAVAILABLE 3

struct tool {
	const char *run_dir;
	const char *state_dir;
	const char *bpf_dir;
	bool json;
};

/* argv[0] is the verb. */
typedef int verb_fn(const struct tool *t, int argc, char **argv);

verb_fn verb_status, verb_top, verb_explain, verb_kills, verb_latency, verb_filter, verb_probe,
	verb_record, verb_replay, verb_import, verb_reload;

/* "reapctl: ..." on stderr. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
