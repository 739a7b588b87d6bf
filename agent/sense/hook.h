/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hook.h - the kernel side: open, configure, load, attach, and what is left of it to talk to.
 *
 * Every program is optional: what this kernel lacks or refuses
 * is left out, the next in its ladder is used, and the table of hooks says so. Once attached, only
 * the file descriptors are kept and libbpf's object is closed, which gives its memory back.
 *
 * Tiers: A memstall edges by fentry and in-kernel sampling; B the same by kprobe, or
 * reclaim edges alone; C reclaim edges, pressure from files; without BTF there is no more than C.
 */
#ifndef REAPD_HOOK_H
#define REAPD_HOOK_H

#include <stdbool.h>
#include <stddef.h>

#include <reapd/board.h>
#include <reapd/control.h>
#include <reapd/counters.h>
#include <reapd/knobs.h>

#include "features.h"

enum hook_map {
	HOOK_MAP_CRITICAL,
	HOOK_MAP_BULK,
	HOOK_MAP_COUNTERS,
	HOOK_MAP_NAMES,
	HOOK_MAP_PACKAGE,
	HOOK_MAP_CGROUP,
	HOOK_MAP_UID,
	HOOK_MAP_CGROUP_STALLS,
	HOOK_MAPS,
};

struct hook_options {
	struct knobs knobs;
	char tier;	     /* 'A', 'B', 'C': no better than this; 0 = the best there is */
	const char *bpf_dir; /* where maps are pinned; NULL: nothing is pinned */
	__u32 critical_bytes;
	__u32 bulk_bytes;
	__u32 max_processes;
	int scope_fd; /* directory of the scope; -1: the whole machine */
	bool buffers; /* those shared with devices are counted in sizes */
};

struct hooks;

/*
 * Load and attach. 0 or negative errno; what went wrong is then in `why` (one line). -EEXIST: a map
 * of another shape is pinned under one of our names.
 */
int hook_open(struct hooks **ret, const struct hook_options *o, const struct features *f, char *why,
	      size_t why_size);
struct hooks *hook_free(struct hooks *h); /* always NULL; pinned maps stay */

char hook_tier(const struct hooks *h);
/* Without the kernel's types: events have no start time, processes are read from /proc (procs.h). */
bool hook_classic(const struct hooks *h);
int hook_map_fd(const struct hooks *h, enum hook_map map);
struct board *hook_board(const struct hooks *h);

/* LATENCY_STEPS histograms, shared with anyone who reads the map. */
struct latency *hook_latency(const struct hooks *h);

/*
 * Attach what is too dear for calm, or take it off. Makes system calls that allocate a little and may
 * wait for the other CPUs: not between an edge and its decision. True when that changed anything.
 */
bool hook_watch(struct hooks *h, bool watch);

/* Is this hook attached (or will be, in watch)? By its name in the table ("rss_stat"). */
bool hook_attached(const struct hooks *h, const char *name);

/* Is it attached right now? */
bool hook_live(const struct hooks *h, const char *name);

/* Is any hook attached that answers this question of the table ("freed")? */
bool hook_answers(const struct hooks *h, const char *question);

/* Row of the table of hooks; false behind the last. */
bool hook_row(const struct hooks *h, __u32 row, struct control_hook *ret);

/* A new pass over all processes: read struct event_task from the fd until 0. -errno on failure. */
int hook_snapshot_open(const struct hooks *h);

/* Read until 0: the board's dmabuf_ops is of now. May wait for a lock. -EOPNOTSUPP: it is not used. */
int hook_dmabufs_open(const struct hooks *h);

/* Bring the board's psi_* up to now. -EOPNOTSUPP in tier C. */
int hook_psi_sample(const struct hooks *h);

/* How far each of a process's four sizes may be off, in KiB (compat.bpf.h). */
__u64 hook_rss_error_kib(const struct hooks *h);

/* A counter summed over CPUs. */
__u64 hook_counter(const struct hooks *h, enum counter which);

#endif
