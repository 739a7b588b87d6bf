// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reapctl.c - the table of verbs.
 */
#include "tool.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	verb_fn *run;
	const char *args;
	const char *help;
} verbs[] = {
	{ "status", verb_status, "", "tier, state, pressure, losses" },
	{ "top", verb_top, "[-d SECONDS] [-n TIMES]", "who would be next, who grows" },
	{ "explain", verb_explain, "[ID|last]",
	  "if pressure hit now, or of a kill: who, why, why not others" },
	{ "kills", verb_kills, "[--all] [--follow] [ID]", "what was killed, why and how fast" },
	{ "latency", verb_latency, "[--reset] | --trace [-n N] [PID]...",
	  "time from stage to stage of a kill; of anybody's, as the kernel sees it" },
	{ "filter", verb_filter, "list|add|remove|test|key ...", "who is spared, who goes first" },
	{ "probe", verb_probe, "", "what this kernel offers, and what is lost" },
	{ "record", verb_record, "FILE [-s SECONDS]", "write facts and decisions to a file" },
	{ "replay", verb_replay, "FILE [--mem-total SIZE]", "decide again on what was recorded" },
	{ "import", verb_import, "FILE | PEER [ARGS]", "another daemon's configuration, as ours" },
	{ "reload", verb_reload, "", "make the agent read its configuration again" },
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct option options[] = {
	{ "run-dir", required_argument, NULL, 'r' },
	{ "state-dir", required_argument, NULL, 's' },
	{ "bpf-dir", required_argument, NULL, 'b' },
	{ "json", no_argument, NULL, 'j' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

void complain(const char *fmt, ...)
{
	va_list args;

	fputs("reapctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

static void usage(FILE *f)
{
	fputs("usage: reapctl [OPTION]... VERB [ARGUMENT]...\n\n", f);
	for (size_t i = 0; i < VERBS; i++) {
		fprintf(f, "  %s %s\n", verbs[i].name, verbs[i].args);
		fprintf(f, "      %s\n", verbs[i].help);
	}
	fputs("\n"
	      "  -j, --json           for programs\n"
	      "      --run-dir DIR    of the agent to talk to (default /run/reapd)\n"
	      "      --state-dir DIR  where its records are (default /var/lib/reapd)\n"
	      "      --bpf-dir DIR    where its maps are (default /sys/fs/bpf/reapd)\n"
	      "  -V, --version\n"
	      "  -h, --help\n"
	      "\n"
	      "See reapctl(8).\n",
	      f);
}

static int run_verb(const struct tool *t, int argc, char **argv)
{
	static char name[32];

	for (size_t i = 0; i < VERBS; i++) {
		if (!strcmp(verbs[i].name, argv[0])) {
			optind = 0; /* getopt starts anew, and complains in this name */
			snprintf(name, sizeof(name), "reapctl: %s", verbs[i].name);
			argv[0] = name;
			return verbs[i].run(t, argc, argv);
		}
	}
	complain("unknown verb '%s'; try 'reapctl --help'", argv[0]);
	return EXIT_USAGE;
}

/* --json is allowed behind the verb too: take it out of there. */
static int take_json(struct tool *t, int argc, char **argv)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-j"))
			t->json = true;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	return n;
}

int main(int argc, char **argv)
{
	struct tool t = {
		.run_dir = "/run/reapd",
		.state_dir = "/var/lib/reapd",
		.bpf_dir = "/sys/fs/bpf/reapd",
	};
	int c;

	while ((c = getopt_long(argc, argv, "+jVh", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			t.run_dir = optarg;
			break;
		case 's':
			t.state_dir = optarg;
			break;
		case 'b':
			t.bpf_dir = optarg;
			break;
		case 'j':
			t.json = true;
			break;
		case 'V':
			puts("reapctl " REAPD_VERSION);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		default:
			fputs("Try 'reapctl --help'.\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	argc = take_json(&t, argc - optind, argv + optind);
	if (!argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run_verb(&t, argc, argv + optind);
}
