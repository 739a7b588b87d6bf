// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reload.c - a new configuration while the agent runs: all of it or nothing.
 */
#include "reload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"
#include "act/marker.h"
#include "base/log.h"
#include "intake.h"
#include "lmkd_link.h"
#include "watch.h"
#include "report.h"

int reload_filters(struct agent *a, struct config *config)
{
	const int fd[FILTER_KINDS] = {
		hook_map_fd(a->hooks, HOOK_MAP_PACKAGE),
		hook_map_fd(a->hooks, HOOK_MAP_CGROUP),
		hook_map_fd(a->hooks, HOOK_MAP_UID),
	};
	__u32 kept;
	int err;

	if (!a->filters) {
		a->filters = calloc(1, sizeof(*a->filters));
		if (!a->filters)
			return -ENOMEM;
		filters_init(a->filters, fd);
	}
	err = filters_reconcile(a->filters, config->filters, &kept);
	if (err)
		return err;
	if (kept)
		log_info("%u filters of the configuration are overridden by live ones", kept);
	free(config->filters);
	config->filters = NULL;
	return 0;
}

/* Keys that are built into what already runs. */
static void keep_fixed(struct config *new, const struct config *old)
{
	if (strcmp(new->scope, old->scope) || strcmp(new->bpf_dir, old->bpf_dir) ||
	    strcmp(new->run_dir, old->run_dir) || strcmp(new->state_dir, old->state_dir) ||
	    strcmp(new->metrics_file, old->metrics_file) ||
	    strcmp(new->lmkd_socket, old->lmkd_socket) || new->watchdog != old->watchdog ||
	    new->max_processes != old->max_processes || new->reapers != old->reapers ||
	    new->rss_quantum_kib != old->rss_quantum_kib || new->realtime != old->realtime ||
	    strcmp(new->android.foreground_cpuset, old->android.foreground_cpuset))
		log_warn(
			"changes of scope, directories, metrics_file, lmkd_socket, max_processes, "
			"reapers, rss_quantum, watchdog, realtime and foreground_cpuset count only "
			"after a restart");
	strcpy(new->scope, old->scope);
	strcpy(new->bpf_dir, old->bpf_dir);
	strcpy(new->run_dir, old->run_dir);
	strcpy(new->state_dir, old->state_dir);
	strcpy(new->metrics_file, old->metrics_file);
	strcpy(new->lmkd_socket, old->lmkd_socket);
	new->max_processes = old->max_processes;
	new->reapers = old->reapers;
	new->rss_quantum_kib = old->rss_quantum_kib;
	new->realtime = old->realtime;
	strcpy(new->android.foreground_cpuset, old->android.foreground_cpuset);
	new->watchdog = old->watchdog;
}

int reload(struct agent *a)
{
	static struct policy old; /* 20 KiB */
	struct config new;
	int err = config_load(&new, a->config_path);

	if (err) {
		log_err("configuration not reloaded, the old one stays");
		return err;
	}
	if (strcmp(new.strategy, a->config.strategy)) {
		log_err("configuration not reloaded: strategy changes only with a restart");
		config_done(&new);
		return -EINVAL;
	}
	keep_fixed(&new, &a->config);
	new.dry_run |= a->dry_run_asked;
	new.verbose |= a->verbose_asked;
	err = reload_filters(a, &new);
	if (err) {
		log_err("configuration not reloaded: filters: %s",
			err == -ENOSPC ? "with the live ones more than a map holds" :
					 strerror(-err));
		config_done(&new);
		return err;
	}
	config_done(&a->config);
	old = a->config.policy;
	a->config = new;
	for (int i = 0; i < DEATHS_MAX; i++)
		a->death[i].rule = NO_RULE; /* indices are others now */
	ladder_let_go(a);
	rules_reload(a, &old);
	a->gather.zram_wanted = policy_looks_at(&a->config.policy, SIGNAL_ZRAM_USED);
	android_reload(a);
	watch_rules_changed(a);
	err = ladder_start(a);
	if (err)
		log_warn("steps short of killing, programs and hooks are left out: %s",
			 strerror(-err));
	marker_set(new.trace_marker);
	log_set_level(new.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	intake_resolve(a, true);
	lmkd_link_levels(a);
	recording_policy(a);
	report_metrics(a);
	log_info("configuration reloaded, %u filters", a->filters->set.n);
	return 0;
}
