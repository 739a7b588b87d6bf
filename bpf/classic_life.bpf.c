// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * classic_life.bpf.c - life.bpf.c without BTF: who went, what is it called, where does it live?
 *
 * Names and cgroups are noted in `names` as they happen, in calm too, because to ask /proc for them later
 * takes locks that others hold for long. A process's name is that of the file it executed, not its
 * argv[0], which lies where mm->arg_start says. Who came is found by the next pass over /proc.
 *
 * Cost. That of life.bpf.c, in calm too. Measured beside it on a busy machine, in one program's run: fork
 * 1.1 us against 1.0, exec 0.8 against 0.8 to 1.2, exit 0.5 against 0.5 to 0.6.
 *
 * Accepted races. A child that is put elsewhere by clone3(CLONE_INTO_CGROUP) is noted in its parent's
 * cgroup until it executes something.
 */
#include "classic.bpf.h"

#define CLONE_THREAD 0x00010000
#define FILE_MAX     256 /* of the path of an executed file; a longer one's name is not known */

RECORD classic_task_newtask
{
	int pid;
	unsigned long clone_flags;
};
RECORD classic_sched_process_exec
{
	__u32 filename;
};
RECORD classic_sched_process_exit
{
	int pid;
	bool group_dead;
};
RECORD classic_task_rename
{
	int pid;
};
RECORD classic_oom_score_adj_update
{
	int pid;
	short oom_score_adj;
};
RECORD classic_cgroup_attach_task
{
	int dst_root;
	__u64 dst_id;
	int pid;
};
RECORD classic_cgroup_mkdir
{
	int root;
	__u64 id;
	__u32 path;
};
RECORD classic_cgroup_rmdir
{
	int root;
	__u64 id;
	__u32 path;
};

/* One use at a time on a CPU, because no other program of this kind can come between. */
static __always_inline void note_keep(__u32 tgid, const struct task_note *note)
{
	if (bpf_map_update_elem(&names, &tgid, note, BPF_ANY))
		count(COUNT_NAMES_FULL);
}

SEC("?tp/task/task_newtask")
int process_fork_tp(struct classic_task_newtask *r)
{
	__u32 tgid = r->pid, from = bpf_get_current_pid_tgid() >> 32;
	struct task_note note = {}, *parents;

	if (r->clone_flags & CLONE_THREAD)
		return 0;
	parents = bpf_map_lookup_elem(&names, &from);
	if (parents)
		__builtin_memcpy(&note, parents, sizeof(note));
	note.start_ns = 0;
	note.cgroup_id = bpf_get_current_cgroup_id();
	note_keep(tgid, &note);
	return 0;
}

struct exec_path {
	char text[FILE_MAX];
	struct task_note note;
	volatile __u32 begin; /* in memory, or the verifier would follow each place where it can be */
	volatile __u32 end;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_path);
} exec_paths SEC(".maps");

/* Where the last component of the path is. */
static __always_inline void find_file(struct exec_path *p)
{
	__u32 i;

	p->begin = 0;
	for (i = 0; i < FILE_MAX; i++) {
		if (!p->text[i])
			break;
		if (p->text[i] == '/')
			p->begin = i + 1;
	}
	p->end = i;
}

SEC("?tp/sched/sched_process_exec")
int process_exec_tp(struct classic_sched_process_exec *r)
{
	__u32 zero = 0, tgid = bpf_get_current_pid_tgid() >> 32, begin, len;
	struct exec_path *p = bpf_map_lookup_elem(&exec_paths, &zero);

	if (!p)
		return 0;
	__builtin_memset(&p->note, 0, sizeof(p->note));
	p->note.prio_ns = bpf_ktime_get_ns();
	p->note.cgroup_id = bpf_get_current_cgroup_id();
	if (record_text(p->text, sizeof(p->text), r, r->filename) > 0) {
		find_file(p);
		begin = p->begin;
		len = p->end - begin;
		if (len > REAPD_NAME_LEN - 1)
			len = REAPD_NAME_LEN - 1;
		if (begin < FILE_MAX && p->end < FILE_MAX) {
			p->note.name_len = len;
			bpf_probe_read_kernel(p->note.name, len, p->text + begin);
		}
	}
	note_keep(tgid, &p->note);
	return 0;
}

/*
 * On Android a process is named by renaming it: who was one of a family before is to be asked anew. On a
 * host a rename does not change argv[0].
 */
SEC("?tp/task/task_rename")
int process_rename_tp(struct classic_task_rename *r)
{
	__u32 tgid = r->pid;
	struct task_note *note;

	if (knobs.flags & KNOB_BASENAME)
		return 0;
	note = bpf_map_lookup_elem(&names, &tgid);
	if (note)
		note->name_len = 0;
	return 0;
}

/*
 * The end of a process: of its last thread where the event says so (6.16), else of its first, which is
 * early if others live on; the agent looks at the pidfd then.
 */
SEC("?tp/sched/sched_process_exit")
int process_exit_tp(struct classic_sched_process_exit *r)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, tid = bpf_get_current_pid_tgid();
	struct event_exit *e;

	if (!calm())
		slot_end(board.reclaims, tid);
	if (bpf_core_field_exists(r->group_dead) ? !r->group_dead : tid != tgid)
		return 0;
	bpf_map_delete_elem(&names, &tgid);
	if (calm() || !runs_in_scope())
		return 0;
	e = bulk_reserve(EV_EXIT, sizeof(*e));
	if (!e)
		return 0;
	e->tgid = tgid;
	e->pad = 0;
	e->start_ns = 0;
	e->mm_id = 0;
	bulk_submit(e);
	return 0;
}

SEC("?tp/oom/oom_score_adj_update")
int adj_update_tp(struct classic_oom_score_adj_update *r)
{
	__u32 tgid = r->pid;
	struct task_note *note = bpf_map_lookup_elem(&names, &tgid);
	struct event_adj *e;

	if (note)
		note->prio_ns = bpf_ktime_get_ns();
	if (calm())
		return 0;
	e = bulk_reserve(EV_ADJ, sizeof(*e));
	if (!e)
		return 0;
	e->tgid = tgid;
	e->oom_score_adj = r->oom_score_adj;
	e->pad = 0;
	e->start_ns = 0;
	bulk_submit(e);
	return 0;
}

/* Of the unified hierarchy only: its root is number 0. Of a thread that moves alone there is no note. */
SEC("?tp/cgroup/cgroup_attach_task")
int process_move_tp(struct classic_cgroup_attach_task *r)
{
	__u32 tgid = r->pid;
	struct task_note *note;

	if (r->dst_root)
		return 0;
	note = bpf_map_lookup_elem(&names, &tgid);
	if (note)
		note->cgroup_id = r->dst_id;
	return 0;
}

static __always_inline int publish_cgroup(void *record, __u64 id, __u32 path, __u32 what)
{
	struct event_cgroup *e = bulk_reserve(EV_CGROUP, sizeof(*e));

	if (!e)
		return 0;
	e->cgroup_id = id;
	e->what = what;
	__builtin_memset(e->path, 0, sizeof(e->path));
	record_text(e->path, sizeof(e->path), record, path);
	bulk_submit(e);
	return 0;
}

SEC("?tp/cgroup/cgroup_mkdir")
int cgroup_made_tp(struct classic_cgroup_mkdir *r)
{
	return r->root ? 0 : publish_cgroup(r, r->id, r->path, CGROUP_MADE);
}

SEC("?tp/cgroup/cgroup_rmdir")
int cgroup_gone_tp(struct classic_cgroup_rmdir *r)
{
	return r->root ? 0 : publish_cgroup(r, r->id, r->path, CGROUP_GONE);
}
