// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * kill.bpf.c - how does a kill go on, and when is the memory really back?
 *
 * From the SIGKILL of a process by the agent (or by the kernel's own killer) to exit_mmap of its
 * mm, which is where the last page is back in the allocator. The kernel side enrols the victim
 * itself, at signal_generate, so that the agent makes no map update on its way to the signal.
 *
 * sched_process_exit is not "memory freed": since 6.16 it fires before the mm is dropped, and any
 * reader of /proc/PID/maps may hold it. exit_mmap is; where it came by a kprobe (exit_mmap.bpf.h) the
 * time is that at which the freeing of what is left began.
 *
 * Cost. One comparison per signal, and per exiting mm one hash lookup in a map that is empty nearly
 * always.
 *
 * Accepted races. The mm's address is the key; it is taken out at exit_mmap, before the address can
 * be used again.
 */
#include "exit_mmap.bpf.h"
#include "victim.bpf.h"

#define SIGKILL		       9
#define TRACE_SIGNAL_DELIVERED 0

static __always_inline void publish(__u32 stage, const struct victim *v, __u64 mm_id)
{
	struct event_kill *e = critical_reserve(EV_KILL, sizeof(*e));

	if (!e)
		return;
	e->stage = stage;
	e->tgid = v->tgid;
	e->start_ns = v->start_ns;
	e->mm_id = mm_id;
	critical_submit(e);
}

SEC("?tp_btf/signal_generate")
int BPF_PROG(kill_signalled, int sig, void *info, struct task_struct *task, int group, int result)
{
	struct victim v;
	__u64 mm_id;

	if (sig != SIGKILL || result != TRACE_SIGNAL_DELIVERED)
		return 0;
	if (bpf_get_current_pid_tgid() >> 32 != knobs.agent_tgid)
		return 0;
	mm_id = victim_enrol(task, &v);
	publish(KILL_SIGNALLED, &v, mm_id);
	return 0;
}

static __always_inline int freed(struct mm_struct *mm)
{
	__u64 mm_id = (__u64)mm;
	struct victim *v = bpf_map_lookup_elem(&victims, &mm_id);

	if (!v)
		return 0;
	publish(KILL_FREED, v, mm_id);
	bpf_map_delete_elem(&victims, &mm_id);
	return 0;
}
