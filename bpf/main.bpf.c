// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * main.bpf.c - what a whole linked object has once: knobs, board, filters, histograms, licence.
 *
 * There are two objects: reapd.bpf.o of all files but classic*.bpf.c, and classic.bpf.o of those and
 * this, for kernels without BTF.
 *
 * The filter maps and the histograms are here because no program reads them: they are the agent's and
 * the user's (policy.h, record.h). They are part of the object so that they are made and pinned like
 * all others.
 */
#include "emit.bpf.h"
#include <reapd/policy.h>
#include <reapd/record.h>

const volatile struct knobs knobs SEC(".rodata.knobs");
struct board board SEC(".data.board");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FILTERS_MAX);
	__type(key, struct filter_key_package);
	__type(value, __u32);
} package_filters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FILTERS_MAX);
	__type(key, struct filter_key_cgroup);
	__type(value, __u32);
} cgroup_filters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FILTERS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} uid_filters SEC(".maps");

/* Time from stage to stage, log2 of microseconds: record.h. Written by the agent. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, LATENCY_STEPS);
	__type(key, __u32);
	__type(value, struct latency);
} latency SEC(".maps");

char LICENSE[] SEC("license") = "Dual BSD/GPL";
