// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * life.bpf.c - who came, who went, what is it called, where does it live?
 *
 * In calm nothing is published but cgroups made and removed (rare, and their path is known only
 * then): the snapshot at the start of watch tells the rest. Names are the exception that must be
 * caught as they happen: a process's argv[0] is read here, from its own memory while it runs, at
 * exec and when it renames itself (note.bpf.h), and kept in the map `names`; the child has its parent's
 * until it execs or is renamed. So the agent never reads /proc/PID/cmdline, which can stall in reclaim and can keep a dead
 * victim's memory pinned.
 *
 * Cost. Fork, exec and exit of a process: about 300 ns each, in calm too. Threads: one look-up in a map.
 *
 * Accepted races. A name is read without faulting its page in: when it is not resident (never right
 * after exec) the old name stays. A program chooses its own name; the man page says so.
 */
#include "note.bpf.h"
#include "task.bpf.h"
#include "victim.bpf.h"

static __always_inline void publish_task(struct task_struct *leader, __u32 what, bool named)
{
	struct event_task *e;

	if (calm() || !in_scope(leader))
		return;
	e = bulk_reserve(EV_TASK, sizeof(*e));
	if (!e)
		return;
	__builtin_memset(e, 0, sizeof(*e));
	describe(e, leader, what);
	if (named)
		describe_name(e);
	bulk_submit(e);
}

SEC("?tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 tgid = child->tgid, from = parent->tgid;
	struct task_note *note;
	struct argv0 *a;

	if (look_again(parent->group_leader))
		publish_task(parent->group_leader, TASK_RENAME, true);
	if (child->pid != child->tgid)
		return 0;
	note = bpf_map_lookup_elem(&names, &from);
	a = take_scratch();
	if (note && a && note->start_ns == BPF_CORE_READ(parent, group_leader, start_boottime)) {
		__builtin_memcpy(&a->note, note, sizeof(a->note));
		a->note.start_ns = BPF_CORE_READ(child, start_boottime);
		keep_note(a, tgid);
	}
	publish_task(child, TASK_FORK, true);
	return 0;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;

	note_exec(leader);
	publish_task(leader, TASK_EXEC, true);
	return 0;
}

/*
 * prctl(PR_SET_NAME) and writes to /proc/self/comm. Fires before comm is changed, hence comm from
 * the argument. exec renames too, on its way: its own event follows.
 */
SEC("?tp_btf/task_rename")
int BPF_PROG(process_rename, struct task_struct *task, const char *comm)
{
	struct task_struct *leader = task->group_leader;
	struct event_task *e;

	if (task != leader) {
		if (task == (void *)bpf_get_current_task() && look_again(leader))
			publish_task(leader, TASK_RENAME, true);
		return 0;
	}
	if (task == (void *)bpf_get_current_task())
		note_rename(leader);
	if (calm() || !in_scope(leader))
		return 0;
	e = bulk_reserve(EV_TASK, sizeof(*e));
	if (!e)
		return 0;
	__builtin_memset(e, 0, sizeof(*e));
	describe(e, leader, TASK_RENAME);
	bpf_probe_read_kernel_str(e->comm, sizeof(e->comm), comm);
	describe_name(e);
	bulk_submit(e);
	return 0;
}

/*
 * Since 6.16 an exit is told before the memory goes: then tell of that too, of whoever has more than a
 * quantum. The mm's id, 0 when there is nothing to follow.
 */
static __always_inline __u64 follow(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct victim v;

	if (!mm ||
	    (compat_rss_pages(mm, RSS_ANON) + compat_rss_pages(mm, RSS_SWAP)) * knobs.page_kib <
		    knobs.rss_quantum_kib)
		return 0;
	return victim_enrol(task, &v);
}

SEC("?tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	struct event_exit *e;
	__u32 tgid = task->tgid;

	if (!calm()) {
		slot_end(board.stalls, task->pid);
		slot_end(board.reclaims, task->pid);
	}
	if (!compat_group_dead(task))
		return 0;
	bpf_map_delete_elem(&names, &tgid);
	if (calm() || !in_scope(task))
		return 0;
	e = bulk_reserve(EV_EXIT, sizeof(*e));
	if (!e)
		return 0;
	e->tgid = tgid;
	e->pad = 0;
	e->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	e->mm_id = follow(task);
	bulk_submit(e);
	return 0;
}

SEC("?tp_btf/oom_score_adj_update")
int BPF_PROG(adj_update, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct event_adj *e;
	struct task_note *note;
	__u32 tgid = task->tgid;

	note = bpf_map_lookup_elem(&names, &tgid);
	if (note)
		note->prio_ns = bpf_ktime_get_ns();
	if (calm() || !in_scope(leader))
		return 0;
	e = bulk_reserve(EV_ADJ, sizeof(*e));
	if (!e)
		return 0;
	e->tgid = tgid;
	e->oom_score_adj = BPF_CORE_READ(task, signal, oom_score_adj);
	e->pad = 0;
	e->start_ns = BPF_CORE_READ(leader, start_boottime);
	bulk_submit(e);
	return 0;
}

/* Of the unified hierarchy only: its root has hierarchy_id 0. */
static __always_inline bool unified(struct cgroup *cgrp)
{
	return BPF_CORE_READ(cgrp, root, hierarchy_id) == 0;
}

/* A move out of the scope must be told too, so the scope is not asked. */
SEC("?tp_btf/cgroup_attach_task")
int BPF_PROG(process_move, struct cgroup *cgrp, const char *path, struct task_struct *task)
{
	struct event_task *e;

	if (calm() || !unified(cgrp) || task->pid != task->tgid)
		return 0;
	e = bulk_reserve(EV_TASK, sizeof(*e));
	if (!e)
		return 0;
	__builtin_memset(e, 0, sizeof(*e));
	describe(e, task, TASK_MOVE);
	e->cgroup_id = BPF_CORE_READ(cgrp, kn, id);
	describe_name(e);
	bulk_submit(e);
	return 0;
}

static __always_inline int publish_cgroup(struct cgroup *cgrp, const char *path, __u32 what)
{
	struct event_cgroup *e;

	if (!unified(cgrp))
		return 0;
	e = bulk_reserve(EV_CGROUP, sizeof(*e));
	if (!e)
		return 0;
	e->cgroup_id = BPF_CORE_READ(cgrp, kn, id);
	e->what = what;
	__builtin_memset(e->path, 0, sizeof(e->path));
	bpf_probe_read_kernel_str(e->path, sizeof(e->path), path);
	bulk_submit(e);
	return 0;
}

SEC("?tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_made, struct cgroup *cgrp, const char *path)
{
	return publish_cgroup(cgrp, path, CGROUP_MADE);
}

SEC("?tp_btf/cgroup_rmdir")
int BPF_PROG(cgroup_gone, struct cgroup *cgrp, const char *path)
{
	return publish_cgroup(cgrp, path, CGROUP_GONE);
}
