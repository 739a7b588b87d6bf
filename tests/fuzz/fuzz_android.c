// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * fuzz_android.c - decide/strategy_android: any facts, one look after the other, under any policy that the
 * configuration lets through. The same looks give the same verdicts, and every verdict is whole.
 */
#include "fuzz.h"

#include "../../agent/decide/strategy.h"
#include <reapd/lmk.h>

static struct sample samples[2][SYSTEM_SAMPLES];
static struct places places[2];
static struct policy policy;

/* The limits of agent/config_keys.c. */
static void tame(struct android_policy *p)
{
	p->window_ms = 500 + p->window_ms % 9501;
	p->partial_stall_ms %= 10001;
	p->complete_stall_ms %= 10001;
	p->swap_free_low_pct %= 101;
	p->thrashing_limit_pct %= 100001;
	p->thrashing_limit_decay_pct %= 101;
	p->thrashing_critical_pct %= 300001;
	p->swap_util_max_pct %= 101;
	p->stall_limit_critical_pct %= 101;
	p->swap_compression_ratio %= 1001;
	p->swap_compression_ratio_div = 1 + p->swap_compression_ratio_div % 1000;
	p->pressure_after_kill_min_score &= 511;
	p->lowmem_min_score = 201 + (p->lowmem_min_score & 511);
	p->score_floor &= 511;
	p->minfrees %= LMK_MINFREES + 1;
	for (int i = 0; i < 3; i++)
		p->level_score[i] &= 1023;
	for (int i = 0; i < LMK_MINFREES; i++)
		p->minfree[i].score &= 1023;
}

static bool look(struct places *p, const struct facts *facts, const struct android_facts *f,
		 struct verdict *v)
{
	bool acts;

	memset(v, 0, sizeof(*v));
	place_push(p, 0, &policy, facts);
	strategy_android.push(&policy, p, f);
	acts = strategy_android.judge(&policy, p, false, v);
	MUST(!strategy_android.judge(&policy, p, true, &(struct verdict){}));
	MUST(strategy_android.nearness(p) <= 1000);
	MUST(v->terms <= RECORD_TERMS);
	if (!acts)
		return false;
	MUST(v->rule < policy.rules && v->reason);
	MUST(v->min_score_adj <= LMK_SCORE_MAX);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts facts = { .page_kib = 4 };
	struct android_facts f;
	struct verdict v, w;
	bool kill;

	strategy_android.defaults(&policy);
	if (size < sizeof(policy.android))
		return 0;
	memcpy(&policy.android, data, sizeof(policy.android));
	tame(&policy.android);
	for (int i = 0; i < 2; i++)
		places_init(&places[i], samples[i]);
	for (size_t at = sizeof(policy.android); size - at > sizeof(f); at += sizeof(f) + 1) {
		memcpy(&f, data + at + 1, sizeof(f));
		kill = data[at] & 1;
		facts.time_ns = f.time_ns;
		facts.some_ns += f.time_ns % 1000000000;
		facts.full_ns += f.refault_pages % 1000000000;
		MUST(look(&places[0], &facts, &f, &v) == look(&places[1], &facts, &f, &w));
		MUST(!memcmp(&v, &w, sizeof(v)));
		for (__u32 rule = 0; rule < policy.rules; rule++)
			strategy_android.evaluate(&policy, &places[0], 0, rule, &w);
		for (int i = 0; kill && v.reason && i < 2; i++)
			strategy_android.killed(&policy, &places[i], &v);
	}
	MUST(!memcmp(&places[0].android, &places[1].android, sizeof(places[0].android)));
	return 0;
}
