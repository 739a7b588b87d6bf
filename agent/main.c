// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * main.c - options, and the frame around the loop.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "setup.h"
#include "base/log.h"
#include "base/text.h"
#include "harden.h"

static struct agent agent; /* with its history too large for the stack */

static const char usage[] = "usage: reapd [OPTION]...\n"
			    "Frees memory before people notice that it ran out.\n"
			    "\n"
			    "  -c, --config FILE   configuration (default " CONFIG_FILE ")\n"
			    "      --check-config  check it, print it as understood, and exit\n"
			    "  -n, --dry-run       decide and record, but kill nobody\n"
			    "      --tier A|B|C    use no better kernel hooks than these\n"
			    "      --probe-fd FD   tell reapctl what this kernel offers, and exit\n"
			    "  -v, --verbose       log more\n"
			    "  -V, --version\n"
			    "  -h, --help\n"
			    "\n"
			    "See reapd(8), reapd.conf(5), reapctl(8).\n";

enum {
	OPT_CHECK = 256,
	OPT_TIER,
	OPT_PROBE
};

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check-config", no_argument, NULL, OPT_CHECK },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "tier", required_argument, NULL, OPT_TIER },
	{ "probe-fd", required_argument, NULL, OPT_PROBE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

struct args {
	bool check;
	int probe_fd; /* -1 = not asked */
};

/* 0 to go on, else an exit code; -1: exit with success. */
static int parse(int argc, char **argv, struct args *args)
{
	uint64_t fd;
	int c;

	while ((c = getopt_long(argc, argv, "c:nvVh", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			agent.config_path = optarg;
			break;
		case OPT_CHECK:
			args->check = true;
			break;
		case 'n':
			agent.dry_run_asked = true;
			break;
		case OPT_TIER:
			if (strlen(optarg) != 1 || !strchr("ABC", optarg[0])) {
				fprintf(stderr, "reapd: --tier must be A, B or C\n");
				return EXIT_CONFIG;
			}
			agent.tier = optarg[0];
			break;
		case OPT_PROBE:
			if (text_to_u64(optarg, &fd) || fd > INT_MAX) {
				fprintf(stderr, "reapd: --probe-fd must be a number\n");
				return EXIT_CONFIG;
			}
			args->probe_fd = (int)fd;
			break;
		case 'v':
			agent.verbose_asked = true;
			break;
		case 'V':
			printf("reapd " REAPD_VERSION "\n");
			return -1;
		case 'h':
			fputs(usage, stdout);
			return -1;
		default:
			fprintf(stderr, "Try 'reapd --help'.\n");
			return EXIT_CONFIG;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "reapd: unexpected argument '%s'\n", argv[optind]);
		return EXIT_CONFIG;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct args args = { .probe_fd = -1 };
	int code, err;

	harden_malloc();
	signal(SIGPIPE, SIG_IGN); /* who reads our log may be the victim */
	code = parse(argc, argv, &args);
	if (code)
		return code < 0 ? EXIT_SUCCESS : code;
	if (args.probe_fd >= 0)
		return kernel_probe(&agent, args.probe_fd);
	if (config_load(&agent.config, agent.config_path))
		return EXIT_CONFIG;
	agent.config.dry_run |= agent.dry_run_asked;
	agent.config.verbose |= agent.verbose_asked;
	if (agent.config.verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	if (args.check) {
		config_print(&agent.config, stdout);
		config_done(&agent.config);
		return EXIT_SUCCESS;
	}
	code = setup_start(&agent);
	if (!code) {
		err = loop_run(agent.loop);
		if (err)
			log_err("event loop: %s", strerror(-err));
		code = err || agent.failed ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	setup_stop(&agent);
	return code;
}
