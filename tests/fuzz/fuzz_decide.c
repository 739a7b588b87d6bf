// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_decide.c - decide/: any facts about any processes (a recording may hold them) give a verdict
 * whose numbers are in their limits, and the same one each time.
 */
#include "fuzz.h"

#include "../../agent/decide/spare.h"
#include "../../agent/decide/strategy.h"

#define PROCS	4
#define KIB_MAX (1ULL << 40) /* a pebibyte */

struct input {
	struct facts facts;
	__u64 rebase_ns;
	struct proc procs[PROCS];
};

/* Half of the times are one of a few, so that they meet, stand still and go back. */
static __u64 some_time(__u64 ns)
{
	return ns & 1 ? (ns >> 1) % 8 * 500000000 : ns;
}

/* What a kernel can say at all: sizes have an end, and so has oom_score_adj. */
static void bound(struct input *in)
{
	struct facts *f = &in->facts;

	f->time_ns = some_time(f->time_ns);
	in->rebase_ns = some_time(in->rebase_ns);
	f->mem_total_kib %= KIB_MAX;
	f->mem_available_kib %= KIB_MAX;
	f->swap_total_kib %= KIB_MAX;
	f->swap_free_kib %= KIB_MAX;
	for (int i = 0; i < PROCS; i++)
		in->procs[i].oom_score_adj %= 1001;
}

static void check(const struct view *view, const struct verdict *v)
{
	MUST(v->considered <= PROCS && v->vetoed <= v->considered);
	MUST(v->candidates <= RECORD_CANDIDATES && v->candidates <= v->considered);
	for (__u32 i = 0; i < v->candidates; i++)
		MUST(v->candidate[i].index < PROCS && v->candidate[i].veto < VETOES);
	if (v->victim == NO_VICTIM)
		return;
	MUST(v->victim < PROCS && spare(view, v->victim) == VETO_NONE);
	MUST(v->sharers <= VERDICT_SHARERS);
	for (__u32 i = 0; i < v->sharers; i++)
		MUST(v->sharer[i] < PROCS && v->sharer[i] != v->victim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct assess a;
	struct verdict v, again;
	struct policy policy;
	struct input in;
	__s64 value;

	strategy_host.defaults(&policy);
	assess_init(&a);
	for (; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		struct view view = { &a.now, in.procs, PROCS };

		memcpy(&in, data, sizeof(in));
		bound(&in);
		assess_push(&a, &in.facts);
		assess_rebase(&a, in.rebase_ns);
		memset(&v, 0, sizeof(v));
		memset(&again, 0, sizeof(again));
		decide(&strategy_host, &policy, &a, &view, &v);
		decide(&strategy_host, &policy, &a, &view, &again);
		MUST(!memcmp(&v, &again, sizeof(v)));
		choose(&policy.choose, &view, &v);
		check(&view, &v);
		MUST(strategy_host.nearness(&policy, &a) <= 1000);
		MUST(!assess_value(&a, SIGNAL_PSI_SOME, 2000000000, &value) ||
		     (value >= 0 && value <= 1000));
		MUST(!assess_value(&a, SIGNAL_EFFICIENCY, 10000000, &value) ||
		     (value >= 0 && value <= 1000));
	}
	return 0;
}
