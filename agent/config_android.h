/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * config_android.h - section [android]: each key is one of lmkd's properties, ro.lmk.NAME, with its name,
 * default and limits, but for the last few, which are reapd's own (low_ram: ro.config.low_ram, per_app_memcg: ro.config.per_app_memcg).
 */
#ifndef REAPD_CONFIG_ANDROID_H
#define REAPD_CONFIG_ANDROID_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "config_bands.h"

struct config;

struct config_android {
	bool low_ram; /* first: the defaults of others depend on it */
	bool use_psi;
	bool use_new_strategy;
	bool use_minfree_levels;
	bool critical_upgrade;
	bool kill_heaviest_task;
	bool relaxed_available_memory;
	bool delay_monitors_until_boot;
	bool debug;
	bool log_stats;
	bool per_app_memcg;
	uint32_t low, medium, critical; /* oom_score_adj */
	uint32_t upgrade_pressure;
	uint32_t downgrade_pressure;
	uint32_t kill_timeout_ms;
	uint32_t pressure_after_kill_min_score;
	uint32_t swap_free_low_percentage;
	uint32_t psi_partial_stall_ms;
	uint32_t psi_complete_stall_ms;
	uint32_t psi_window_size_ms;
	uint32_t thrashing_limit;
	uint32_t thrashing_limit_decay;
	uint32_t thrashing_limit_critical;
	uint32_t swap_util_max;
	uint32_t filecache_min_kb;
	uint32_t stall_limit_critical;
	uint32_t direct_reclaim_threshold_ms;
	uint32_t swap_compression_ratio;
	uint32_t swap_compression_ratio_div;
	uint32_t lowmem_min_oom_score;
	uint32_t score_floor; /* reapd's own, as those below */
	struct config_bands bands;
	bool kill_unregistered;
	char foreground_cpuset[PATH_MAX]; /* empty: victims stay where they are */
};

/* Is strategy = android asked for? */
bool config_is_android(const struct config *c);

/* The defaults that depend on no other key. */
void config_android_defaults(struct config *c);

/* All files were read: give keys that were not written their defaults, which other keys may change. */
void config_android_resolve(struct config *c);

/* The policy of strategy = android. */
void config_android_compile(struct config *c);

/* A value that has no effect, and why, as a line; from *i (0) on. NULL: there is no further one. */
const char *config_android_note(const struct config *c, unsigned int *i);

#endif
