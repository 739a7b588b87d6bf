/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * agent.h - the whole agent in one struct; seen only by the wiring here. All else takes what it needs.
 */
#ifndef REAPD_AGENT_H
#define REAPD_AGENT_H

#include "act/kill.h"
#include "act/reap.h"
#include "android_watch.h"
#include "base/killlog.h"
#include "config.h"
#include "dying.h"
#include "ladder.h"
#include "loop.h"
#include "registry.h"
#include "rules.h"
#include "sense/cgroup.h"
#include "sense/filters.h"
#include "sense/gather.h"
#include "sense/peers.h"
#include "sense/snapshot.h"
#include "sense/stream.h"
#include "sense/tree.h"
#include "serve/control.h"

struct agent {
	struct config config;
	const char *config_path;
	const struct strategy *strategy;
	struct features features;
	char tier;			   /* asked for; 0 = the best */
	bool no_btf;			   /* do as if the kernel had none */
	bool dry_run_asked, verbose_asked; /* on the command line: a reload keeps them */

	/* sense */
	struct hooks *hooks;
	struct board *board;
	struct stream *critical, *bulk;
	struct table table;
	struct snapshots snapshots;
	struct cgroups *cgroups;
	struct filters *filters;
	struct gather gather;
	struct peers peers;
	struct android_watch android; /* strategy android */
	int trigger_fd;

	/* decide */
	struct facts facts; /* of place 0, the last */
	struct places places;
	struct rules rules; /* behind the places */
	struct tree *tree;  /* of cgroups, as the next three for rules that choose among them */
	struct cgroup *rows;
	struct choose_sum *sums;
	__u64 noted_ns;

	/* act */
	struct reapers *reapers;
	struct armed armed;
	struct death death[DEATHS_MAX];
	struct leaving leaving[LEAVING_MAX];
	struct killlog killlog;
	struct errands *errands;
	__u32 errands_out; /* submitted and not done */
	struct ladder ladder[LADDERS_MAX];
	__u64 hold_until_ns;  /* no decision before: a dry run's victim lives on */
	__u32 no_victim_said; /* in this episode, bit per rule */

	/* serve */
	struct loop *loop;
	struct control_server *control;
	struct report *report;
	struct lmkd *lmkd; /* NULL, as the next two: not wanted */
	struct registry *registry;
	struct stuck *stuck;
	int signal_fd, tick_fd, watchdog_fd, level_fd;

	/* watch */
	__u64 start_ns;
	__u64 edge_ns, wake_ns; /* that began this episode, and when the loop woke for it */
	__u64 edge_seen_ns;	/* the last edge; 0: the next one begins an episode */
	__u64 tick_ns;		/* present period of the tick; 0 = calm */
	bool first_look;	/* the next look is the first after calm, soon after its edge */
	bool look_now;		/* something critical came in that cannot wait for the tick */
	__u64 ranked_ns;	/* when candidates were last armed */
	__u32 bulk_lost;	/* as the board said when the table was last whole */
	__u64 stale_ns;		/* since when it is not; 0 = it is */
	__u64 pass_ns;		/* when all processes were last read in one pass */
	__u32 edges;		/* as the board said at the last tick */
	bool blind;		/* facts could not be read the last time */
	bool names_filled;	/* older processes were asked for their names */
	bool failed;		/* the loop ended because it could not go on */

	struct {
		__u64 kills, kernel_ooms, no_victim, watches, snapshots;
	} count;
};

#endif
