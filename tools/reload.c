// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reload.c - reapctl reload: the agent reads its configuration again.
 */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"

int verb_reload(const struct tool *t, int argc, char **argv)
{
	static struct frame frame;
	int fd, err;

	if (argc > 1) {
		complain("reload takes no argument '%s'", argv[1]);
		return EXIT_USAGE;
	}
	fd = client_connect(t);
	if (fd < 0)
		return EXIT_FAILURE;
	err = client_request(fd, CONTROL_RELOAD, 0);
	if (!err)
		err = client_next(fd, &frame);
	close(fd);
	if (!err)
		return out_done(t);
	complain("%s: nothing changed, the agent's log says what is wrong",
		 err == -EINVAL ? "the configuration has errors" : strerror(-err));
	return EXIT_FAILURE;
}
