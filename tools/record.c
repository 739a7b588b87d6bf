// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * record.c - reapctl record: what the agent decides on, into a file for reapctl replay.
 */
#include "client.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "../agent/base/clock.h"
#include "../agent/base/text.h"
#include "out.h"

/* Until a signal, the agent's end, or the time is up. 0 or negative errno. */
static int copy(int from, int signals, FILE *to, uint64_t until_ns, unsigned long *frames)
{
	struct pollfd fds[] = { { .fd = from, .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };
	static struct frame frame;
	uint64_t now;
	int got;

	for (;;) {
		now = clock_now_ns();
		if (now >= until_ns)
			return 0;
		if (poll(fds, 2,
			 until_ns == UINT64_MAX ? -1 : (int)((until_ns - now) / NS_PER_MS) + 1) <=
		    0)
			continue;
		if (fds[1].revents)
			return 0;
		got = client_next(from, &frame);
		if (got <= 0)
			return got == -ECONNRESET ? 0 : got;
		if (fwrite(&frame.hdr, sizeof(frame.hdr), 1, to) != 1 ||
		    fwrite(frame.payload, 1, frame.hdr.size, to) != frame.hdr.size)
			return -errno;
		++*frames;
	}
}

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int record(const struct tool *t, const char *path, uint64_t seconds)
{
	uint64_t until = seconds ? clock_now_ns() + seconds * NS_PER_S : UINT64_MAX;
	int fd = client_connect(t), signals = block_signals(), err;
	unsigned long frames = 0;
	struct json_object *o;
	FILE *f;

	if (fd < 0 || signals < 0)
		return EXIT_FAILURE;
	f = fopen(path, "wbe");
	if (!f) {
		complain("%s: %s", path, strerror(errno));
		close(fd);
		return EXIT_FAILURE;
	}
	err = client_request(fd, CONTROL_RECORD, 0);
	if (!err)
		err = copy(fd, signals, f, until, &frames);
	close(fd);
	if (fclose(f) && !err)
		err = -errno;
	if (err) {
		complain("%s: %s", path, strerror(-err));
		return EXIT_FAILURE;
	}
	if (t->json) {
		o = json_object_new_object();
		out_str(o, "file", path);
		out_int(o, "frames", (long long)frames);
		out_json(o);
	} else {
		fprintf(stderr, "%lu frames in %s\n", frames, path);
	}
	return 0;
}

int verb_record(const struct tool *t, int argc, char **argv)
{
	uint64_t seconds = 0;
	int c;

	while ((c = getopt(argc, argv, "s:")) != -1) {
		if (c != 's' || text_to_u64(optarg, &seconds) || !seconds)
			goto usage;
	}
	if (optind + 1 == argc)
		return record(t, argv[optind], seconds);
usage:
	complain("usage: reapctl record FILE [-s SECONDS]");
	return EXIT_USAGE;
}
