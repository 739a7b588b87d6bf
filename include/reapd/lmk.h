/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lmk.h - why the android strategy kills: lmkd's reasons, with the numbers that Android's event log,
 * statistics and socket have for them.
 *
 * In a verdict and in a kill record `reason` is the number + 1, so that 0 means that there is none.
 */
#ifndef REAPD_LMK_H
#define REAPD_LMK_H

#include <reapd/types.h>

enum lmk_reason {
	LMK_NONE = -1,
	LMK_PRESSURE_AFTER_KILL = 0,
	LMK_NOT_RESPONDING,
	LMK_LOW_SWAP_AND_THRASHING,
	LMK_LOW_MEM_AND_SWAP,
	LMK_LOW_MEM_AND_THRASHING,
	LMK_DIRECT_RECL_AND_THRASHING,
	LMK_LOW_MEM_AND_SWAP_UTIL,
	LMK_LOW_FILECACHE_AFTER_THRASHING,
	LMK_LOW_MEM,
	LMK_DIRECT_RECL_STUCK,
	LMK_REASONS,
	LMK_VENDOR = 1000, /* and the vendor's own number, 0 to 999 */
	LMK_VENDOR_LAST = 1999,
	/* Ours: the old strategy (minfree, levels), which on Android's wires is LMK_NONE. */
	LMK_OLD = 2000,
};

/* oom_score_adj of what is not important enough to matter when it goes: perceptible apps, in Android. */
#define LMK_PERCEPTIBLE 200
#define LMK_SCORE_MAX	1000

/* Set by init when it made the socket: the number of its descriptor. */
#define LMKD_SOCKET_ENV "ANDROID_SOCKET_lmkd"

#define LMK_MINFREES 6 /* pairs of minfree and oom_score_adj that a client may set (LMK_TARGET) */

#endif
