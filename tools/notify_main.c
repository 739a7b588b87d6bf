// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * notify_main.c - reapd-notify: options, and the frame around the loop.
 */
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "notify.h"

static const char usage[] =
	"usage: reapd-notify [OPTION]...\n"
	"Tells what reapd does, on the system bus or on a desktop.\n"
	"\n"
	"      --run-dir DIR  of the agent (default /run/reapd)\n"
	"      --session      show kills as notifications of this desktop session\n"
	"      --all          there: also those of other users\n"
	"  -V, --version\n"
	"  -h, --help\n"
	"\n"
	"See reapd-notify(8).\n";

static const struct option options[] = {
	{ "run-dir", required_argument, NULL, 'r' }, { "session", no_argument, NULL, 's' },
	{ "all", no_argument, NULL, 'a' },	     { "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },	     {},
};

struct args {
	const char *run_dir;
	bool session, all;
};

void complain(const char *fmt, ...)
{
	va_list args;

	fputs("reapd-notify: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/* 0 to go on, else an exit code; -1: exit with success. */
static int parse(int argc, char **argv, struct args *args)
{
	int c;

	while ((c = getopt_long(argc, argv, "Vh", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			args->run_dir = optarg;
			break;
		case 's':
			args->session = true;
			break;
		case 'a':
			args->all = true;
			break;
		case 'V':
			puts("reapd-notify " REAPD_VERSION);
			return -1;
		case 'h':
			fputs(usage, stdout);
			return -1;
		default:
			fputs("Try 'reapd-notify --help'.\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc)
		complain("unexpected argument '%s'", argv[optind]);
	else if (args->all && !args->session)
		complain("--all goes with --session");
	else
		return 0;
	return EXIT_USAGE;
}

/* Until it is told to stop. */
static int run(const struct args *args, sd_event *event)
{
	struct publisher *publisher = NULL;
	struct session *session = NULL;
	int err;

	err = args->session ? session_start(&session, event, args->all) :
			      publisher_start(&publisher, event, args->run_dir);
	if (err >= 0) {
		sd_notify(0, "READY=1");
		err = sd_event_loop(event);
	}
	session_stop(session);
	publisher_stop(publisher);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct args args = { .run_dir = "/run/reapd" };
	sd_event *event = NULL;
	sigset_t stop;
	int code = parse(argc, argv, &args), err;

	if (code)
		return code < 0 ? EXIT_SUCCESS : code;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	err = sd_event_default(&event);
	/* Without a handler they end the loop. */
	if (err >= 0)
		err = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (err >= 0)
		err = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	if (err < 0)
		complain("event loop: %s", strerror(-err));
	code = err < 0 ? EXIT_FAILURE : run(&args, event);
	sd_event_unref(event);
	return code;
}
