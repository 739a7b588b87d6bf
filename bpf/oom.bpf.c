// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * oom.bpf.c - whom did the kernel's own killer choose, and whose limit was it about?
 *
 * mark_victim tells the victim (old kernels: its pid alone), oom_kill_process (a static function: only
 * where fentry or kprobes reach it) the limit: the machine's, or that of a cgroup at or above the
 * victim's. The kernel's killer runs under one lock, oom_lock, and marks its victims in the same task
 * before it returns, so one note is enough.
 *
 * Cost. None but when it comes.
 *
 * Accepted races. A task that is dying anyway is marked without oom_kill_process: the note is another
 * task's then, or a note of this task from long ago, which time tells apart.
 */
#include "victim.bpf.h"

/* From oom_kill_process to mark_victim: a dump of all tasks to the console may be between. */
#define OOM_NOTE_NS 10000000000ULL

/* The note: by whom and when, whom it chose, whose limit. */
static __u64 noted_pid_tgid, noted_ns;
static __u64 noted_task;
static __u32 noted_limit, noted_level;

static __always_inline int note_limit(struct oom_control *oc)
{
	struct mem_cgroup *memcg = BPF_CORE_READ(oc, memcg);

	noted_task = (__u64)BPF_CORE_READ(oc, chosen);
	noted_limit = OOM_LIMIT_MACHINE + BPF_CORE_READ(oc, constraint);
	noted_level = memcg ? BPF_CORE_READ(memcg, css.cgroup, level) : 0;
	noted_pid_tgid = bpf_get_current_pid_tgid();
	noted_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("?fentry/oom_kill_process")
int BPF_PROG(oom_limit_fentry, struct oom_control *oc)
{
	return note_limit(oc);
}

SEC("?kprobe/oom_kill_process")
int BPF_KPROBE(oom_limit_kprobe, struct oom_control *oc)
{
	return note_limit(oc);
}

/* Is what was noted about the present call of the kernel's killer? */
static __always_inline bool noted(void)
{
	return noted_pid_tgid == bpf_get_current_pid_tgid() &&
	       bpf_ktime_get_ns() - noted_ns < OOM_NOTE_NS;
}

/* The task with this pid, if it is the one that was chosen. */
static __always_inline struct task_struct *noted_victim(__u32 pid)
{
	struct task_struct *task = (void *)noted_task;

	return noted() && BPF_CORE_READ(task, pid) == pid ? task : NULL;
}

static __always_inline void describe_name(struct event_oom *e)
{
	__u32 tgid = e->tgid; /* on the stack: before 6.2 a key could not be in a ring's record */
	struct task_note *note = bpf_map_lookup_elem(&names, &tgid);

	if (note && note->start_ns == e->start_ns)
		__builtin_memcpy(e->name, note->name, sizeof(e->name));
}

static __always_inline void describe_victim(struct event_oom *e, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	e->tgid = BPF_CORE_READ(task, tgid);
	e->uid = BPF_CORE_READ(task, cred, uid.val);
	e->start_ns = BPF_CORE_READ(leader, start_boottime);
	e->mm_id = (__u64)mm;
	e->cgroup_id = cgroup_id_of(task);
	e->anon_kib = compat_rss_pages(mm, RSS_ANON) * knobs.page_kib;
	e->file_kib = compat_rss_pages(mm, RSS_FILE) * knobs.page_kib;
	e->shmem_kib = compat_rss_pages(mm, RSS_SHMEM) * knobs.page_kib;
	e->swap_kib = compat_rss_pages(mm, RSS_SWAP) * knobs.page_kib;
	e->oom_score_adj = BPF_CORE_READ(task, signal, oom_score_adj);
	BPF_CORE_READ_INTO(&e->comm, leader, comm);
	describe_name(e);
}

/* One victim of the kernel's own killer. Where its pid alone is told, the agent may know the rest. */
SEC("?tp_btf/mark_victim")
int BPF_PROG(mark_victim)
{
	struct task_struct *task;
	struct event_oom *e;
	struct victim v;

	if (compat_mark_victim_has_task())
		task = (struct task_struct *)ctx[0];
	else
		task = noted_victim(ctx[0]);
	if (task) {
		if (!in_scope(task))
			return 0;
		victim_enrol(task, &v);
	}
	e = critical_reserve(EV_OOM, sizeof(*e));
	if (!e)
		return 0;
	__builtin_memset((char *)e + sizeof(e->hdr), 0, sizeof(*e) - sizeof(e->hdr));
	if (task)
		describe_victim(e, task);
	else
		e->tgid = ctx[0];
	if (noted()) {
		e->limit = noted_limit;
		e->limit_level = noted_level;
	}
	critical_submit(e);
	return 0;
}
