// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kernel.h"
#include "props.h"

static const char usage[] =
	"usage: reapd [OPTION]...\n"
	"Frees memory before people notice that it ran out.\n"
	"\n"
	"  -c, --config FILE   configuration (default " CONFIG_FILE ")\n"
	"      --check-config  check it, print it as understood, and exit\n"
	"      --import-props FILE  print getprop's output as a configuration, and exit\n"
	"  -n, --dry-run       decide and record, but kill nobody\n"
	"      --tier A|B|C    use no better kernel hooks than these\n"
	"      --no-btf        do as on a kernel without BTF\n"
	"      --probe-fd FD   tell reapctl what this kernel offers, and exit\n"
	"  -v, --verbose       log more\n"
	"  -V, --version\n"
	"  -h, --help\n"
	"\n"
	"See reapd(8), reapd.conf(5), reapctl(8).\n";

enum {
	OPT_CHECK = 256,
	OPT_IMPORT,
	OPT_TIER,
	OPT_NO_BTF,
	OPT_PROBE
};

static const struct option table[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check-config", no_argument, NULL, OPT_CHECK },
	{ "import-props", required_argument, NULL, OPT_IMPORT },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "tier", required_argument, NULL, OPT_TIER },
	{ "no-btf", no_argument, NULL, OPT_NO_BTF }, /* for tests: as on a kernel without */
	{ "probe-fd", required_argument, NULL, OPT_PROBE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int refuse(const char *why)
{
	fprintf(stderr, "reapd: %s\n", why);
	return EXIT_CONFIG;
}

int options_parse(struct options *o, struct agent *a, int argc, char **argv)
{
	uint64_t fd;
	int c;

	while ((c = getopt_long(argc, argv, "c:nvVh", table, NULL)) != -1) {
		switch (c) {
		case 'c':
			a->config_path = optarg;
			break;
		case OPT_CHECK:
			o->check = true;
			break;
		case OPT_IMPORT:
			return props_import(optarg, stdout) ? EXIT_FAILURE : -1;
		case 'n':
			a->dry_run_asked = true;
			break;
		case OPT_TIER:
			if (strlen(optarg) != 1 || !strchr("ABC", optarg[0]))
				return refuse("--tier must be A, B or C");
			a->tier = optarg[0];
			break;
		case OPT_NO_BTF:
			a->no_btf = true;
			break;
		case OPT_PROBE:
			if (text_to_u64(optarg, &fd) || fd > INT_MAX)
				return refuse("--probe-fd must be a number");
			o->probe_fd = (int)fd;
			break;
		case 'v':
			a->verbose_asked = true;
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
