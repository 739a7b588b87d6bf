// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * reaps.bpf.c - when is a dying process' memory taken from it, and by whom?
 *
 * __oom_reap_task_mm does it, for process_mrelease and for the kernel's oom_reaper alike, once it has the
 * mmap_lock; from the call of process_mrelease to there is the wait for that lock. It is a static
 * function: fentry or a kprobe reach it, or nobody. The tracepoints of oom_reaper and the system call's
 * own (which need tracefs mounted) are told too: where nothing else is there, they are all there is.
 *
 * Cost, while reapctl runs: the system call's tracepoints make every system call of the machine pass by
 * the slow path, some 10 ns each (getppid: 93 ns of CPU for 83); the rest, nothing until somebody reaps.
 *
 * Accepted races. The pidfd is looked up without a lock, in the file table of the caller, which is in the
 * system call that was given it: another thread of it might close it meanwhile, and the call goes
 * unnoticed.
 */
#include "trace.bpf.h"

static __always_inline int reap(struct mm_struct *mm, __u32 type)
{
	__u64 mm_id = (__u64)mm;
	__u32 *tgid = bpf_map_lookup_elem(&mms, &mm_id);

	if (tgid)
		event_send(type, *tgid, mm_id, 0);
	return 0;
}

/* The mm of fexit is the argument, of kretprobe what the entry noted: one reaper on a CPU's task. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, __u64);
} reaping SEC(".maps");

SEC("?fentry/__oom_reap_task_mm")
int BPF_PROG(reap_fentry, struct mm_struct *mm)
{
	return reap(mm, TRACE_REAPING);
}

SEC("?fexit/__oom_reap_task_mm")
int BPF_PROG(reap_fexit, struct mm_struct *mm)
{
	return reap(mm, TRACE_REAPED);
}

SEC("?kprobe/__oom_reap_task_mm")
int BPF_KPROBE(reap_kprobe, struct mm_struct *mm)
{
	__u64 id = bpf_get_current_pid_tgid(), mm_id = (__u64)mm;

	bpf_map_update_elem(&reaping, &id, &mm_id, BPF_ANY);
	return reap(mm, TRACE_REAPING);
}

SEC("?kretprobe/__oom_reap_task_mm")
int BPF_KRETPROBE(reap_kretprobe)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u64 *mm_id = bpf_map_lookup_elem(&reaping, &id);

	if (mm_id)
		reap((struct mm_struct *)*mm_id, TRACE_REAPED);
	bpf_map_delete_elem(&reaping, &id);
	return 0;
}

static __always_inline int reaper(__u32 tgid, __u32 type)
{
	struct death *death = bpf_map_lookup_elem(&deaths, &tgid);

	if (death)
		event_send(type, tgid, death->mm_id, 0);
	return 0;
}

SEC("?tp_btf/start_task_reaping")
int BPF_PROG(reaper_start, int pid)
{
	return reaper(pid, TRACE_REAPING);
}

SEC("?tp_btf/finish_task_reaping")
int BPF_PROG(reaper_finish, int pid)
{
	return reaper(pid, TRACE_REAPED);
}

/* Whose is the pidfd? Up to 6.8 the file had the pid itself, since pidfs (cb12fd8e0dab) its inode has. */
static __always_inline __u32 pidfd_tgid(__u32 fd)
{
	struct task_struct *me = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(me, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd), *file = NULL;
	struct pid *pid;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	pid = BPF_CORE_READ(file, private_data);
	if (!pid)
		pid = BPF_CORE_READ(file, f_inode, i_private);
	return BPF_CORE_READ(pid, numbers[0].nr);
}

SEC("?tp/syscalls/sys_enter_process_mrelease")
int mrelease_enter(struct trace_event_raw_sys_enter *ctx)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid(), tgid = pidfd_tgid(ctx->args[0]);
	struct death *death = bpf_map_lookup_elem(&deaths, &tgid);

	if (!death)
		return 0;
	bpf_map_update_elem(&releasers, &tid, &tgid, BPF_ANY);
	event_send(TRACE_CALLED, tgid, death->mm_id, 0);
	return 0;
}

SEC("?tp/syscalls/sys_exit_process_mrelease")
int mrelease_exit(struct trace_event_raw_sys_exit *ctx)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	__u32 *tgid = bpf_map_lookup_elem(&releasers, &tid);

	if (!tgid)
		return 0;
	event_send(TRACE_RETURNED, *tgid, 0, ctx->ret);
	bpf_map_delete_elem(&releasers, &tid);
	return 0;
}
