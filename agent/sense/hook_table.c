// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "hook_table.h"

#include <errno.h>

/* A tracepoint that answers a question of its own. (Versions of clang-format disagree on this.) */
/* clang-format off */
#define TP(program, tracepoint, without) \
	{ program, tracepoint, program, without, KIND_TP_BTF, 0, 0 }
/* clang-format on */

const struct hook_row hook_table[HOOK_ROWS] = {
	/* who stalls (bpf/stall.bpf.c) */
	{ "stall_enter_fentry", "psi_memstall_enter", "stall_enter", "stall edges", KIND_FENTRY,
	  'A', 0 },
	{ "stall_enter_kprobe", "psi_memstall_enter", "stall_enter", "stall edges", KIND_KPROBE,
	  'B', 0 },
	{ "stall_leave_fentry", "psi_memstall_leave", "stall_leave", "stall time by cgroup",
	  KIND_FENTRY, 'A', 0 },
	{ "stall_leave_kprobe", "psi_memstall_leave", "stall_leave", "stall time by cgroup",
	  KIND_KPROBE, 'B', 0 },
	{ "psi_sample", "system_group_pcpu", "psi_sample", "in-kernel pressure: tier C",
	  KIND_SYSCALL, 'B', 0 },

	/* reclaim (bpf/reclaim.bpf.c) */
	TP("kswapd_wake", "mm_vmscan_kswapd_wake", "the earliest edge"),
	TP("kswapd_sleep", "mm_vmscan_kswapd_sleep", "whether kswapd runs"),
	TP("direct_begin", "mm_vmscan_direct_reclaim_begin", "edges of direct reclaim"),
	TP("direct_end", "mm_vmscan_direct_reclaim_end", "time spent in direct reclaim"),
	TP("memcg_begin", "mm_vmscan_memcg_reclaim_begin", "edges of cgroup limits"),
	TP("memcg_end", "mm_vmscan_memcg_reclaim_end", "time spent in cgroup reclaim"),
	TP("reclaim_retry", "reclaim_retry_zone", "warning of the kernel's own killer"),
	TP("mark_victim", "mark_victim", "kernel OOM kills unseen"),

	/* sizes (bpf/rss.bpf.c, bpf/tasks.bpf.c) */
	{ "rss_stat", "rss_stat", "rss_stat", "sizes only from snapshots", KIND_TP_BTF, 0, 'w' },
	{ "tasks", "task", "tasks", "everything", KIND_ITER, 0, 0 },

	/* life (bpf/life.bpf.c) */
	TP("process_fork", "sched_process_fork", "new processes only from snapshots"),
	TP("process_exec", "sched_process_exec", "package names of new programs"),
	TP("process_rename", "task_rename", "renamed processes"),
	TP("process_exit", "sched_process_exit", "ends of processes"),
	TP("adj_update", "oom_score_adj_update", "who was prioritised when"),
	TP("process_move", "cgroup_attach_task", "moves between cgroups"),
	TP("cgroup_made", "cgroup_mkdir", "paths of new cgroups (looked up instead)"),
	TP("cgroup_gone", "cgroup_rmdir", "that cgroups went"),

	/* kills (bpf/kill.bpf.c) */
	TP("kill_signalled", "signal_generate", "when memory came back"),
	{ "freed_tp", "exit_mmap", "freed", "when memory came back", KIND_TP_BTF, 0, 0 },
	{ "freed_fexit", "exit_mmap", "freed", "when memory came back", KIND_FENTRY, 0, 0 },
	{ "freed_kprobe", "exit_mmap", "freed", "when memory came back", KIND_KPROBE, 0, 0 },
};

const char *hook_kind_name(enum hook_kind kind)
{
	static const char *const names[] = {
		[KIND_TP_BTF] = "tp_btf",   [KIND_FENTRY] = "fentry", [KIND_KPROBE] = "kprobe",
		[KIND_SYSCALL] = "syscall", [KIND_ITER] = "iter",
	};

	return names[kind];
}

int hook_possible(const struct hook_row *row, const struct features *f)
{
	switch (row->kind) {
	case KIND_TP_BTF:
		return features_has_tracepoint(f, row->target) ? 0 : -ENOENT;
	case KIND_FENTRY:
		if (!features_has_function(f, row->target))
			return -ENOENT;
		return f->missing[FEATURE_FENTRY];
	case KIND_KPROBE:
		if (!features_has_function(f, row->target))
			return -ENOENT;
		return f->missing[FEATURE_KPROBE];
	case KIND_SYSCALL:
		if (f->missing[FEATURE_SYSCALL])
			return f->missing[FEATURE_SYSCALL];
		return f->missing[FEATURE_PERCPU_VAR];
	case KIND_ITER:
		break;
	}
	return 0;
}
