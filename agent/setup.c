// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * setup.c - from configuration to a running loop, and back.
 *
 * Order matters where it is said. Whatever is missing is named in one line, with its exit code: 1
 * failed, 2 configuration, 3 not available on this kernel.
 */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "intake.h"
#include "watch.h"
#include "kernel.h"
#include "reload.h"
#include "death.h"
#include "answers.h"
#include "lmkd_link.h"
#include "choice.h"
#include "coexist.h"
#include "report.h"
#include "act/held.h"
#include "act/marker.h"
#include "act/notify.h"
#include "base/file.h"
#include "base/log.h"
#include "harden.h"
#include "stuck.h"

/* One agent per run_dir: the lock goes with the process, however it ends. */
static int take_lock(const struct config *c)
{
	char path[sizeof(c->run_dir) + 8], pid[32];
	int err = file_mkdirs(c->run_dir, 0755), fd;
	ssize_t len;

	if (err) {
		log_err("run_dir %s: %s", c->run_dir, strerror(-err));
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s/lock", c->run_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		log_err("%s: %s", path, strerror(errno));
		return EXIT_FAILURE;
	}
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		len = file_pread(fd, pid, sizeof(pid));
		log_err("another reapd is running on %s: pid %.*s", c->run_dir,
			len > 0 ? (int)strcspn(pid, "\n") : 1, len > 0 ? pid : "?");
		close(fd);
		return EXIT_FAILURE;
	}
	len = snprintf(pid, sizeof(pid), "%d\n", getpid());
	if (ftruncate(fd, 0) || pwrite(fd, pid, (size_t)len, 0) != len)
		log_warn("%s: %s", path, strerror(errno));
	return 0; /* the fd stays open for good */
}

static int open_cgroups(struct agent *a)
{
	int err = cgroups_open(&a->cgroups, a->config.scope);

	if (!err)
		return 0;
	if (err == -ENODEV)
		log_err("no cgroup2 hierarchy is mounted");
	else
		log_err("scope = %s: %s", a->config.scope, strerror(-err));
	return err == -ENODEV ? EXIT_UNAVAILABLE : EXIT_CONFIG;
}

static void on_signal(void *ctx, uint32_t events)
{
	struct agent *a = ctx;
	struct signalfd_siginfo info;

	(void)events;
	if (read(a->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP) {
		notify_reloading();
		reload(a);
		notify_send("READY=1");
		return;
	}
	log_info("stopping");
	loop_stop(a->loop);
}

static void on_watchdog(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	timer_ack(a->watchdog_fd);
	notify_send("WATCHDOG=1");
}

static void on_control(void *ctx, uint32_t events)
{
	struct agent *a = ctx;

	(void)events;
	control_dispatch(a->control);
}

/* The backstop. */
static void open_trigger(struct agent *a)
{
	static const struct {
		__u64 stall_ns, window_ns;
	} triggers[] = {
		/*
		 * The shortest window that every kernel allows, and a tenth of it: more than a
		 * burst of reclaim that passes, long before any rule's limit.
		 */
		{ 50 * NS_PER_MS, 500 * NS_PER_MS },
		/* Without CAP_SYS_RESOURCE only multiples of 2 s are (6.4). */
		{ 200 * NS_PER_MS, 2 * NS_PER_S },
	};
	char path[2 * PATH_MAX] = "/proc/pressure/memory";

	if (cgroups_scope_id(a->cgroups))
		cgroups_scope_file(a->cgroups, path, sizeof(path), "memory.pressure");
	for (size_t i = 0; i < 2 && a->trigger_fd < 0; i++)
		a->trigger_fd =
			psi_trigger_open(path, "some", triggers[i].stall_ns, triggers[i].window_ns);
	if (a->trigger_fd < 0)
		log_warn("no trigger on %s, going on without the backstop: %s", path,
			 strerror(-a->trigger_fd));
}

static int open_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* All that the loop listens to. */
static int fill_loop(struct agent *a)
{
	const struct {
		int fd;
		uint32_t events;
		loop_fn *fn;
	} all[] = {
		{ hook_map_fd(a->hooks, HOOK_MAP_CRITICAL), EPOLLIN, watch_on_critical },
		{ hook_map_fd(a->hooks, HOOK_MAP_BULK), EPOLLIN, intake_on_bulk },
		{ a->trigger_fd, EPOLLPRI, watch_on_trigger },
		{ a->android.partial_fd, EPOLLPRI, android_on_partial },
		{ a->android.complete_fd, EPOLLPRI, android_on_complete },
		{ a->tick_fd, EPOLLIN, watch_on_tick },
		{ a->level_fd, EPOLLIN, watch_on_level },
		{ reapers_fd(a->reapers), EPOLLIN, death_on_reaper },
		{ a->signal_fd, EPOLLIN, on_signal },
		{ a->watchdog_fd, EPOLLIN, on_watchdog },
		{ control_fd(a->control), EPOLLIN, on_control },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].fd >= 0)
			err = loop_add(a->loop, all[i].fd, all[i].events, all[i].fn, a);
	}
	return err;
}

static int start_signals(struct agent *a)
{
	a->signal_fd = open_signals();
	return a->signal_fd < 0 ? a->signal_fd : 0;
}

static int start_timers(struct agent *a)
{
	__u64 watchdog_ns = notify_watchdog_ns();

	a->tick_fd = timer_open();
	a->watchdog_fd = timer_open();
	a->level_fd = timer_open();
	if (a->tick_fd < 0 || a->watchdog_fd < 0 || a->level_fd < 0)
		return -EMFILE;
	if (watchdog_ns)
		timer_set(a->watchdog_fd, watchdog_ns);
	return 0;
}

static int start_table(struct agent *a)
{
	return table_init(&a->table, a->config.max_processes);
}

static int start_cgroups(struct agent *a)
{
	return cgroups_scan(a->cgroups);
}

static int start_rules(struct agent *a)
{
	int err = rules_start(a);

	return err ? err : choice_start(a);
}

static int start_filters(struct agent *a)
{
	return reload_filters(a, &a->config);
}

static int start_gather(struct agent *a)
{
	int err = gather_open(&a->gather, a->hooks, a->cgroups);

	a->gather.zram_wanted = policy_looks_at(&a->config.policy, SIGNAL_ZRAM_USED);
	return err ? err : android_start(a);
}

static int start_killlog(struct agent *a)
{
	return killlog_open(&a->killlog, a->config.state_dir);
}

static int start_reapers(struct agent *a)
{
	return reapers_start(&a->reapers, a->config.reapers, a->config.realtime,
			     config_is_android(&a->config) ? a->config.android.foreground_cpuset :
							     NULL);
}

/* What an agent before this one held, and what this one needs to hold anything. */
static int start_ladders(struct agent *a)
{
	unsigned int held = held_undo(a->config.state_dir, cgroups_mount_fd(a->cgroups));

	if (held)
		log_warn("let go of %u cgroups that an agent before this one had frozen or clamped",
			 held);
	return ladder_start(a);
}

static int start_loop(struct agent *a)
{
	int err = loop_open(&a->loop);

	if (!err)
		err = control_open(&a->control, a->config.run_dir, answers_request, a);
	return err ? err : fill_loop(a);
}

/* The kernel side is up; the rest is ours. What fails is named. */
static int start_rest(struct agent *a)
{
	static const struct {
		const char *what;
		int (*start)(struct agent *a);
	} steps[] = {
		{ "signals", start_signals },
		{ "timers", start_timers },
		{ "table of processes (max_processes)", start_table },
		{ "tree of cgroups", start_cgroups },
		{ "rules", start_rules },
		{ "filters", start_filters },
		{ "memory and pressure files", start_gather },
		{ "kill records (state_dir)", start_killlog },
		{ "reaper threads", start_reapers },
		{ "thread for events and metrics", report_start },
		{ "control socket (run_dir)", start_loop },
		{ "errand threads", start_ladders },
		{ "lmkd socket", lmkd_link_start },
		{ "watchdog thread", stuck_start },
		{ "first look at the processes", watch_start },
	};
	int err;

	open_trigger(a);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		err = steps[i].start(a);
		if (!err)
			continue;
		log_err("cannot start: %s: %s", steps[i].what,
			err == -ENOSPC ? "more than there is room for" : strerror(-err));
		return EXIT_FAILURE;
	}
	return 0;
}

/*
 * Walk the path from an edge to a kill once, so that its code, stacks and buffers are resident before
 * they are locked: a look at everything, a ranking, and a job for each reaper that does nothing.
 */
static void rehearse(struct agent *a)
{
	struct reap_job *job;

	watch_rehearse(a);
	while ((job = reapers_get(a->reapers))) {
		job->dry_run = true;
		reapers_submit(a->reapers, job);
	}
}

int setup_start(struct agent *a)
{
	int code;

	a->start_ns = clock_now_ns();
	a->strategy = strategy_find(a->config.strategy);
	a->signal_fd = a->tick_fd = a->watchdog_fd = a->level_fd = a->trigger_fd = -1;
	code = kernel_features(a);
	if (!code)
		code = take_lock(&a->config);
	if (!code)
		code = open_cgroups(a);
	if (!code)
		code = kernel_hooks(a, a->config.bpf_dir);
	if (code)
		return code;
	code = start_rest(a);
	if (code)
		return code;
	coexist_start(a);
	marker_set(a->config.trace_marker);
	harden_shed();
	rehearse(a);
	harden(a->config.realtime);
	android_calm(a);
	watch_rules_changed(a);
	report_metrics(a);
	log_info("tier %c, scope %s, %u processes, %u filters%s", hook_tier(a->hooks),
		 a->config.scope, a->table.n, a->filters->set.n,
		 a->config.dry_run ? ", dry run: nobody will be killed" : "");
	notify_send("READY=1");
	return 0;
}

void setup_stop(struct agent *a)
{
	notify_send("STOPPING=1");
	a->control = control_close(a->control);
	stuck_stop(a);
	lmkd_link_stop(a);
	ladder_stop(a);
	report_stop(a);
	a->reapers = reapers_stop(a->reapers);
	armed_done(&a->armed);
	snapshots_done(&a->snapshots);
	a->critical = stream_free(a->critical);
	a->bulk = stream_free(a->bulk);
	if (a->hooks) {
		gather_close(&a->gather);
		android_stop(a);
	}
	a->hooks = hook_free(a->hooks);
	choice_stop(a);
	rules_stop(a);
	a->cgroups = cgroups_free(a->cgroups);
	killlog_close(&a->killlog);
	table_done(&a->table);
	a->loop = loop_free(a->loop);
	free(a->filters);
	config_done(&a->config);
}
