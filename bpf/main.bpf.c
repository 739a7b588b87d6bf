// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * main.bpf.c - what the whole linked object has once: knobs, board, filters, licence.
 *
 * The filter maps are here because no program reads them: they are the agent's and the user's
 * (policy.h). They are part of the object so that they are made and pinned like all others.
 */
#include "emit.bpf.h"
#include <reapd/policy.h>

const volatile struct knobs knobs;
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

char LICENSE[] SEC("license") = "Dual BSD/GPL";
