// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * life.bpf.c - who came, who went, what is it called, where does it live?
 *
 * In calm nothing is published but cgroups made and removed (rare, and their path is known only
 * then): the snapshot at the start of watch tells the rest. Names are the exception that must be
 * caught as they happen: a process's argv[0] is read here, from its own memory while it runs, at
 * exec and when it renames itself, and kept in the map `names`; the child has its parent's until it
 * execs. So the agent never reads /proc/PID/cmdline, which can stall in reclaim and can keep a dead
 * victim's memory pinned.
 *
 * Cost. Fork, exec and exit of a process: about 300 ns each, in calm too. Threads: one load.
 *
 * Accepted races. A name is read without faulting its page in: when it is not resident (never right
 * after exec) the old name stays. A program chooses its own name; the man page says so.
 */
#include "name.bpf.h"
#include "task.bpf.h"
#include "victim.bpf.h"

/*
 * Per CPU, because the stack is too small. Since 7.0 tracepoint programs can be preempted, by one that
 * uses the same scratch: each signs it, and one that finds another's name there withdraws its note.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct argv0);
} scratch SEC(".maps");

static __always_inline void keep_note(struct argv0 *a, __u32 tgid)
{
	if (bpf_map_update_elem(&names, &tgid, &a->note, BPF_ANY))
		count(COUNT_NAMES_FULL);
	if (a->owner != bpf_get_current_pid_tgid())
		bpf_map_delete_elem(&names, &tgid);
}

/*
 * Read the current task's argv[0] and note the package name in it. prio_ns 0: a rename, which leaves
 * the time of its priority as it was.
 */
static __always_inline void note_name(struct task_struct *leader, __u64 prio_ns)
{
	struct task_note *old;
	unsigned long arg_start = BPF_CORE_READ(leader, mm, arg_start);
	__u32 zero = 0, tgid = BPF_CORE_READ(leader, tgid), begin, len;
	struct argv0 *a = bpf_map_lookup_elem(&scratch, &zero);

	if (!a || !arg_start)
		return;
	a->owner = bpf_get_current_pid_tgid();
	if (bpf_probe_read_user_str(a->text, sizeof(a->text), (void *)arg_start) <= 0)
		return;
	find_name(a);
	begin = a->begin;
	len = a->end - begin;
	if (begin >= ARGV0_MAX || !len)
		return;
	if (len > REAPD_NAME_LEN - 1)
		len = REAPD_NAME_LEN - 1;
	__builtin_memset(&a->note, 0, sizeof(a->note));
	a->note.start_ns = BPF_CORE_READ(leader, start_boottime);
	old = prio_ns ? NULL : bpf_map_lookup_elem(&names, &tgid);
	if (old && old->start_ns == a->note.start_ns)
		prio_ns = old->prio_ns;
	a->note.prio_ns = prio_ns;
	a->note.name_len = len;
	bpf_probe_read_kernel(a->note.name, len, a->text + begin);
	keep_note(a, tgid);
}

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
	__u32 zero = 0, tgid = child->tgid, from = parent->tgid;
	struct task_note *note;
	struct argv0 *a;

	if (child->pid != child->tgid)
		return 0;
	note = bpf_map_lookup_elem(&names, &from);
	a = bpf_map_lookup_elem(&scratch, &zero);
	if (note && a && note->start_ns == BPF_CORE_READ(parent, group_leader, start_boottime)) {
		a->owner = bpf_get_current_pid_tgid();
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

	note_name(leader, bpf_ktime_get_ns());
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

	if (task != leader)
		return 0;
	if (task == (void *)bpf_get_current_task())
		note_name(leader, 0);
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
