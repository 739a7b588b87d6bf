/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * record.h - what a kill leaves behind: record, histograms, log line.
 */
#ifndef REAPD_ACT_RECORD_H
#define REAPD_ACT_RECORD_H

#include "../decide/facts.h"
#include "../decide/strategy.h"
#include "../decide/verdict.h"
#include <reapd/record.h>

/* Begin a record: the decision's side of it. `policy_hash` is the policy version. */
void record_begin(struct kill_record *r, const struct policy *policy, __u64 policy_hash,
		  const struct facts *facts, const struct verdict *v);

/* The victim's side. Name, comm and cgroup are the caller's. */
void record_victim(struct kill_record *r, const struct proc *p);

/* Count the record's stages into the histograms; stages that did not happen are left out. */
void record_latencies(struct latency *steps, const struct kill_record *r);

/* One line in the log. */
void record_log(const struct kill_record *r);

#endif
