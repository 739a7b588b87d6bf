/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmkd_packet.h - the packets of Android's lmkd socket: from bytes to a checked request, and what is
 * sent to bytes. Pure.
 *
 * A packet is 32-bit words, most significant byte first; the first is the command. Both layouts that
 * are in use are understood: PROCPRIO with 3 to 5 arguments, PROCS_PRIO with records of 4 or 5 words
 * (no number of words fits both). lmkd takes many numbers as they come; here each has its range.
 */
#ifndef REAPD_LMKD_PACKET_H
#define REAPD_LMKD_PACKET_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

enum lmkd_command {
	LMKD_TARGET = 0,
	LMKD_PROCPRIO,
	LMKD_PROCREMOVE,
	LMKD_PROCPURGE,
	LMKD_GETKILLCNT,
	LMKD_SUBSCRIBE,
	LMKD_PROCKILL, /* to clients only */
	LMKD_UPDATE_PROPS,
	LMKD_STAT_KILL_OCCURRED, /* to clients only */
	LMKD_START_MONITORING,
	LMKD_BOOT_COMPLETED,
	LMKD_PROCS_PRIO,
	LMKD_COMMANDS,
};

enum lmkd_event {
	LMKD_EVENT_KILL = 0,
	LMKD_EVENT_STAT,
	LMKD_EVENTS,
};

#define LMKD_ADJ_MIN	(-1000)
#define LMKD_ADJ_MAX	1000
#define LMKD_TARGETS	6
#define LMKD_PRIOS	3  /* records in one PROCS_PRIO */
#define LMKD_PACKET_MAX 64 /* of a request: command and three records of five words */
#define LMKD_REPLY_SIZE 8
#define LMKD_KILL_SIZE	16
#define LMKD_NAME_MAX	127
#define LMKD_STAT_MAX	(86 + LMKD_NAME_MAX + 1)

/* A minfree level: with less than so many pages free, processes from this oom_score_adj on may go. */
struct lmkd_level {
	__u32 pages;
	__s32 adj;
};

struct lmkd_prio {
	__u32 pid;
	__u32 uid;
	__s32 adj;
	bool service;	/* ptype: 0 an app, 1 a service */
	bool lmkd_only; /* /proc/PID/oom_score_adj is not to be written */
};

struct lmkd_request {
	enum lmkd_command command;
	__u32 n;       /* in level[] or prio[] */
	__u32 skipped; /* records of PROCS_PRIO that are out of range */
	union {
		struct lmkd_level level[LMKD_TARGETS];
		struct lmkd_prio prio[LMKD_PRIOS]; /* PROCPRIO: one */
		__u32 pid;			   /* PROCREMOVE */
		__u32 event;			   /* SUBSCRIBE: enum lmkd_event */
		struct {
			__s32 min, max;
		} range; /* GETKILLCNT */
	};
};

/* What clients are told of one kill. A size or count that is not known is -1. */
struct lmkd_kill {
	__u32 pid, uid, rss_kib;
	__s64 pgfault, pgmajfault, rss_bytes, cache_bytes, swap_bytes, start_ns;
	__s32 adj, min_adj, free_mem_kib, free_swap_kib, reason, thrashing, max_thrashing;
	bool no_stat; /* not to be told to who asked for STAT */
	char name[LMKD_NAME_MAX + 1];
};

/* NULL, or what is wrong with the packet, in words; *ret is then undefined. */
const char *lmkd_parse(const void *packet, size_t size, struct lmkd_request *ret);

/* These write one packet to buf, which must have room for it, and return its size. */
size_t lmkd_put_reply(void *buf, enum lmkd_command command, __s32 value);
size_t lmkd_put_kill(void *buf, const struct lmkd_kill *kill);
size_t lmkd_put_stat(void *buf, const struct lmkd_kill *kill);

#endif
