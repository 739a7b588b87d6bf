/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * knobs.h - what the agent tells the kernel side once, before it is loaded (.rodata).
 *
 * Constants to the verifier, so what a knob turns off costs nothing.
 */
#ifndef REAPD_KNOBS_H
#define REAPD_KNOBS_H

#include <reapd/types.h>

#define KNOB_MAX_CPUS 512 /* bound of the loop in psi_sample; more CPUs: tier C */

#define KNOB_BASENAME (1u << 0) /* package name = last path component of argv[0] (hosts) */

struct knobs {
	__u64 scope_id;		/* cgroup id of the scope; 0 = the whole machine */
	__u32 scope_level;	/* its depth below the root */
	__u32 agent_tgid;	/* whose SIGKILLs are followed */
	__u32 cpus;		/* possible CPUs */
	__u32 page_kib;		/* KiB in a page */
	__u32 rss_quantum_kib;	/* publish a process when it changed by this much */
	__u32 bulk_mark_bytes;	/* wake the agent when `bulk` holds this much */
	__u64 edge_interval_ns; /* outside calm, publish an edge at most this often */
	__s64 psi_from_rq;	/* bytes from a CPU's runqueues to its system_group_pcpu */
	__u32 flags;		/* KNOB_* */
	__u32 pad;
	__u64 zone_stat; /* where the kernel has vm_zone_stat[] and vm_node_stat[] */
	__u64 node_stat;
};
_Static_assert(sizeof(struct knobs) == 72, "knobs");

#endif
