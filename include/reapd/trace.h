/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * trace.h - what the tracer's own BPF programs (bpf/trace) tell `reapctl latency --trace`.
 *
 * Two ways. Stages come through a ring as struct trace_stage, each with the time at which it happened
 * (CLOCK_MONOTONIC, ns). Why a death waits is looked at from outside: each pass of the iterator `look`
 * writes one struct trace_look for every thread that has to do with a death under way.
 *
 * Fixed widths, no enum or pointer in a record; ids of an mm are compared, never followed.
 */
#ifndef REAPD_TRACE_H
#define REAPD_TRACE_H

#include <reapd/event.h>

#define TRACE_STACK   16 /* frames: from the sleep to the system call it is rarely more */
#define TRACE_FILE    16 /* name of a file in /proc/PID: the longest that pins an mm has 13 bytes */
#define TRACE_DEATHS  1024 /* under way at once */
#define TRACE_SIGKILL 9

enum trace_stage_type {
	TRACE_KILL = 1,	 /* SIGKILL was sent by `by`; value: its si_code */
	TRACE_OOM,	 /* ... and it was the kernel's own killer */
	TRACE_DELIVERED, /* a thread of the victim begins to die */
	TRACE_EXIT,	 /* the first or the last thread exited; value: threads that are left */
	TRACE_CALLED,	 /* `by` called process_mrelease for the victim */
	TRACE_RETURNED,	 /* value: what it answered */
	TRACE_REAPING,	 /* `by` takes its private pages: behind the mmap_lock now */
	TRACE_REAPED,
	TRACE_FREED, /* exit_mmap is done, in `by` */
	TRACE_TYPES,
};

#define TRACE_F_ON_CPU	  (1u << 0)
#define TRACE_F_THROTTLED (1u << 1) /* by the quota of its cgroup */
#define TRACE_F_FROZEN	  (1u << 2) /* by cgroup.freeze */
#define TRACE_F_EXITING	  (1u << 3)
#define TRACE_F_KTHREAD	  (1u << 4)

struct trace_who {
	__u32 tgid;
	__u32 tid;
	char comm[REAPD_COMM_LEN];
};
_Static_assert(sizeof(struct trace_who) == 24, "trace_who");

/* What a thread does, and where it sleeps if it does. */
struct trace_task {
	struct trace_who who;
	__u32 state; /* task->__state: 0 runs or waits for a CPU, 1 sleeps, 2 sleeps deeply (D), ... */
	__u32 policy; /* SCHED_* */
	__u32 flags;  /* TRACE_F_* */
	__u32 frames; /* in stack[] */
	__u64 stack[TRACE_STACK];
};
_Static_assert(sizeof(struct trace_task) == 168, "trace_task");

struct trace_stage {
	__u32 type;
	__u32 tgid; /* the victim */
	__u64 time_ns;
	__u64 mm_id;
	__s32 value;
	__u32 threads; /* of the victim, at TRACE_KILL */
	__u64 kib;     /* its anonymous, shared and swapped pages, at TRACE_KILL */
	struct trace_who by;
	struct trace_task task; /* the one that was signalled, as it was then: at TRACE_KILL */
};
_Static_assert(sizeof(struct trace_stage) == 232, "trace_stage");

enum trace_role {
	TRACE_VICTIM = 1,
	TRACE_RELEASER, /* is in process_mrelease for it */
	TRACE_SHARER,	/* another process with the same mm */
	TRACE_READER,	/* is in a system call on a file of /proc/VICTIM, or process_vm_readv */
};

struct trace_look {
	__u32 victim; /* tgid */
	__u32 role;
	char file[TRACE_FILE]; /* of a TRACE_READER */
	struct trace_task task;
};
_Static_assert(sizeof(struct trace_look) == 192, "trace_look");

#endif
