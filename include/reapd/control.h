/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * control.h - the agent's own socket, and the format of a recording.
 *
 * run_dir/control is AF_UNIX SOCK_SEQPACKET, mode 0600. One packet is one frame: a struct control
 * header and its payload. A client sends a request, which is a header alone, and reads frames until
 * CONTROL_END, whose `arg` is 0 or a negative errno; one request at a time. CONTROL_RECORD and
 * CONTROL_EVENTS do not end: frames come as things happen, until the client closes. A client that
 * does not read what it asked for is dropped.
 *
 * A frame with another version, an unknown type or a wrong size ends the connection, after a
 * CONTROL_END with -EPROTO. Version 1 of both sides must be equal: reapd and reapctl come together.
 *
 * A recording is the frames of CONTROL_RECORD one behind the other in a file.
 */
#ifndef REAPD_CONTROL_H
#define REAPD_CONTROL_H

#include <reapd/choice.h>
#include <reapd/counters.h>
#include <reapd/policy.h>
#include <reapd/record.h>

#define CONTROL_MAGIC	  0x44504552u /* "REPD" */
#define CONTROL_VERSION	  1
#define CONTROL_SOCKET	  "control" /* in run_dir */
#define CONTROL_FRAME_MAX 32768	    /* below what a socket takes in one packet by default */

enum control_type {
	/* Requests, and the frames of their answers. */
	CONTROL_STATUS = 1, /* STATUS_IS, PEER for each, then RULE for each rule */
	CONTROL_TOP,	    /* STATUS_IS, then PROC by rank, then CGROUP_STALL */
	CONTROL_EXPLAIN,    /* RULE for each rule and place, CHOICE, then PROC by rank */
	CONTROL_PROBE,	    /* STATUS_IS, HOOK, FEATURE */
	CONTROL_TEST,	    /* arg: a pid; TEST_IS */
	CONTROL_RECORD,	    /* POLICY, PLACE and SAMPLES; then what follows as it comes */
	CONTROL_RELOAD,	    /* END alone */
	CONTROL_EVENTS,	    /* LEVEL as it is; then LEVEL and KILL as they come */
	CONTROL_REQUESTS,

	/* Answers. */
	CONTROL_END = 64,     /* arg: 0 or negative errno */
	CONTROL_STATUS_IS,    /* struct control_status */
	CONTROL_PROC,	      /* struct control_proc */
	CONTROL_RULE,	      /* struct control_rule */
	CONTROL_CHOICE,	      /* struct control_choice */
	CONTROL_HOOK,	      /* struct control_hook */
	CONTROL_FEATURE,      /* struct control_feature */
	CONTROL_TEST_IS,      /* struct control_test_is */
	CONTROL_CGROUP_STALL, /* struct control_cgroup_stall */
	CONTROL_PEER,	      /* struct control_peer */
	CONTROL_KILL,	      /* struct kill_record: a kill that is over, a step, nobody to kill */
	CONTROL_LEVEL,	      /* arg: enum control_level, when it changed */

	/* Of a recording: decide/'s own plain structs. */
	CONTROL_POLICY = 128,  /* struct policy */
	CONTROL_FACTS,	       /* arg: index of the place; struct facts */
	CONTROL_OLD_PROCS,     /* CONTROL_PROCS before rows had dmabuf_kib: read, not written */
	CONTROL_CGROUPS,       /* arg: index of the first; struct cgroup [] */
	CONTROL_VERDICT,       /* struct verdict: after facts, cgroups and procs that led to it */
	CONTROL_PLACE,	       /* arg: index; struct place as it is now, its samples as they were */
	CONTROL_ANDROID,       /* struct android: what that strategy remembers now */
	CONTROL_ANDROID_FACTS, /* struct android_facts: pushed */
	CONTROL_SAMPLES, /* arg: index of the first; struct sample [] of the place just sent */
	CONTROL_PROCS,	 /* arg: index of the first; struct proc [] */
};

/* How near the next kill is. It falls only when it was not reached for some seconds, and in calm. */
enum control_level {
	LEVEL_CALM = 0,
	LEVEL_LOW,	/* a rule is half way to its limits */
	LEVEL_MEDIUM,	/* four fifths */
	LEVEL_CRITICAL, /* a rule fires, or somebody was killed */
	LEVELS,
};

struct control {
	__u32 magic;
	__u16 version;
	__u16 type;
	__u32 size; /* of the payload */
	__s32 arg;
};
_Static_assert(sizeof(struct control) == 16, "control");

struct control_status {
	__u64 now_ns;
	__u64 start_ns;
	__u64 edge_ns; /* of the last edge; 0 = none yet */
	__u64 kills;
	__u64 kernel_ooms;
	__u64 no_victim;
	__u64 watches;		  /* how often calm ended */
	__u64 malformed;	  /* ring records that were not believed */
	__u64 counters[COUNTERS]; /* what the kernel side lost or could not do: enum counter */
	__u64 critical_bytes;	  /* size of the rings */
	__u64 bulk_bytes;
	__u64 snapshots;
	__u64 policy;
	__u64 mem_total_kib;
	__u64 mem_available_kib;
	__u64 swap_total_kib;
	__u64 swap_free_kib;
	__u64 rss_error_kib; /* of each counter of a process, at most */
	__u32 some_permille; /* over the last second */
	__u32 full_permille;
	__u32 state; /* enum reapd_state */
	__u32 processes;
	__u32 processes_max;
	__u32 processes_full; /* found no room in the table */
	__u32 filters;
	__u32 rules;
	__u32 reapers_busy;
	__u32 pid;
	char tier;
	__u8 dry_run;
	__u8 scoped;
	__u8 lmkd; /* the lmkd socket is served; what it says of it */
	__u8 pad[4];
	__u64 lmkd_lost;      /* packets to its clients that they had no room for */
	__u64 lmkd_malformed; /* packets of theirs that were none */
	__u32 lmkd_clients;
	__u32 lmkd_registered; /* processes */
	char strategy[16];
	char scope[REAPD_PATH_LEN];
	char version[28];
};
_Static_assert(sizeof(struct control_status) == 616, "control_status");

struct control_proc {
	struct record_candidate candidate;
	__u64 start_ns;
	__u32 uid;
	__u32 anon_kib;
	__u32 file_kib;
	__u32 shmem_kib;
	__u32 swap_kib;
	__u32 threads;
	char comm[REAPD_COMM_LEN];
	char name[REAPD_NAME_LEN];
	char cgroup[REAPD_PATH_LEN];
	__u32 dmabuf_kib;
};
_Static_assert(sizeof(struct control_proc) == 560, "control_proc");

struct control_rule {
	char name[32];
	__u32 terms;
	__u32 fires;
	__u32 nearness_permille;
	__u32 flags;	/* RULE_* of decide/rule.h */
	__u64 rests_ms; /* it acted, and does not act again before so long */
	struct record_term term[RECORD_TERMS];
	/* The cgroup that this is about; empty: all that is watched. No terms: none matches this pattern. */
	char place[REAPD_PATH_LEN];
	__u32 pad;
};
_Static_assert(sizeof(struct control_rule) == 504, "control_rule");

/* Another program that kills for the sake of memory. */
struct control_peer {
	char name[16];
	__u32 pid; /* of one of them */
	__u32 count;
	char where[96];	  /* unit or container, in words; may be empty */
	char does[96];	  /* "kills any process when ..." */
	char advice[120]; /* a command, or what to do */
};
_Static_assert(sizeof(struct control_peer) == 336, "control_peer");

enum hook_state {
	HOOK_ATTACHED = 1,
	HOOK_IN_WATCH, /* attached when watch begins, taken off in calm */
	HOOK_SPARE,    /* works; a better one answers the same question */
	HOOK_OFF,      /* not wanted in this tier, or by this strategy */
	HOOK_ABSENT,   /* the kernel has no such thing to hook */
	HOOK_REFUSED,  /* the kernel said no: error */
};

struct control_hook {
	char name[24];
	char kind[12];
	char target[32];
	char lost[64]; /* what is lost without it */
	__u32 state;   /* enum hook_state */
	__s32 error;
};
_Static_assert(sizeof(struct control_hook) == 140, "control_hook");

struct control_feature {
	char name[32];
	char lost[64];
	__s32 error; /* 0 = there */
};
_Static_assert(sizeof(struct control_feature) == 100, "control_feature");

struct control_test_is {
	__u32 action;
	__u32 matched; /* 0: no filter did */
	char rule[REAPD_PATH_LEN + 12];
	char name[REAPD_NAME_LEN];
	char comm[REAPD_COMM_LEN];
	char cgroup[REAPD_PATH_LEN];
	__u32 uid;
	__u32 pad;
};
_Static_assert(sizeof(struct control_test_is) == 676, "control_test_is");

struct control_cgroup_stall {
	__u64 stall_ns;
	__u64 stalls;
	char cgroup[REAPD_PATH_LEN];
	__u32 pad;
};
_Static_assert(sizeof(struct control_cgroup_stall) == 272, "control_cgroup_stall");

#endif
