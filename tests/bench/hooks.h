/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hooks.h - the kernel side as the agent loads it, without the agent.
 */
#ifndef REAPD_BENCH_HOOKS_H
#define REAPD_BENCH_HOOKS_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "../../agent/kernel.h"

static inline struct hooks *hooks_load(void)
{
	struct hook_options o = {
		.knobs = {
			.agent_tgid = (__u32)getpid(),
			.cpus = (__u32)libbpf_num_possible_cpus(),
			.page_kib = (__u32)sysconf(_SC_PAGESIZE) / 1024,
			.rss_quantum_kib = 1024,
			.bulk_mark_bytes = KERNEL_BULK_BYTES / 2,
			.edge_interval_ns = 5000000,
			.flags = KNOB_BASENAME,
		},
		.critical_bytes = KERNEL_CRITICAL_BYTES,
		.bulk_bytes = KERNEL_BULK_BYTES,
		.max_processes = 32768,
		.scope_fd = -1,
	};
	struct features f;
	struct hooks *h;
	char why[256];

	features_probe(&f, false);
	if (hook_open(&h, &o, &f, why, sizeof(why))) {
		fprintf(stderr, "cannot load the hooks: %s\n", why);
		exit(77);
	}
	features_done(&f);
	return h;
}

#endif
