// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config_android.h"

#include <stdlib.h>
#include <string.h>

#include "config_keys.h"

#define SECTION "android"

bool config_is_android(const struct config *c)
{
	return !strcmp(c->strategy, strategy_android.name);
}

void config_android_defaults(struct config *c)
{
	struct config_android *a = &c->android;
	struct policy policy;
	const struct android_policy *p = &policy.android;

	strategy_android.defaults(&policy);
	a->use_psi = true;
	a->use_new_strategy = true;
	a->log_stats = p->flags & ANDROID_LOG_STATS;
	a->low = (uint32_t)p->level_score[ANDROID_LEVEL_LOW];
	a->medium = (uint32_t)p->level_score[ANDROID_LEVEL_MEDIUM];
	a->critical = (uint32_t)p->level_score[ANDROID_LEVEL_CRITICAL];
	a->upgrade_pressure = a->downgrade_pressure = 100;
	a->kill_timeout_ms = p->kill_timeout_ms;
	a->pressure_after_kill_min_score = (uint32_t)p->pressure_after_kill_min_score;
	a->swap_free_low_percentage = p->swap_free_low_pct;
	a->psi_partial_stall_ms = p->partial_stall_ms;
	a->psi_complete_stall_ms = p->complete_stall_ms;
	a->psi_window_size_ms = p->window_ms;
	a->thrashing_limit = p->thrashing_limit_pct;
	a->thrashing_limit_decay = p->thrashing_limit_decay_pct;
	a->thrashing_limit_critical = p->thrashing_critical_pct;
	a->swap_util_max = p->swap_util_max_pct;
	a->filecache_min_kb = p->filecache_min_kib;
	a->stall_limit_critical = p->stall_limit_critical_pct;
	a->direct_reclaim_threshold_ms = p->direct_reclaim_threshold_ms;
	a->swap_compression_ratio = p->swap_compression_ratio;
	a->swap_compression_ratio_div = p->swap_compression_ratio_div;
	a->lowmem_min_oom_score = (uint32_t)p->lowmem_min_score;
	a->score_floor = (uint32_t)p->score_floor;
	bands_of(&policy.choose, &a->bands);
	a->kill_unregistered = true;
	strcpy(a->foreground_cpuset, "/dev/cpuset/foreground"); /* where Android's init puts it */
}

static bool written(const struct config *c, const char *name)
{
	return config_key_written(c, SECTION, name);
}

void config_android_resolve(struct config *c)
{
	struct config_android *a = &c->android;

	/* Where apps have an importance, what matters is which of the least important to take. */
	if (config_is_android(c) && !config_key_written(c, "choose", "order"))
		c->order = ORDER_BENEFIT;
	/* Where nobody can register everybody is a candidate. */
	if (!written(c, "kill_unregistered"))
		a->kill_unregistered = !c->lmkd_socket[0] && !getenv(LMKD_SOCKET_ENV);
	if (!written(c, "use_new_strategy"))
		a->use_new_strategy = a->low_ram || !a->use_minfree_levels;
	if (!written(c, "per_app_memcg"))
		a->per_app_memcg = a->low_ram;
	/* A device low on memory lives with more stalls, and thrashes sooner. */
	if (!written(c, "psi_partial_stall_ms"))
		a->psi_partial_stall_ms = a->low_ram ? 200 : 70;
	if (!written(c, "thrashing_limit"))
		a->thrashing_limit = a->low_ram ? 30 : 100;
	if (!written(c, "thrashing_limit_decay"))
		a->thrashing_limit_decay = a->low_ram ? 50 : 10;
	if (!written(c, "thrashing_limit_critical"))
		a->thrashing_limit_critical = 3 * a->thrashing_limit;
}

/* The triggers of the old strategy cannot be set; its medium one is in decide/android_look.c. */
#define OLD_STALL_MS  70
#define OLD_WINDOW_MS 1000

static void compile_stalls(const struct config_android *a, struct android_policy *p)
{
	p->partial_stall_ms = a->use_new_strategy ? a->psi_partial_stall_ms : OLD_STALL_MS;
	p->complete_stall_ms = a->use_new_strategy ? a->psi_complete_stall_ms : OLD_STALL_MS;
	p->window_ms = a->use_new_strategy ? a->psi_window_size_ms : OLD_WINDOW_MS;
}

static __u32 flags_of(const struct config_android *a)
{
	return (a->use_new_strategy ? ANDROID_NEW_STRATEGY : 0) |
	       (a->use_minfree_levels ? ANDROID_MINFREE : 0) |
	       (a->relaxed_available_memory ? ANDROID_RELAXED : 0) |
	       (a->log_stats ? ANDROID_LOG_STATS : 0) |
	       (a->delay_monitors_until_boot ? ANDROID_LATE : 0);
}

void config_android_compile(struct config *c)
{
	const struct config_android *a = &c->android;
	struct android_policy *p = &c->policy.android;

	strategy_android.defaults(&c->policy);
	c->verbose |= a->debug;
	p->flags = flags_of(a);
	compile_stalls(a, p);
	p->kill_timeout_ms = a->kill_timeout_ms;
	p->swap_free_low_pct = a->swap_free_low_percentage;
	p->thrashing_limit_pct = a->thrashing_limit;
	p->thrashing_limit_decay_pct = a->thrashing_limit_decay;
	p->thrashing_critical_pct = a->thrashing_limit_critical;
	p->swap_util_max_pct = a->swap_util_max;
	p->filecache_min_kib = a->filecache_min_kb;
	p->stall_limit_critical_pct = a->stall_limit_critical;
	p->direct_reclaim_threshold_ms = a->direct_reclaim_threshold_ms;
	p->swap_compression_ratio = a->swap_compression_ratio;
	p->swap_compression_ratio_div = a->swap_compression_ratio_div;
	p->pressure_after_kill_min_score = (__s32)a->pressure_after_kill_min_score;
	p->lowmem_min_score = (__s32)a->lowmem_min_oom_score;
	p->score_floor = (__s32)a->score_floor;
	p->level_score[ANDROID_LEVEL_LOW] = (__s32)a->low;
	p->level_score[ANDROID_LEVEL_MEDIUM] = (__s32)a->medium;
	p->level_score[ANDROID_LEVEL_CRITICAL] = (__s32)a->critical;
	if (a->kill_heaviest_task)
		c->policy.choose.flags |= CHOOSE_HEAVIEST;
	if (!a->kill_unregistered)
		c->policy.choose.flags |= CHOOSE_REGISTERED;
}

const char *config_android_note(const struct config *c, unsigned int *i)
{
	const struct config_android *a = &c->android;
	const struct {
		bool wanted;
		const char *note;
	} idle[] = {
		{ !a->use_psi, "use_psi = no does nothing: only pressure tells when to look" },
		{ a->per_app_memcg,
		  "per_app_memcg does nothing: no soft limits of cgroup v1 are set" },
		{ a->critical_upgrade, "critical_upgrade does nothing: it is about cgroup v1" },
		{ a->upgrade_pressure != 100,
		  "upgrade_pressure does nothing: it is about cgroup v1" },
		{ a->downgrade_pressure != 100,
		  "downgrade_pressure does nothing: it is about cgroup v1" },
	};

	while (config_is_android(c) && *i < sizeof(idle) / sizeof(idle[0])) {
		if (idle[(*i)++].wanted)
			return idle[*i - 1].note;
	}
	return NULL;
}
