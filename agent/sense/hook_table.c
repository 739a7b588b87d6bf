// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "hook_table.h"

#include <errno.h>
#include <string.h>

#include "format.h"

/* A tracepoint that answers a question of its own. (Versions of clang-format disagree on this.) */
/* clang-format off */
#define TP(program, tracepoint, without) \
	{ program, tracepoint, program, without, KIND_TP_BTF, 0, 0 }
/* The same where the kernel has no BTF; `with`: what is lost then. */
#define LAST(question, tracepoint, with) \
	{ question "_tp", tracepoint, question, with, KIND_TP, 0, 0 }
/* clang-format on */

#define QUESTION_LOW "memory_low"

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
	TP("watermarks_changed", "mm_calculate_totalreserve_pages",
	   "watermarks read once a minute"),
	TP("vendor_kill", "android_trigger_vendor_lmk_kill",
	   "kills that an Android vendor asks for"),

	/* charges (bpf/charge.bpf.c) */
	{ "charge_fentry", "page_counter_try_charge", QUESTION_LOW, "edges of falling memory",
	  KIND_FENTRY, 'A', 0 },
	{ "charge_kprobe", "page_counter_try_charge", QUESTION_LOW, "edges of falling memory",
	  KIND_KPROBE, 'B', 0 },

	/* the kernel's own killer (bpf/oom.bpf.c) */
	TP("mark_victim", "mark_victim", "kernel OOM kills unseen"),
	{ "oom_limit_fentry", "oom_kill_process", "oom_limit", "whose limit a kernel OOM kill met",
	  KIND_FENTRY, 0, 0 },
	{ "oom_limit_kprobe", "oom_kill_process", "oom_limit", "whose limit a kernel OOM kill met",
	  KIND_KPROBE, 0, 0 },

	/* sizes (bpf/rss.bpf.c, bpf/tasks.bpf.c, bpf/dmabuf.bpf.c) */
	{ "rss_stat", "rss_stat", "rss_stat", "sizes only from snapshots", KIND_TP_BTF, 0, 'w' },
	{ "tasks_dmabuf", "task", "tasks", "everything", KIND_ITER, 0, 'b' },
	{ "tasks", "task", "tasks", "everything", KIND_ITER, 0, 0 },
	{ "dmabufs", "dmabuf", "dmabufs", "sizes of buffers shared with devices", KIND_ITER, 0,
	  'b' },

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

	/* all of it without BTF (bpf/classic.bpf.c, classic_life.bpf.c, procs.c) */
	LAST("kswapd_wake", "vmscan/mm_vmscan_kswapd_wake", ""),
	LAST("kswapd_sleep", "vmscan/mm_vmscan_kswapd_sleep", ""),
	LAST("direct_begin", "vmscan/mm_vmscan_direct_reclaim_begin", "kernel threads count, too"),
	LAST("direct_end", "vmscan/mm_vmscan_direct_reclaim_end", ""),
	LAST("memcg_begin", "vmscan/mm_vmscan_memcg_reclaim_begin", ""),
	LAST("memcg_end", "vmscan/mm_vmscan_memcg_reclaim_end", ""),
	LAST("reclaim_retry", "oom/reclaim_retry_zone", ""),
	LAST("mark_victim", "oom/mark_victim", "victims that came since the last pass"),
	LAST("process_fork", "task/task_newtask", "seen at the next pass"),
	LAST("process_exec", "sched/sched_process_exec", "named by file, not by argv[0]"),
	LAST("process_rename", "task/task_rename", ""),
	LAST("process_exit", "sched/sched_process_exit", ""),
	LAST("adj_update", "oom/oom_score_adj_update", ""),
	LAST("process_move", "cgroup/cgroup_attach_task", "seen at the next pass"),
	LAST("cgroup_made", "cgroup/cgroup_mkdir", ""),
	LAST("cgroup_gone", "cgroup/cgroup_rmdir", ""),
	{ "tasks_files", "/proc", "tasks", "sharers of memory; 13 times the time", KIND_FILES, 0,
	  0 },
};

const char *hook_kind_name(enum hook_kind kind)
{
	static const char *const names[] = {
		[KIND_TP_BTF] = "tp_btf",   [KIND_FENTRY] = "fentry", [KIND_KPROBE] = "kprobe",
		[KIND_SYSCALL] = "syscall", [KIND_ITER] = "iter",     [KIND_TP] = "tp",
		[KIND_FILES] = "files",
	};

	return names[kind];
}

int hook_possible(const struct hook_row *row, const struct features *f)
{
	if (f->missing[FEATURE_VM_STAT] && !strcmp(row->question, QUESTION_LOW))
		return f->missing[FEATURE_VM_STAT];
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
		if (row->when == 'b' && !features_has_iterator(f, "dmabuf"))
			return -ENOENT;
		return features_has_iterator(f, row->target) ? 0 : -ENOENT;
	case KIND_TP:
		return format_probe(row->target);
	case KIND_FILES:
		break;
	}
	return 0;
}
