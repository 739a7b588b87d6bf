/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * event.h - what the kernel side tells the agent, record by record.
 *
 * Two ring buffers. `critical` carries what must reach the agent now: the edge that ends calm,
 * kernel OOM kills, the stages of a kill. `bulk` carries what keeps the process table fresh while
 * the agent watches: sizes and life cycle. They are apart so that a flood of sizes can never delay
 * a stall. A record that finds its ring full is dropped and counted by type (counters.h); after a
 * loss in `bulk` the agent re-reads every process through the `tasks` iterator, whose output is a
 * stream of `struct event_task` too.
 *
 * Every record begins with `struct event`. time_ns is CLOCK_MONOTONIC of the event, not of its
 * draining. Sizes are in KiB. A process is (tgid, start_ns): start_ns is its leader's
 * start_boottime, so a reused number is another process. mm_id is the address of its mm_struct:
 * only an identity, equal for processes that share memory, 0 when it has none any more.
 */
#ifndef REAPD_EVENT_H
#define REAPD_EVENT_H

#include <reapd/types.h>

#define REAPD_COMM_LEN 16  /* TASK_COMM_LEN */
#define REAPD_NAME_LEN 128 /* package name with its NUL */
#define REAPD_PATH_LEN 252 /* cgroup path with its NUL; 4 + 252 is the LPM key (policy.h) */

enum event_type {
	EV_EDGE = 1, /* critical: memory pressure begins or goes on */
	EV_OOM,	     /* critical: the kernel's own killer chose a victim */
	EV_KILL,     /* critical: a stage in the death of a watched victim */
	EV_RSS,	     /* bulk: a process changed by a quantum */
	EV_TASK,     /* bulk: fork, exec, rename, cgroup move; iterator: snapshot */
	EV_ADJ,	     /* bulk: oom_score_adj was written */
	EV_EXIT,     /* bulk: the last thread of a process is exiting */
	EV_CGROUP,   /* bulk: a cgroup was made or removed */
	EV_TYPES,
};

struct event {
	__u16 type;
	__u16 size; /* of the whole record */
	__u32 cpu;
	__u64 time_ns;
};
_Static_assert(sizeof(struct event) == 16, "event header");

enum edge_kind {
	EDGE_STALL = 1, /* a task began to stall on memory (psi_memstall_enter) */
	EDGE_KSWAPD,	/* kswapd woke: a node fell below its low watermark; arg = node */
	EDGE_DIRECT,	/* an allocation entered direct reclaim */
	EDGE_MEMCG,	/* a cgroup reached its limit and reclaims from itself */
	EDGE_RETRY,	/* reclaim made no progress and tries again; arg = loops so far (of 16) */
	EDGE_LOW,    /* less memory is left than rules look at, or a step less than the last time */
	EDGE_VENDOR, /* a vendor's module asks for a kill; arg = reason << 16 | least oom_score_adj */
	EDGE_KINDS,
};

struct event_edge {
	struct event hdr;
	__u32 kind;
	__u32 arg;
	__u32 tgid; /* who met it; kswapd itself for EDGE_KSWAPD */
	__u32 tid;
	__u64 cgroup_id;
};
_Static_assert(sizeof(struct event_edge) == 40, "event_edge");

/* Whose limit the kernel's own killer enforces: its enum oom_constraint + 1. */
enum oom_limit {
	OOM_LIMIT_UNKNOWN = 0,
	OOM_LIMIT_MACHINE,
	OOM_LIMIT_CPUSET,
	OOM_LIMIT_MEMPOLICY,
	OOM_LIMIT_CGROUP,
	OOM_LIMITS,
};

struct event_oom {
	struct event hdr;
	__u32 tgid;
	__u32 uid;
	__u64 start_ns;
	__u64 mm_id;
	__u64 cgroup_id;
	__u32 anon_kib;
	__u32 file_kib;
	__u32 shmem_kib;
	__u32 swap_kib;
	__s16 oom_score_adj;
	__u8 limit;	  /* enum oom_limit */
	__u8 limit_level; /* of a cgroup: how deep it is, which is above or at the victim's; 0 = root */
	__u8 pad[4];
	char comm[REAPD_COMM_LEN];
	char name[REAPD_NAME_LEN]; /* package name; empty = not known */
};
_Static_assert(sizeof(struct event_oom) == 216, "event_oom");

enum kill_stage {
	KILL_SIGNALLED =
		1,  /* the agent's SIGKILL reached it; mm_id 0: its memory is not followed */
	KILL_FREED, /* exit_mmap is done: every page is back in the allocator */
};

struct event_kill {
	struct event hdr;
	__u32 stage;
	__u32 tgid;
	__u64 start_ns;
	__u64 mm_id;
};
_Static_assert(sizeof(struct event_kill) == 40, "event_kill");

#define UID_NOT_READ	0xffffffffu
#define DMABUF_NOT_READ 0xffffffffu

struct event_rss {
	struct event hdr;
	__u32 tgid;
	__u32 uid; /* UID_NOT_READ in a snapshot of sizes */
	__u64 start_ns;
	__u64 mm_id;
	__u32 anon_kib;
	__u32 file_kib;
	__u32 shmem_kib;
	__u32 swap_kib;
	__s16 oom_score_adj;
	__u16 renamed;	  /* its note in the map `names` has another name by now */
	__u32 dmabuf_kib; /* DMABUF_NOT_READ: only a snapshot looks */
};
_Static_assert(sizeof(struct event_rss) == 64, "event_rss");

enum task_what {
	TASK_SNAPSHOT = 1, /* from the iterator */
	TASK_FORK,	   /* the child has its parent's name until it execs or is renamed */
	TASK_EXEC,
	TASK_RENAME,
	TASK_MOVE, /* into another cgroup */
};

#define TASK_F_KTHREAD	   (1u << 0)
#define TASK_F_LEADER_DEAD (1u << 1) /* the leader exited, other threads live on */
#define TASK_F_DYING	   (1u << 2) /* all of it is exiting */
#define TASK_F_SHARED	   (1u << 3) /* more users of the mm than threads: perhaps shared */

struct event_task {
	struct event hdr;
	__u32 what;
	__u32 tgid;
	__u64 start_ns;
	__u64 mm_id;
	__u64 cgroup_id;
	__u64 pidfs_ino; /* inode of a pidfd to it; 0 before 6.9 */
	__u64 prio_ns;	 /* when its oom_score_adj was last written; 0 = not since we watch */
	__u32 ppid;
	__u32 uid;
	__u32 anon_kib;
	__u32 file_kib;
	__u32 shmem_kib;
	__u32 swap_kib;
	__u32 pgtables_kib;
	__u32 threads;
	__u32 flags;	  /* TASK_F_* */
	__u32 pgid;	  /* process group, as numbered outside of all containers */
	__u32 dmabuf_kib; /* in a snapshot, where dma-bufs are counted */
	__s16 oom_score_adj;
	__u16 name_len; /* bytes of name that are meant, without NUL; 0 = not known */
	char comm[REAPD_COMM_LEN];
	char name[REAPD_NAME_LEN];
};
_Static_assert(sizeof(struct event_task) == 256, "event_task");

struct event_adj {
	struct event hdr;
	__u32 tgid;
	__s16 oom_score_adj;
	__u16 pad;
	__u64 start_ns;
};
_Static_assert(sizeof(struct event_adj) == 32, "event_adj");

struct event_exit {
	struct event hdr;
	__u32 tgid;
	__u32 pad;
	__u64 start_ns;
	__u64 mm_id; /* not 0: it still has its memory (6.16 on); KILL_FREED will tell of its end */
};
_Static_assert(sizeof(struct event_exit) == 40, "event_exit");

enum cgroup_what {
	CGROUP_MADE = 1,
	CGROUP_GONE,
};

struct event_cgroup {
	struct event hdr;
	__u64 cgroup_id;
	__u32 what;
	char path[REAPD_PATH_LEN]; /* cut at the end when longer */
};
_Static_assert(sizeof(struct event_cgroup) == 280, "event_cgroup");

#endif
