/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * facts.h - everything a decision may look at.
 *
 * decide/ is pure: the same facts in the same order give the same verdicts, bit for bit, anywhere and at
 * any time (`reapctl replay`). So these are plain values of fixed width: no fd, no pointer into the agent, no
 * clock but time_ns. Sums only grow; what matters is their difference between two facts.
 */
#ifndef REAPD_FACTS_H
#define REAPD_FACTS_H

#include <reapd/policy.h>

#define FACT_SOFT_LIMIT (1u << 0) /* the limit that binds throttles (memory.high), never kills */
/* The first look after calm: the time since the last one is no gap. */
#define FACT_FIRST	(1u << 1)
#define FACT_ZRAM	(1u << 2) /* there is a zram device */
#define FACT_CGROUP	(1u << 3) /* of a cgroup: usage_kib and the events are known */
#define FACT_NO_PSI	(1u << 4) /* some_ns and full_ns are not known: cgroup_disable=pressure */

/* Of the scope (the machine, or the cgroup that the agent is confined to) or of a rule's cgroup. */
struct facts {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 some_ns; /* sum: time in which some task stalled on memory */
	__u64 full_ns; /* sum: time in which all non-idle tasks did */
	__u64 mem_total_kib;
	__u64 mem_available_kib; /* free and easily freed, as MemAvailable counts it */
	__u64 mem_free_kib;
	__u64 swap_total_kib;
	__u64 swap_free_kib;
	__u64 scanned_pages;   /* sum: by reclaim */
	__u64 reclaimed_pages; /* sum */
	__u64 refaulted_pages; /* sum: file pages read again soon after they were dropped */
	__u64 file_kib;	       /* page cache */
	__u64 zram_kib;	       /* memory that zram devices take */
	__u64 usage_kib;       /* memory.current */
	__u64 swap_usage_kib;  /* memory.swap.current */
	__u64 oom_kills;       /* sum: by the kernel's own killer */
	__u64 high_events;     /* sum, of memory.events, as the next two */
	__u64 max_events;
	__u64 oom_events;
	__u64 stuck_ns;	    /* longest reclaim that a task is in right now */
	__u32 kswapd_nodes; /* nodes whose kswapd is awake */
	__u32 reclaimers;   /* tasks in reclaim right now */
	__u32 stalled;	    /* tasks that stall right now */
	__u32 retry_loops;  /* fruitless rounds of reclaim just now; the kernel gives up at 16 */
	__u32 flags;	    /* FACT_* */
	__u32 page_kib;
};
_Static_assert(sizeof(struct facts) == 184, "facts");

#define PROC_KTHREAD	(1u << 0)
#define PROC_KILLED	(1u << 1) /* has had its SIGKILL, by us or by the kernel's own killer */
#define PROC_SELF	(1u << 2) /* the agent or one of its ancestors */
#define PROC_DYING	(1u << 3) /* is exiting, by whomever */
#define PROC_OUTSIDE	(1u << 4) /* not in the scope */
#define PROC_CHANGED	(1u << 5) /* its identity could not be confirmed */
#define PROC_SHARED	(1u << 6) /* another process has the same mm (CLONE_VM, vfork) */
#define PROC_REGISTERED (1u << 7) /* a client of the lmkd socket told us of it */

#define PROC_NO_RULE 0xffff

/* One process. A row of a large array that is read whole at each choice: kept small. */
struct proc {
	__u64 start_ns;	  /* with tgid: who it is */
	__u64 mm_id;	  /* equal for processes that share memory; 0 = has none */
	__u64 prio_ns;	  /* when its oom_score_adj was last set, or since when it is known */
	__u64 updated_ns; /* when its size was last learnt; growth is stale long after */
	__u32 tgid;
	__u32 uid;
	__u32 anon_kib;
	__u32 file_kib;
	__u32 shmem_kib;
	__u32 swap_kib;
	__u32 pgtables_kib;
	__s32 growth_kib_s;
	__s16 oom_score_adj;
	__u16 flags; /* PROC_* */
	__u16 rule;  /* which filter gave the action: index in the filters, or PROC_NO_RULE */
	__u8 action; /* enum filter_action */
	__u8 pad;
	__u32 pgid; /* process group */
	__u32 home; /* index of its cgroup in the view, CGROUP_NONE: not known, or none are needed */
	__u32 dmabuf_kib; /* buffers shared with devices, which are in none of the sizes above */
	__u32 pad2;
};
_Static_assert(sizeof(struct proc) == 88, "proc");

static inline __u64 proc_size_kib(const struct proc *p)
{
	return (__u64)p->anon_kib + p->file_kib + p->shmem_kib + p->swap_kib + p->dmabuf_kib;
}

/* What its death must give back: memory that nobody else has. */
static inline __u64 proc_private_kib(const struct proc *p)
{
	return (__u64)p->anon_kib + p->swap_kib + p->pgtables_kib;
}

#endif
