/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record_text.h - what is in a kill record, in words: for the log, reapctl and the explanations.
 */
#ifndef REAPD_RECORD_TEXT_H
#define REAPD_RECORD_TEXT_H

#include <stddef.h>

#include "signal_text.h"
#include <reapd/choice.h>

/* All answer "?" for a number that is none. */
const char *veto_text(__u32 veto);	 /* "protected by a filter" */
const char *outcome_name(__u32 outcome); /* "freed" */
const char *stage_name(__u32 stage);	 /* "signalled" */
const char *latency_name(__u32 step);	 /* "decided to signalled" */
const char *kind_name(__u32 kind);	 /* "kernel-oom" */
const char *step_name(__u32 step);	 /* "reclaim", as configuration has it */
const char *what_name(__u32 what);	 /* "cgroup", as configuration has it */
const char *order_name(__u32 order);	 /* "badness", as configuration has it */

/* Who goes first by an order that ranks by importance, as a sentence; NULL: it does not. */
const char *order_explained(__u32 order);

/* Size of all that died: of the process, or of the cgroup or group. */
__u64 record_size_kib(const struct kill_record *r);

/* So many bytes of `cgroup` are the path of the cgroup whose limit the kernel enforced; 0: none, not known. */
int oom_limit_path(const struct kill_record *r);

/* Whose limit a kernel OOM kill was about: "the limit of /a/b was reached"; empty: not known. */
char *oom_limit_text(char *buf, size_t size, const struct kill_record *r);

/* The terms of a decision, or the limit of a kernel OOM kill. */
char *record_why(char *buf, size_t size, const struct kill_record *r);

/*
 * The record in one line: what was done to whom, where, why, what came of it. Where buf is short, less
 * why; RECORD_LINE is mostly enough.
 */
#define RECORD_LINE 640
char *record_line(char *buf, size_t size, const struct kill_record *r);

#endif
