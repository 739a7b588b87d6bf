/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trace.bpf.h - what the tracer's BPF files share: the deaths under way, the ring, a task described.
 *
 * Nothing here is the agent's: this object is loaded by reapctl alone, beside whatever agent runs.
 * Two tables lead to a death: by process, and by mm, since the last stage belongs to an mm that has no
 * process any more. reapctl takes entries out when a death is over; what did not fit is counted.
 */
#ifndef REAPD_TRACE_BPF_H
#define REAPD_TRACE_BPF_H

#include "../compat.bpf.h"
#include <reapd/trace.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries,
	       512 * 1024); /* 2,000 events: a cgroup of 200 processes killed at once */
} events SEC(".maps") __weak;

struct death {
	__u64 mm_id;
	__u32 delivered,
		exited; /* told: of 1,000 threads the first ones, and the last exit, are enough */
};

/* tgid -> death */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRACE_DEATHS);
	__type(key, __u32);
	__type(value, struct death);
} deaths SEC(".maps") __weak;

/* mm_id -> tgid */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRACE_DEATHS);
	__type(key, __u64);
	__type(value, __u32);
} mms SEC(".maps") __weak;

/* Threads that are in process_mrelease: tid -> tgid of the victim. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256); /* callers at once: an agent has 2, lmkd has 1 */
	__type(key, __u32);
	__type(value, __u32);
} releasers SEC(".maps") __weak;

/* Only these, if there are any: `filtered`. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} wanted SEC(".maps") __weak;

extern const volatile __u32 filtered;
extern const volatile __u32 page_kib;
extern __u64 lost; /* events and deaths for which there was no room */

static __always_inline struct trace_stage *event_reserve(__u32 type, __u32 tgid)
{
	struct trace_stage *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	if (!e) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	__builtin_memset(e, 0, sizeof(*e));
	e->type = type;
	e->tgid = tgid;
	e->time_ns = bpf_ktime_get_ns();
	e->by.tgid = pid_tgid >> 32;
	e->by.tid = (__u32)pid_tgid;
	bpf_get_current_comm(e->by.comm, sizeof(e->by.comm));
	return e;
}

static __always_inline void event_send(__u32 type, __u32 tgid, __u64 mm_id, __s32 value)
{
	struct trace_stage *e = event_reserve(type, tgid);

	if (!e)
		return;
	e->mm_id = mm_id;
	e->value = value;
	bpf_ringbuf_submit(e, 0);
}

/* task->state became __state in 5.14 (2f064a59a11f). */
struct task_struct___before_5_14 {
	volatile long state;
} __attribute__((preserve_access_index));

static __always_inline __u32 task_state(struct task_struct *task)
{
	struct task_struct___before_5_14 *old = (void *)task;

	if (bpf_core_field_exists(old->state))
		return BPF_CORE_READ(old, state);
	return BPF_CORE_READ(task, __state);
}

/*
 * Out of CPU time. Since 6.18 (fair: task based throttle) the task itself is taken off its queue, on
 * its way out of the kernel; before, the queue was, and throttle_count says so for all below it.
 */
struct task_struct___with_throttled {
	bool throttled;
} __attribute__((preserve_access_index));

static __always_inline bool task_throttled(struct task_struct *task)
{
	struct task_struct___with_throttled *new = (void *)task;

	if (bpf_core_field_exists(new->throttled))
		return BPF_CORE_READ(new, throttled);
	if (bpf_core_field_exists(task->se.cfs_rq) &&
	    bpf_core_field_exists(task->se.cfs_rq->throttle_count))
		return BPF_CORE_READ(task, se.cfs_rq, throttle_count) > 0;
	return false;
}

/* *t is zeroed. The stack is of one who sleeps: that of one who runs would be of no moment. */
static __always_inline void describe(struct trace_task *t, struct task_struct *task)
{
	long bytes;

	t->who.tgid = BPF_CORE_READ(task, tgid);
	t->who.tid = BPF_CORE_READ(task, pid);
	BPF_CORE_READ_INTO(&t->who.comm, task, comm);
	t->state = task_state(task);
	t->policy = BPF_CORE_READ(task, policy);
	if (BPF_CORE_READ(task, on_cpu))
		t->flags |= TRACE_F_ON_CPU;
	if (task_throttled(task))
		t->flags |= TRACE_F_THROTTLED;
	if (BPF_CORE_READ_BITFIELD_PROBED(task, frozen))
		t->flags |= TRACE_F_FROZEN;
	if (BPF_CORE_READ(task, flags) & PF_EXITING)
		t->flags |= TRACE_F_EXITING;
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		t->flags |= TRACE_F_KTHREAD;
	if (!t->state)
		return;
	bytes = bpf_get_task_stack(task, t->stack, sizeof(t->stack), 0);
	t->frames = bytes > 0 ? bytes / sizeof(t->stack[0]) : 0;
}

#endif
