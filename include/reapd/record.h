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

#define RECORD_MAGIC   0x4c4c494bu /* "KILL" */
#define RECORD_VERSION 1
#define RECORDS_MAX    4096 /* 8 MiB a file: a kill a minute for a day and a half */

enum record_kind {
	RECORD_KILL = 1,   /* reapd killed (or, in a dry run, would have) */
	RECORD_KERNEL_OOM, /* the kernel's own killer did; reapd took the memory back */
	RECORD_NO_VICTIM,  /* a rule fired and every candidate was vetoed */
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

/* One comparison that held: `signal` over `window_ms` was `value`, the rule's limit is `limit`. */
struct record_term {
	__u16 signal;	 /* enum signal */
	__u8 over;	 /* 1: value >= limit fired, 0: value < limit fired */
	__u8 na;	 /* 1: does not apply here (swap.free without swap) and is taken to hold */
	__u32 window_ms; /* 0: of now */
	__s64 value;	 /* in the unit of the signal */
	__s64 limit;
};
_Static_assert(sizeof(struct record_term) == 24, "record_term");

#define RECORD_TERMS 4

/* What a rule can look at. Names: agent/base/record_text.c. */
enum signal {
	SIGNAL_PSI_SOME = 1,  /* thousandths of the window */
	SIGNAL_PSI_FULL,      /* thousandths of the window */
	SIGNAL_MEM_AVAILABLE, /* thousandths of the total */
	SIGNAL_SWAP_FREE,     /* thousandths of the total; does not apply without swap */
	SIGNAL_EXHAUSTION,    /* ms until mem.available is 0 at the rate of the window */
	SIGNAL_EFFICIENCY,    /* thousandths of scanned pages that were reclaimed */
	SIGNAL_STUCK,	      /* ms of the longest direct reclaim now */
	SIGNAL_GROWTH,	      /* KiB/s by which available memory shrinks */
	SIGNALS,
};

/* "Never": the value of SIGNAL_EXHAUSTION when memory is not shrinking. */
#define SIGNAL_NEVER_MS 3600000

/* Why a process is spared. */
enum veto {
	VETO_NONE = 0,
	VETO_INIT,     /* PID 1 */
	VETO_KTHREAD,  /* kernel thread */
	VETO_SELF,     /* reapd itself or one of its ancestors */
	VETO_ADJ,      /* oom_score_adj -1000 */
	VETO_SCOPE,    /* outside the scope */
	VETO_IDENTITY, /* no longer the process that was measured */
	VETO_DYING,    /* already dying */
	VETO_FILTER,   /* a filter protects it */
	VETO_SHARES,   /* shares its memory with a process that must not be killed */
	VETO_EMPTY,    /* has no memory to give back */
	VETOES,
};

struct record_candidate {
	__u32 tgid;
	__s16 oom_score_adj;
	__u8 action;	/* enum filter_action */
	__u8 veto;	/* enum veto; 0 = none */
	__s64 score;	/* KiB; KiB/s where the order is growth */
	__u64 size_kib; /* with swap */
	__s32 growth_kib_s;
	__u32 pad;
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
	__u64 reserved[32];
};
_Static_assert(sizeof(struct kill_record) == 2048, "kill_record");

#endif
