/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config.h - the configuration file and its drop-ins.
 *
 * INI: /etc/reapd/reapd.conf, then reapd.conf.d/ beside it in alphabetical order; later values win,
 * filters and rules add up. Every key has a default, so an empty file works. Unknown sections and keys
 * are errors. All errors of all files are logged (FILE:LINE: or FILE:LINE:COLUMN: what is wrong and
 * what is allowed) before loading fails, and a configuration that failed changes nothing.
 */
#ifndef REAPD_CONFIG_H
#define REAPD_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config_android.h"
#include "decide/filter.h"
#include "decide/strategy.h"
#include "rule_parse.h"

#define CONFIG_KEYS 128 /* room for more than there are */
#define CONFIG_FILE "/etc/reapd/reapd.conf"

struct config {
	/* [agent] */
	char strategy[16];
	char scope[REAPD_PATH_LEN];
	char bpf_dir[PATH_MAX];
	char run_dir[108 - sizeof("/control")]; /* a socket's path is at most 108 bytes */
	char state_dir[PATH_MAX - sizeof("/held-15-clamped.tmp")]; /* the longest file in it */
	char metrics_file[PATH_MAX - sizeof(".tmp")];		   /* "": none */
	char lmkd_socket[108];					   /* "": none */
	bool dry_run;
	bool realtime;
	uint32_t watchdog; /* enum stuck_when */
	bool verbose;
	bool trace_marker;
	uint32_t max_processes;
	uint32_t reapers;
	uint64_t rss_quantum_kib;
	uint64_t calm_after_ns;
	uint64_t kill_timeout_ns;
	char prekill_dir[PATH_MAX]; /* empty: no hooks */
	uint64_t prekill_timeout_ns;
	char post_kill[PATH_MAX]; /* empty: no program */

	/* [choose], [host] and [rule], compiled into the policy */
	uint32_t order; /* enum choose_order */
	uint64_t growth_horizon_ns;
	uint64_t least_size_kib;
	bool exhausted, swap_full, starving, thrashing;
	uint32_t exhausted_mem_available;
	uint32_t exhausted_swap_free;
	uint64_t exhausted_within_ns;
	uint32_t swap_full_mem_available;
	uint64_t swap_full_within_ns;
	uint32_t starving_mem_available;
	uint32_t starving_psi_full;
	uint64_t starving_window_ns;
	uint32_t thrashing_psi_full;
	uint64_t thrashing_window_ns;
	uint32_t thrashing_mem_available;
	uint64_t thrashing_swap_full_ns;

	struct config_android android; /* [android], for that strategy */

	struct policy policy;	    /* what decide/ sees of it */
	uint32_t rules_written;	    /* of its rules, the first: [rule]; then the built-in ones */
	uint32_t rules_builtin;	    /* so many */
	struct programs programs;   /* of the steps `run` */
	bool written[CONFIG_KEYS];  /* by row of the table of keys: not the default */
	struct filter_set *filters; /* [protect], [avoid], [prefer], [normal]; may be NULL */
};

/* The values of an empty file. */
void config_defaults(struct config *ret);

/*
 * Load a file (CONFIG_FILE when path is NULL; that one may be missing) and its drop-ins. On failure
 * the errors are logged, *ret is not touched, and the result is -EINVAL or the errno of a file that
 * could not be read.
 */
int config_load(struct config *ret, const char *path);

/* Free what the configuration owns. */
void config_done(struct config *c);

/*
 * Print every key with its value, as a file that would give this configuration (but for the place of
 * rules from drop-ins of other users than root: those stand behind the built-in ones).
 */
void config_print(const struct config *c, FILE *f);

/* Print each rule in words, as comments of such a file. */
void config_print_words(const struct config *c, FILE *f);

#endif
