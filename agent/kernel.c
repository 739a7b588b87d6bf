// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * kernel.c - is this a kernel we can work on, and the kernel side of us on it.
 */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "answers.h"
#include "base/log.h"
#include "sense/hook_table.h"

int kernel_features(struct agent *a)
{
	static const struct {
		enum feature feature;
		const char *why;
	} needed[] = {
		{ FEATURE_BPF,
		  "cannot load BPF programs (needs root, or CAP_BPF and CAP_PERFMON)" },
		{ FEATURE_PSI, "no pressure stall information (boot with psi=1; CONFIG_PSI)" },
		{ FEATURE_PIDFD, "no pidfd_open (Linux 5.3)" },
	};

	if (geteuid()) {
		log_err("must be run as root");
		return EXIT_UNAVAILABLE;
	}
	features_probe(&a->features, a->no_btf);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		int missing = a->features.missing[needed[i].feature];

		if (!missing)
			continue;
		log_err("%s: %s", needed[i].why, strerror(-missing));
		return EXIT_UNAVAILABLE;
	}
	if (!features_has(&a->features, FEATURE_BTF))
		log_warn(
			"no BTF (CONFIG_DEBUG_INFO_BTF): classic tracepoints, processes from /proc");
	if (!features_has(&a->features, FEATURE_MRELEASE))
		log_warn("no process_mrelease: memory comes back only as fast as victims exit");
	return 0;
}

/* Its directory; -1: it is the whole machine. */
static int open_scope(const struct agent *a)
{
	char path[2 * PATH_MAX];

	if (!a->cgroups || !cgroups_scope_id(a->cgroups))
		return -1;
	return open(cgroups_scope_file(a->cgroups, path, sizeof(path), "."),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* What Debian's kernels do at their default (perf_event_paranoid 3), whatever CAP_PERFMON says. */
static void say_if_denied(const struct agent *a)
{
	struct control_hook hook;

	for (__u32 i = 0; hook_row(a->hooks, i, &hook); i++) {
		if (strcmp(hook.kind, hook_kind_name(KIND_TP)) != 0 || hook.error != -EACCES)
			continue;
		log_warn("no tracepoints, only the pressure trigger: kernel.perf_event_paranoid "
			 "asks for CAP_SYS_ADMIN");
		return;
	}
}

int kernel_hooks(struct agent *a, const char *bpf_dir)
{
	struct hook_options o = {
		.knobs = {
			.scope_id = a->cgroups ? cgroups_scope_id(a->cgroups) : 0,
			.scope_level = a->cgroups ? cgroups_scope_level(a->cgroups) : 0,
			.agent_tgid = (__u32)getpid(),
			.cpus = (__u32)libbpf_num_possible_cpus(),
			.page_kib = (__u32)sysconf(_SC_PAGESIZE) / 1024,
			.rss_quantum_kib = (__u32)a->config.rss_quantum_kib,
			.bulk_mark_bytes = KERNEL_BULK_BYTES / 2,
			.edge_interval_ns = 5 * NS_PER_MS, /* about a tick */
			.flags = config_is_android(&a->config) ? 0 : KNOB_BASENAME,
		},
		.tier = a->tier,
		.bpf_dir = bpf_dir,
		.critical_bytes = KERNEL_CRITICAL_BYTES,
		.bulk_bytes = KERNEL_BULK_BYTES,
		.max_processes = a->config.max_processes,
		.scope_fd = open_scope(a),
		.buffers = !bpf_dir || config_is_android(&a->config), /* a probe tries all */
	};
	char why[512];
	int err = hook_open(&a->hooks, &o, &a->features, why, sizeof(why));

	features_done(&a->features);
	if (o.scope_fd >= 0)
		close(o.scope_fd);
	if (err) {
		log_err("%s", why);
		return err == -EEXIST || err == -ENOTSUP ? EXIT_FAILURE : EXIT_UNAVAILABLE;
	}
	if (hook_classic(a->hooks) && features_has(&a->features, FEATURE_BTF))
		log_warn("the kernel refuses the task iterator: processes from /proc");
	say_if_denied(a);
	a->board = hook_board(a->hooks);
	if (a->tier && hook_tier(a->hooks) > a->tier) {
		log_err("tier %c is not available on this kernel, only %c (reapctl probe says why)",
			a->tier, hook_tier(a->hooks));
		return EXIT_UNAVAILABLE;
	}
	return 0;
}

int kernel_probe(struct agent *a, int fd)
{
	struct control_client *client = control_adopt(fd);
	int code;

	config_defaults(&a->config);
	code = kernel_features(a);
	if (!code)
		code = kernel_hooks(a, NULL);
	if (!code && client) {
		answers_probe(a, client);
		control_send(client, CONTROL_END, 0, NULL, 0);
	}
	free(client);
	a->hooks = hook_free(a->hooks);
	return code;
}
