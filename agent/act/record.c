// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "record.h"

#include <string.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/record_text.h"
#include "../base/text.h"

void record_begin(struct kill_record *r, const struct policy *policy, __u64 policy_hash,
		  const struct facts *facts, const struct verdict *v)
{
	memset(r, 0, sizeof(*r));
	r->kind = RECORD_KILL;
	r->policy = policy_hash;
	r->wall_ns = clock_wall_ns();
	r->mem_total_kib = facts->mem_total_kib;
	r->mem_available_kib = facts->mem_available_kib;
	r->swap_total_kib = facts->swap_total_kib;
	r->swap_free_kib = facts->swap_free_kib;
	text_copy(r->strategy, sizeof(r->strategy), policy->strategy);
	if (v->rule < policy->rules) {
		text_copy(r->rule, sizeof(r->rule), policy->rule[v->rule].name);
		r->order = (__u8)(policy->rule[v->rule].order + 1);
	}
	r->min_score_adj = v->min_score_adj;
	r->reason = v->reason;
	r->terms = v->terms;
	memcpy(r->term, v->term, sizeof(r->term));
	r->considered = v->considered;
	r->vetoed = v->vetoed;
	r->what = (__u16)v->what;
	r->flags = v->flags;
	r->processes = v->members;
	r->member_kib = v->member_kib;
	r->step = STEP_KILL;
	r->reason = v->reason;
	r->min_score_adj = v->min_score_adj;
}

void record_victim(struct kill_record *r, const struct proc *p)
{
	r->tgid = p->tgid;
	r->uid = p->uid;
	r->start_ns = p->start_ns;
	r->oom_score_adj = p->oom_score_adj;
	r->anon_kib = p->anon_kib;
	r->file_kib = p->file_kib;
	r->shmem_kib = p->shmem_kib;
	r->swap_kib = p->swap_kib;
	r->dmabuf_kib = p->dmabuf_kib;
	/*
	 * Neither files nor shared memory nor dma-bufs: process_mrelease leaves those alone, and each lives
	 * until the last process (or device) has let go of it.
	 */
	r->expected_kib = proc_private_kib(p);
}

static void latency_add(struct latency *l, __u64 ns)
{
	__u64 us = ns / NS_PER_US;
	unsigned int slot = us ? 64 - (unsigned int)__builtin_clzll(us) : 0;

	l->count++;
	l->sum_ns += ns;
	if (ns > l->max_ns)
		l->max_ns = ns;
	l->slots[slot < LATENCY_SLOTS ? slot : LATENCY_SLOTS - 1]++;
}

void record_latencies(struct latency *steps, const struct kill_record *r)
{
	static const struct {
		enum stage from, to;
	} ends[LATENCY_STEPS] = {
		[LATENCY_EDGE_WAKE] = { STAGE_EDGE, STAGE_WAKE },
		[LATENCY_WAKE_DECIDED] = { STAGE_WAKE, STAGE_DECIDED },
		[LATENCY_DECIDED_SIGNALLED] = { STAGE_DECIDED, STAGE_SIGNALLED },
		[LATENCY_SIGNALLED_RELEASED] = { STAGE_SIGNALLED, STAGE_RELEASED },
		[LATENCY_SIGNALLED_EXITED] = { STAGE_SIGNALLED, STAGE_EXITED },
		[LATENCY_SIGNALLED_FREED] = { STAGE_SIGNALLED, STAGE_FREED },
		[LATENCY_EDGE_FREED] = { STAGE_EDGE, STAGE_FREED },
	};

	for (int i = 0; i < LATENCY_STEPS; i++) {
		__u64 from = r->stage_ns[ends[i].from], to = r->stage_ns[ends[i].to];

		if (from && to >= from)
			latency_add(&steps[i], to - from);
	}
}

void record_log(const struct kill_record *r)
{
	char line[RECORD_LINE];

	log_info("%s", record_line(line, sizeof(line), r));
}
