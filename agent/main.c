// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * main.c - the frame around the loop.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "harden.h"
#include "kernel.h"
#include "options.h"
#include "setup.h"

static struct agent agent; /* with its history too large for the stack */

int main(int argc, char **argv)
{
	struct options options = { .probe_fd = -1 };
	int code, err;

	harden_malloc();
	signal(SIGPIPE, SIG_IGN); /* who reads our log may be the victim */
	code = options_parse(&options, &agent, argc, argv);
	if (code)
		return code < 0 ? EXIT_SUCCESS : code;
	if (options.probe_fd >= 0)
		return kernel_probe(&agent, options.probe_fd);
	if (config_load(&agent.config, agent.config_path))
		return EXIT_CONFIG;
	agent.config.dry_run |= agent.dry_run_asked;
	agent.config.verbose |= agent.verbose_asked;
	if (agent.config.verbose)
		log_set_level(LOG_LEVEL_DEBUG);
	if (options.check) {
		config_print(&agent.config, stdout);
		config_print_words(&agent.config, stdout);
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
