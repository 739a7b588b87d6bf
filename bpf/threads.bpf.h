/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * threads.bpf.h - the memory of a process whose first thread is dead.
 */
#ifndef REAPD_THREADS_BPF_H
#define REAPD_THREADS_BPF_H

#include "emit.bpf.h"

/* Threads that are searched for one that still has the mm. */
#define LIVE_THREADS_SEARCHED 32

/*
 * A leader that exited has no mm any more, while other threads live on with it: one of them tells.
 * NULL when none does. A list walked without a lock: read with care, and bounded.
 */
static __always_inline struct mm_struct *threads_mm(struct signal_struct *signal)
{
	struct list_head *head = &signal->thread_head, *at = BPF_CORE_READ(head, next);
	struct task_struct *thread;
	struct mm_struct *mm;
	int i;

	for (i = 0; i < LIVE_THREADS_SEARCHED && at != head; i++) {
		thread = (void *)at - bpf_core_field_offset(struct task_struct, thread_node);
		mm = BPF_CORE_READ(thread, mm);
		if (mm)
			return mm;
		at = BPF_CORE_READ(at, next);
	}
	return NULL;
}

#endif
