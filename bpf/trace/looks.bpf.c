// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * looks.bpf.c - why does a death take so long? One pass over all tasks, each time reapctl wants to know.
 *
 * Of the victim's threads that are not gone: does it run, wait for a CPU, sleep and where (kernel stack),
 * is it throttled or frozen? Of those that are in process_mrelease for it: the same. And when no thread of
 * it is left and its mm is still there (`seek_pins`): who has it? Another process with the same mm; or
 * one that is inside a system call on a file of /proc/VICTIM, or inside process_vm_readv of it, which is
 * told from the registers it came into the kernel with.
 *
 * That way nothing is hooked: mm_access and get_task_mm are called by every ps(1), inlined here and
 * there, and out of reach where there are neither fentry nor kprobes.
 *
 * Cost: two lookups for a task that is none of these, a dozen reads more while pins are sought; only while
 * a death is under way.
 *
 * Accepted races. Tasks run on while they are looked at: one look may be wrong, and reapctl counts many.
 */
#include "trace.bpf.h"

#define PROC_SUPER_MAGIC 0x9fa0
#if defined(__TARGET_ARCH_x86)
#define NR_PROCESS_VM_READV  310
#define NR_PROCESS_VM_WRITEV 311
#define SYSCALL_NR(regs)     ((int)BPF_CORE_READ(regs, orig_ax))
#define SYSCALL_ARG(regs)    BPF_CORE_READ(regs, di)
#else
#define NR_PROCESS_VM_READV  270
#define NR_PROCESS_VM_WRITEV 271
#define SYSCALL_NR(regs)     BPF_CORE_READ(regs, syscallno)
#define SYSCALL_ARG(regs)    BPF_CORE_READ(regs, orig_x0)
#endif

__u32 seek_pins;

/* The process that this /proc file of the task is about; 0: it is none. */
static __always_inline __u32 proc_file_tgid(struct task_struct *task, __u32 fd, char *name)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd), *file = NULL;
	struct proc_inode *proc;
	struct inode *inode;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	inode = BPF_CORE_READ(file, f_inode);
	if (BPF_CORE_READ(inode, i_sb, s_magic) != PROC_SUPER_MAGIC)
		return 0;
	proc = (void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
	bpf_probe_read_kernel_str(name, TRACE_FILE,
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return BPF_CORE_READ(proc, pid, numbers[0].nr);
}

/* The victim whose mm this task is reading right now; 0: none. */
static __always_inline __u32 read_victim(struct task_struct *task, struct trace_look *look)
{
	struct pt_regs *regs;
	__u32 tgid;
	int nr;

	/* bpf_task_pt_regs came in 5.15 (dd6e10fbd9fb). */
	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs((void *)task);
	nr = SYSCALL_NR(regs);
	if (nr < 0) /* interrupted in user space: registers are the program's own */
		return 0;
	if (nr == NR_PROCESS_VM_READV || nr == NR_PROCESS_VM_WRITEV) {
		__builtin_memcpy(look->file, "process_vm", sizeof("process_vm"));
		tgid = SYSCALL_ARG(regs);
	} else {
		tgid = proc_file_tgid(task, SYSCALL_ARG(regs), look->file);
	}
	return tgid && bpf_map_lookup_elem(&deaths, &tgid) ? tgid : 0;
}

/* What this task has to do with a death under way; 0: nothing. */
static __always_inline __u32 role_of(struct task_struct *task, struct trace_look *look)
{
	__u32 tgid = task->tgid, tid = task->pid, *victim;
	__u64 mm_id = (__u64)task->mm;

	if (bpf_map_lookup_elem(&deaths, &tgid)) {
		look->victim = tgid;
		return TRACE_VICTIM;
	}
	victim = bpf_map_lookup_elem(&releasers, &tid);
	if (victim) {
		look->victim = *victim;
		return TRACE_RELEASER;
	}
	if (!seek_pins)
		return 0;
	victim = mm_id ? bpf_map_lookup_elem(&mms, &mm_id) : NULL;
	if (victim) {
		look->victim = *victim;
		return TRACE_SHARER;
	}
	if (task->flags & PF_KTHREAD)
		return 0;
	look->victim = read_victim(task, look);
	return look->victim ? TRACE_READER : 0;
}

SEC("?iter/task")
int look(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct trace_look look = {};

	if (!task || task->exit_state)
		return 0;
	look.role = role_of(task, &look);
	if (!look.role)
		return 0;
	describe(&look.task, task);
	bpf_seq_write(ctx->meta->seq, &look, sizeof(look));
	return 0;
}
