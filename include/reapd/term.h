/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * term.h - one comparison of a rule: in the policy, on the socket and in a kill record alike.
 */
#ifndef REAPD_TERM_H
#define REAPD_TERM_H

#include <reapd/types.h>

enum term_op {
	TERM_LT = 0,
	TERM_GE,
	TERM_LE,
	TERM_GT,
	TERM_OPS,
};

#define TERM_NA	    (1u << 0) /* does not apply here: swap.free without swap */
#define TERM_KIB    (1u << 1) /* value and limit in KiB where the signal's unit is thousandths */
#define TERM_SYSTEM (1u << 2) /* of all that the agent watches, in a rule about a cgroup */

/* One comparison: `signal` over `window_ms` was `value`; the rule's limit is `limit`. */
struct record_term {
	__u16 signal;	 /* enum signal */
	__u8 op;	 /* enum term_op */
	__u8 flags;	 /* TERM_* */
	__u32 window_ms; /* 0: of now */
	__u32 for_ms;	 /* it must have held so long */
	__u32 held_ms;	 /* and has */
	__s64 value;	 /* in the unit of the signal */
	__s64 limit;
};
_Static_assert(sizeof(struct record_term) == 32, "record_term");

#define RECORD_TERMS 6

/* What a rule can look at. Names and units: agent/base/record_text.c. */
enum signal {
	SIGNAL_PSI_SOME = 1,  /* thousandths of the window */
	SIGNAL_PSI_FULL,      /* thousandths of the window */
	SIGNAL_MEM_AVAILABLE, /* thousandths of the total, or KiB */
	SIGNAL_SWAP_FREE,     /* thousandths of the total, or KiB; without swap it holds */
	SIGNAL_EXHAUSTION,    /* ms until mem.available is 0 at the rate of the window */
	SIGNAL_EFFICIENCY,    /* thousandths of scanned pages that were reclaimed */
	SIGNAL_STUCK,	      /* ms of the longest direct reclaim now */
	SIGNAL_GROWTH,	      /* KiB/s by which available memory shrinks */
	SIGNAL_MEM_FREE,      /* thousandths of the total, or KiB */
	SIGNAL_MEM_USED,      /* not available: thousandths of the total, or KiB */
	SIGNAL_SWAP_USED,     /* thousandths of the total, or KiB; without swap it does not hold */
	SIGNAL_ZRAM_USED,     /* what zram devices take: thousandths of memory, or KiB */
	SIGNAL_REFAULT,	      /* thousandths of the file cache that was read again */
	SIGNAL_PGSCAN,	      /* pages scanned by reclaim */
	SIGNAL_CURRENT,	      /* memory.current: thousandths of the limit, or KiB */
	SIGNAL_SWAP_CURRENT,  /* memory.swap.current: KiB */
	SIGNAL_HIGH_EVENTS,   /* times memory.high was met */
	SIGNAL_MAX_EVENTS,    /* times memory.max was met */
	SIGNAL_OOM_EVENTS,    /* times the cgroup was out of memory */
	SIGNAL_KERNEL_OOM,    /* kills by the kernel's own killer */
	SIGNAL_MEM_FILE,      /* page cache: thousandths of the total, or KiB */
	SIGNAL_SWAP_FULL,     /* ms until swap.free is 0 at the rate of the window */
	SIGNALS,
};

/* "Never": the value of SIGNAL_EXHAUSTION and SIGNAL_SWAP_FULL of what is not shrinking. */
#define SIGNAL_NEVER_MS 3600000

#endif
