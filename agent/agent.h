/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * agent.h - the whole agent in one struct; seen only by the wiring (main, setup, kernel, watch, intake,
 * crisis, death, answers). Everything else takes what it needs.
 */
#ifndef REAPD_AGENT_H
#define REAPD_AGENT_H

#include "act/kill.h"
#include "act/reap.h"
#include "base/killlog.h"
#include "config.h"
#include "decide/strategy.h"
#include "loop.h"
#include "sense/cgroup.h"
#include "sense/filters.h"
#include "sense/gather.h"
#include "sense/snapshot.h"
#include "sense/stream.h"
#include "sense/table.h"
#include "serve/control.h"

#define DEATHS_MAX  8 /* as many as there can be reapers */
#define LEAVING_MAX 8
/* A victim between its signal and its end. */
struct death {
	bool used;
	bool back; /* its memory is back, or given up: the next decision may be made */
	bool reaper_done;
	bool followed;	      /* the kernel side tells when its memory is freed */
	__u64 give_up_ns;     /* deadline */
	__u64 available_kib;  /* at the signal, to compare */
	struct reap_job *job; /* NULL: no reaper is on it */
	struct kill_record record;
};

/* A large process that exits by itself, and how long its memory is waited for. */
struct leaving {
	__u64 mm_id, until_ns; /* 0 = none */
};

struct agent {
	struct config config;
	const char *config_path;
	const struct strategy *strategy;
	struct features features;
	char tier;			   /* asked for; 0 = the best */
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
	int trigger_fd;

	/* decide */
	struct facts facts;
	struct assess assess;

	/* act */
	struct reapers *reapers;
	struct armed armed;
	struct death death[DEATHS_MAX];
	struct leaving leaving[LEAVING_MAX];
	struct killlog killlog;
	__u64 hold_until_ns; /* no decision before: a dry run's victim lives on */
	bool no_victim_said; /* in this episode */

	/* serve */
	struct loop *loop;
	struct control_server *control;
	int signal_fd, tick_fd, watchdog_fd;

	/* watch */
	__u64 start_ns;
	__u64 edge_ns; /* the edge that began this episode, and when the loop woke for it */
	__u64 wake_ns;
	__u64 edge_seen_ns; /* the last edge; 0: the next one begins an episode */
	__u64 tick_ns;	    /* present period of the tick; 0 = calm */
	bool look_now;	    /* something critical came in that cannot wait for the tick */
	__u64 ranked_ns;    /* when candidates were last armed */
	__u32 bulk_lost;    /* as the board said when the table was last whole */
	__u64 stale_ns;	    /* since when it is not; 0 = it is */
	__u64 pass_ns;	    /* when all processes were last read in one pass */
	__u32 edges;	    /* as the board said at the last tick */
	bool blind;	    /* facts could not be read the last time */
	bool names_filled;  /* older processes were asked for their names */
	bool failed;	    /* the loop ended because it could not go on */

	struct {
		__u64 kills, kernel_ooms, no_victim, watches, snapshots;
	} count;
};

#endif
