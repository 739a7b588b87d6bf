/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * harden.h - keep the agent itself alive and quick when memory is short.
 */
#ifndef REAPD_HARDEN_H
#define REAPD_HARDEN_H

#include <stdbool.h>

/*
 * Before anything is allocated: make malloc() give large blocks back when they are freed (libbpf
 * needs some 10 MiB for a moment), and have no huge pages. Programs that rules run have none either.
 */
void harden_malloc(void);

/*
 * Give back what only the start needed: freed heap, and the code of libraries. Code that is called
 * again is read in again, so the path to a kill must be walked once between this and harden().
 */
void harden_shed(void);

/*
 * Lower our own oom_score_adj, lock what is resident into memory, and (realtime) become SCHED_FIFO:
 * that also lets our small allocations dip into the reserves instead of stalling in reclaim. What is
 * not allowed is warned about and left. After all threads were started, or they would inherit it.
 */
void harden(bool realtime);

#endif
