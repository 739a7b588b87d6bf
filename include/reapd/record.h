/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record.h - one kill: who, why, why not the others, how fast. On disk and on the socket alike.
 *
 * state_dir/kills is a sequence of these and nothing else: fixed size, appended with one write, each
 * with its own checksum. A kill is written twice, when the signal was sent (OUTCOME_PENDING) and
 * when it is over; the later record of a kill id replaces the earlier. So an agent killed at any
 * byte leaves every whole record readable: a reader skips what has no good checksum, and the next
 * agent cuts a torn tail off. Rotated to `kills.1` at RECORDS_MAX.
 *
 * Times are CLOCK_MONOTONIC in ns, 0 = did not happen or is not known; wall_ns is CLOCK_REALTIME.
 * Sizes in KiB. Strings end in NUL.
 */
#ifndef REAPD_RECORD_H
#define REAPD_RECORD_H

#include <reapd/event.h>
#include <reapd/killinfo.h>
#include <reapd/term.h>

#define RECORD_MAGIC   0x4c4c494bu /* "KILL" */
#define RECORD_VERSION 2
#define RECORDS_MAX    4096 /* 10 MiB a file: a kill a minute for a day and a half */

enum record_kind {
	RECORD_KILL = 1,   /* reapd killed (or, in a dry run, would have) */
	RECORD_KERNEL_OOM, /* the kernel's own killer did; reapd took the memory back */
	RECORD_NO_VICTIM,  /* a rule fired and every candidate was vetoed */
	RECORD_STEP,	   /* a step of a rule's ladder short of killing: `step` */
	RECORD_SHADOW,	   /* a shadow rule fired: what it would have done */
};

/* What a rule kills at once. */
enum choose_what {
	CHOOSE_PROCESS = 0,
	CHOOSE_CGROUP,
	CHOOSE_GROUP, /* a process group */
	CHOOSE_WHATS,
};

/* The ladder of a rule. */
enum step_kind {
	STEP_NOTIFY = 1,
	STEP_RECLAIM, /* memory.reclaim of so many KiB */
	STEP_FREEZE,  /* the victim's cgroup */
	STEP_CLAMP,   /* memory.high of the victim's cgroup, at what it uses */
	STEP_WAIT,    /* so many ms */
	STEP_TERM,    /* SIGTERM, and SIGKILL so many ms later */
	STEP_RUN,     /* a program; its index */
	STEP_KILL,
	STEP_KINDS,
};

enum outcome {
	OUTCOME_PENDING = 0, /* signal sent, end not yet known */
	OUTCOME_FREED,	     /* exit_mmap seen: all of it is back */
	OUTCOME_EXITED,	     /* the process is gone; exit_mmap was not seen (or has no hook) */
	OUTCOME_RELEASED,    /* its private memory was taken back, it did not exit in time */
	OUTCOME_STUCK,	     /* deadline passed with its memory still there */
	OUTCOME_GONE,	     /* it had exited before the signal */
	OUTCOME_FAILED,	     /* the signal could not be sent: error says why */
	OUTCOME_DRY_RUN,
	OUTCOME_NONE, /* nobody was chosen */
	OUTCOMES,
};

enum stage {
	STAGE_EDGE = 0,	 /* the stall or reclaim that ended calm */
	STAGE_WAKE,	 /* the agent woke for it */
	STAGE_DECIDED,	 /* a victim was chosen */
	STAGE_SIGNALLED, /* SIGKILL sent */
	STAGE_RELEASED,	 /* process_mrelease done */
	STAGE_EXITED,	 /* its last thread exited */
	STAGE_FREED,	 /* exit_mmap done */
	STAGES,
};

/* What `reapctl latency` shows; index of the map `latency`. */
enum latency_step {
	LATENCY_EDGE_WAKE = 0,
	LATENCY_WAKE_DECIDED,
	LATENCY_DECIDED_SIGNALLED,
	LATENCY_SIGNALLED_RELEASED,
	LATENCY_SIGNALLED_EXITED,
	LATENCY_SIGNALLED_FREED,
	LATENCY_EDGE_FREED,
	LATENCY_STEPS,
};

#define LATENCY_SLOTS 32

/* slots[0]: below 1 us; slots[i]: from 2^(i-1) to 2^i us; the last one: that and more. */
struct latency {
	__u64 count;
	__u64 sum_ns;
	__u64 max_ns;
	__u64 slots[LATENCY_SLOTS];
};
_Static_assert(sizeof(struct latency) == 280, "latency");

/* Why a process or a cgroup is spared. */
enum veto {
	VETO_NONE = 0,
	VETO_INIT,	   /* PID 1 */
	VETO_KTHREAD,	   /* kernel thread */
	VETO_SELF,	   /* reapd itself or one of its ancestors */
	VETO_ADJ,	   /* oom_score_adj -1000 */
	VETO_SCOPE,	   /* outside the scope */
	VETO_IDENTITY,	   /* no longer the process that was measured */
	VETO_DYING,	   /* already dying */
	VETO_FILTER,	   /* a filter protects it */
	VETO_SHARES,	   /* shares its memory with a process that must not be killed */
	VETO_EMPTY,	   /* has no memory to give back */
	VETO_OMIT,	   /* its cgroup asks to be left out: user.oomd_omit */
	VETO_CONTAINS,	   /* a cgroup all of whose processes are spared */
	VETO_UNREGISTERED, /* no client of the lmkd socket told of it */
	VETO_FLOOR,	   /* its oom_score_adj is below what the reason of the kill allows */
	VETOES,
};

/* Of a cgroup: tgid 0, its name is the end of its path. */
struct record_candidate {
	__u32 tgid;
	__s16 oom_score_adj;
	__u8 action;	/* enum filter_action */
	__u8 veto;	/* enum veto; 0 = none */
	__s64 score;	/* KiB; KiB/s where the order is growth; lmkd: see choose_score() */
	__u64 size_kib; /* with swap */
	__s32 growth_kib_s;
	__u32 processes; /* of a cgroup or group */
	char name[32];
	char rule[64]; /* the filter behind action or veto, as reapctl writes it; else empty */
};
_Static_assert(sizeof(struct record_candidate) == 128, "record_candidate");

#define RECORD_CANDIDATES 8

struct kill_record {
	__u32 magic;
	__u16 version;
	__u16 size;
	__u32 crc; /* CRC-32 of the record with crc = 0 */
	__u16 kind;
	__u16 outcome;
	__u64 seq;     /* of the record in its file's life; grows by one */
	__u64 kill_id; /* the same in both records of a kill */
	__u64 policy;  /* hash of configuration and filters that decided */
	__u64 wall_ns; /* when it was decided */
	__u64 stage_ns[STAGES];

	__u32 tgid;
	__u32 uid;
	__u64 start_ns;
	__u64 cgroup_id;
	__s16 oom_score_adj;
	__u16 sharers; /* processes killed with it because they share its memory */
	__u32 threads;
	__u32 anon_kib;
	__u32 file_kib;
	__u32 shmem_kib;
	__u32 swap_kib;
	__u64 expected_kib; /* private memory: anon and swap */
	__s64 returned_kib; /* change of available memory from signal to end */
	__s32 error;	    /* of the signal or of process_mrelease, negative errno */
	__u32 mrelease_tries;

	__u64 mem_total_kib;
	__u64 mem_available_kib;
	__u64 swap_total_kib;
	__u64 swap_free_kib;
	char strategy[16];
	char rule[32];
	__u32 terms;
	__u32 candidates; /* in candidate[] */
	__u32 considered; /* of all */
	__u32 vetoed;
	struct record_term term[RECORD_TERMS];
	struct record_candidate candidate[RECORD_CANDIDATES];
	char comm[REAPD_COMM_LEN];
	char name[REAPD_NAME_LEN];
	char cgroup[REAPD_PATH_LEN];
	__u32 dry_run;
	__u16 what;	  /* enum choose_what */
	__u16 step;	  /* enum step_kind that this was; a kill: STEP_KILL */
	__u32 flags;	  /* RECORD_F_* */
	__u32 processes;  /* that were to die, the victim among them */
	__u32 left;	  /* of them, alive at the end */
	__u64 member_kib; /* what those have together, file pages too */
	__u64 step_amount;
	__u64 victim_cgroup_id;	    /* CHOOSE_CGROUP: the cgroup that died */
	char place[REAPD_PATH_LEN]; /* cgroup for which the rule fired; empty: all that is watched */
	__u8 oom_limit;		    /* of RECORD_KERNEL_OOM: enum oom_limit, 0 = not known */
	__u8 oom_level; /* OOM_LIMIT_CGROUP: so many components of `cgroup` are its path */
	__u8 order;	/* enum choose_order + 1; 0: not said */
	__u8 pad;
	__s16 min_score_adj;	  /* nobody below it was considered; strategy android */
	__u16 reason;		  /* enum lmk_reason + 1; 0: `rule` says it all */
	__u32 dmabuf_kib;	  /* of the victim: buffers shared with devices */
	struct killinfo killinfo; /* for who knows lmkd's event of that name */
	__u64 reserved[26];
};
_Static_assert(sizeof(struct kill_record) == 2560, "kill_record");

#define RECORD_F_CAPPED (1u << 0) /* larger than the rule may kill whole: its largest process */
#define RECORD_F_ASKED	(1u << 2) /* SIGTERM came first, and its grace was over */
#define RECORD_F_ALONE	(1u << 1) /* a spared process is in it: the largest of the others */

#endif
