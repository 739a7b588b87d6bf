// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * tasks.bpf.c - who is there, all at once?
 *
 * One pass over every process as binary records, in place of reading three files in /proc for each:
 * taken when watch begins, after records were lost in `bulk`, and before a decision where rss.bpf.c
 * is not attached. It takes no lock of any process and touches no user memory, so it can neither
 * stall in reclaim nor keep a dying process's memory pinned.
 *
 * Cost. About 1.5 us a process, 0.1 us a further thread (measured: 3.0 ms for 5,000 processes where
 * /proc takes 98 ms). With dma-bufs (dmabuf.bpf.h) it is a program of its own, since what that takes no
 * older kernel loads.
 *
 * Accepted races. Processes come and go while it runs. The agent drains `bulk` after the pass, and
 * each record's identity has its start time, so neither order does harm.
 */
#include "dmabuf.bpf.h"
#include "task.bpf.h"

/* The verifier's stack is 512 bytes and a record is half of it; this program runs one at a time. */
static struct event_task record;

static __always_inline bool wanted(struct task_struct *leader)
{
	if (leader->flags & PF_KTHREAD)
		return false;
	return (board.snapshot_flags & SNAPSHOT_ALL) || in_scope(leader);
}

/* A stall whose end was missed would look stuck for ever: the task itself knows better. */
static __always_inline void check_slots(struct task_struct *task)
{
	if (BPF_CORE_READ_BITFIELD(task, in_memstall))
		return;
	slot_end(board.stalls, task->pid);
	slot_end(board.reclaims, task->pid);
}

/* A process with a dead leader keeps the size it had; the next whole snapshot finds its mm. */
static __always_inline void write_sizes(struct seq_file *seq, struct task_struct *leader,
					__u32 buffers_kib)
{
	struct mm_struct *mm = leader->mm;
	struct event_rss e = { .uid = UID_NOT_READ };

	if (!mm)
		return;
	e.hdr.type = EV_RSS;
	e.hdr.size = sizeof(e);
	e.hdr.time_ns = board.snapshot_ns; /* a call less for each process */
	e.tgid = leader->tgid;
	e.start_ns = leader->start_boottime;
	e.mm_id = (__u64)mm;
	e.oom_score_adj = leader->signal->oom_score_adj;
	e.anon_kib = compat_rss_pages_trusted(mm, RSS_ANON) * knobs.page_kib;
	e.file_kib = compat_rss_pages_trusted(mm, RSS_FILE) * knobs.page_kib;
	e.shmem_kib = compat_rss_pages_trusted(mm, RSS_SHMEM) * knobs.page_kib;
	e.swap_kib = compat_rss_pages_trusted(mm, RSS_SWAP) * knobs.page_kib;
	e.dmabuf_kib = buffers_kib;
	bpf_seq_write(seq, &e, sizeof(e));
}

static __always_inline void write_all(struct seq_file *seq, struct task_struct *leader,
				      __u32 buffers_kib)
{
	__builtin_memset(&record, 0, sizeof(record));
	describe(&record, leader, TASK_SNAPSHOT);
	if (board.snapshot_mm_id && record.mm_id != board.snapshot_mm_id)
		return;
	record.dmabuf_kib = buffers_kib;
	if (board.snapshot_flags & SNAPSHOT_NAMES)
		describe_name(&record);
	bpf_seq_write(seq, &record, sizeof(record));
}

static __always_inline int look(struct bpf_iter__task *ctx, bool buffers)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	__u32 kib;

	if (!task)
		return 0;
	if (task->pid != task->tgid || !wanted(task))
		return 0;
	kib = buffers ? dmabuf_kib(task) : 0;
	if (board.snapshot_flags & SNAPSHOT_SIZES) {
		write_sizes(seq, task, kib);
		return 0;
	}
	check_slots(task);
	write_all(seq, task, kib);
	return 0;
}

SEC("?iter/task")
int tasks(struct bpf_iter__task *ctx)
{
	return look(ctx, false);
}

SEC("?iter/task")
int tasks_dmabuf(struct bpf_iter__task *ctx)
{
	return look(ctx, true);
}
