// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "import_earlyoom.h"

#include "../agent/base/text.h"
#include "../agent/decide/filter.h"
#include "import_text.h"

#define ENVIRONMENT                                                                  \
	"the program finds REAPD_PID and REAPD_NAME in its environment in place of " \
	"EARLYOOM_*, and neither user nor command line."

/* The comparisons of one of the two limits. Where both kinds are given the lower one counts: both hold. */
static void compose(const struct earlyoom *e, bool kill, char *when, size_t size)
{
	const struct limit *limits[] = { &e->mem, &e->mem_kib, &e->swap, &e->swap_kib };
	char value[32];

	*when = 0;
	for (int i = 0; i < 4; i++) {
		double n = kill ? limits[i]->kill : limits[i]->term;
		const char *signal = i < 2 ? "mem.available" : "swap.free";

		/* All of swap: it is not looked at. */
		if (!limits[i]->set || (i == 2 && n == 100))
			continue;
		if (i % 2)
			text_kib_exact(value, sizeof(value), (uint64_t)(n < 1 ? 1 : n));
		else
			import_share(value, sizeof(value), n);
		import_and(when, size, "%s <= %s", signal, value);
	}
}

static void note_limits(struct import *im, const struct earlyoom *e, bool kill)
{
	const struct limit *limits[] = { &e->mem, &e->swap };

	import_note(im,
		    "A share of all memory. Since version 1.8 earlyoom takes it of MemAvailable "
		    "and AnonPages, which is less while a tmpfs is full: reapd acts a little "
		    "earlier then.");
	for (int i = 0; i < 2; i++) {
		double n = kill ? limits[i]->kill : limits[i]->term;

		if (limits[i]->set)
			import_note_rounding(im, n);
	}
	if (e->swap.set && (kill ? e->swap.kill : e->swap.term) == 100)
		import_note(im, "-s 100: swap is not looked at.");
}

static void write_action(struct import *im, const struct earlyoom *e, const char *signal)
{
	if (e->group) {
		import_note(im, "-g: reapd compares groups as a whole; earlyoom takes the group of "
				"the largest process.");
		import_line(im, "choose = group");
	}
	if (!e->before) {
		import_line(im, "action = %s", signal);
		return;
	}
	import_note(im, "-P: " ENVIRONMENT);
	import_line(im, "action = run %s, wait 200ms, %s", e->before, signal);
}

/* The limit at which SIGKILL is sent. When memory's is 0 it never comes to that. */
static void write_kill_rule(struct import *im, const struct earlyoom *e)
{
	char when[256];

	if ((e->mem.set && e->mem.kill == 0) || (e->mem_kib.set && e->mem_kib.kill == 0))
		return;
	compose(e, true, when, sizeof(when));
	import_rule(im, "earlyoom", "kill", "", when);
	note_limits(im, e, true);
	import_line(im, "when = %s", when);
	write_action(im, e, "kill");
}

static bool only_kills(const struct limit *l)
{
	return !l->set || l->kill == l->term;
}

static void write_term_rule(struct import *im, const struct earlyoom *e, const char *grace)
{
	char when[256], action[48];

	if (only_kills(&e->mem) && only_kills(&e->mem_kib) && only_kills(&e->swap) &&
	    only_kills(&e->swap_kib))
		return;
	compose(e, false, when, sizeof(when));
	import_rule(im, "earlyoom", "term", "", when);
	note_limits(im, e, false);
	import_line(im, "when = %s", when);
	import_note(im,
		    "A victim that is still there after this time gets SIGKILL; earlyoom goes on "
		    "with SIGTERM, until memory is down to the second limit.");
	snprintf(action, sizeof(action), "term %s", grace);
	write_action(im, e, action);
}

static void write_settings(struct import *im, const struct earlyoom *e, const char *wait)
{
	import_section(im, "agent");
	import_note(im, "earlyoom waits so long (-w) for a victim to exit before it takes another "
			"one; reapd waits for the victim's memory.");
	import_line(im, "kill_timeout = %s", wait);
	if (e->dry_run)
		import_line(im, "dry_run = yes");
	if (e->after) {
		import_note(im, "-N: " ENVIRONMENT);
		import_line(im, "post_kill = %s", e->after);
	}
	if (e->debug) {
		import_note(im, "-d: not the same lines. Who would die, and why: reapctl explain.");
		import_line(im, "verbose = yes");
	}
	import_section(im, "choose");
	if (e->by_rss) {
		import_note(im, "--sort-by-rss: reapd counts what is swapped out too.");
		import_line(im, "order = size");
	}
	import_note(im,
		    "earlyoom looks at size alone. Without these two lines reapd looks at growth "
		    "too, and spares the smallest.");
	import_line(im, "growth_horizon = 0");
	import_line(im, "least_size = 0");
}

static int write_names(struct import *im, const struct earlyoom *e)
{
	int err = 0;

	im->avoid_note =
		"--avoid takes 300 of 1000 points off; these go last, however large. Names "
		"are the program's too, not only the 15 bytes of comm.";
	im->prefer_note = "--prefer adds 300 of 1000 points; these go first, however small. Names "
			  "are the program's too, not only the 15 bytes of comm.";
	im->protect_note = "Names are the program's too, not only the 15 bytes of comm.";
	if (e->ignore_root)
		import_filter(im, FILTER_UID, IMPORT_PROTECT, "0", "the real user id");
	if (e->ignore)
		err = import_regex(im, "--ignore", e->ignore, false, IMPORT_PROTECT);
	if (!err && e->avoid)
		err = import_regex(im, "--avoid", e->avoid, false, -300);
	if (!err && e->prefer)
		err = import_regex(im, "--prefer", e->prefer, false, 300);
	return err;
}

int earlyoom_write(struct import *im, const struct earlyoom *e)
{
	char wait[32], grace[32];

	/* What kill_timeout may be, and a step. */
	import_time(wait, sizeof(wait), import_least(e->wait_s < 0.05 ? 0.05 : e->wait_s, 60));
	import_time(grace, sizeof(grace),
		    import_least(e->wait_s < 0.001 ? 0.001 : e->wait_s, 3600));
	write_settings(im, e, wait);
	write_kill_rule(im, e);
	write_term_rule(im, e, grace);
	return write_names(im, e);
}
