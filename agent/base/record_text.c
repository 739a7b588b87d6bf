// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "record_text.h"

#include <stdio.h>

#include "text.h"

enum unit {
	UNIT_PERMILLE,
	UNIT_MS,
	UNIT_KIB_S
};

static const struct {
	const char *name;
	enum unit unit;
} signals[SIGNALS] = {
	[SIGNAL_PSI_SOME] = { "psi.some", UNIT_PERMILLE },
	[SIGNAL_PSI_FULL] = { "psi.full", UNIT_PERMILLE },
	[SIGNAL_MEM_AVAILABLE] = { "mem.available", UNIT_PERMILLE },
	[SIGNAL_SWAP_FREE] = { "swap.free", UNIT_PERMILLE },
	[SIGNAL_EXHAUSTION] = { "time.to.exhaustion", UNIT_MS },
	[SIGNAL_EFFICIENCY] = { "reclaim.efficiency", UNIT_PERMILLE },
	[SIGNAL_STUCK] = { "reclaim.stuck", UNIT_MS },
	[SIGNAL_GROWTH] = { "growth", UNIT_KIB_S },
};

const char *signal_name(__u32 signal)
{
	return signal && signal < SIGNALS ? signals[signal].name : "?";
}

const char *veto_text(__u32 veto)
{
	static const char *const texts[VETOES] = {
		[VETO_NONE] = "may be killed",
		[VETO_INIT] = "PID 1",
		[VETO_KTHREAD] = "kernel thread",
		[VETO_SELF] = "reapd or an ancestor of it",
		[VETO_ADJ] = "oom_score_adj -1000",
		[VETO_SCOPE] = "outside the scope",
		[VETO_IDENTITY] = "not the process that was measured",
		[VETO_DYING] = "already dying",
		[VETO_FILTER] = "protected by a filter",
		[VETO_SHARES] = "shares memory with a spared process",
		[VETO_EMPTY] = "no memory to give back",
	};

	return veto < VETOES ? texts[veto] : "?";
}

const char *outcome_name(__u32 outcome)
{
	static const char *const names[OUTCOMES] = {
		[OUTCOME_PENDING] = "pending", [OUTCOME_FREED] = "freed",
		[OUTCOME_EXITED] = "exited",   [OUTCOME_RELEASED] = "released",
		[OUTCOME_STUCK] = "stuck",     [OUTCOME_GONE] = "gone",
		[OUTCOME_FAILED] = "failed",   [OUTCOME_DRY_RUN] = "dry-run",
		[OUTCOME_NONE] = "nobody",
	};

	return outcome < OUTCOMES ? names[outcome] : "?";
}

const char *stage_name(__u32 stage)
{
	static const char *const names[STAGES] = {
		[STAGE_EDGE] = "edge",	       [STAGE_WAKE] = "wake",
		[STAGE_DECIDED] = "decided",   [STAGE_SIGNALLED] = "signalled",
		[STAGE_RELEASED] = "released", [STAGE_EXITED] = "exited",
		[STAGE_FREED] = "freed",
	};

	return stage < STAGES ? names[stage] : "?";
}

const char *latency_name(__u32 step)
{
	static const char *const names[LATENCY_STEPS] = {
		[LATENCY_EDGE_WAKE] = "edge to wake",
		[LATENCY_WAKE_DECIDED] = "wake to decided",
		[LATENCY_DECIDED_SIGNALLED] = "decided to signalled",
		[LATENCY_SIGNALLED_RELEASED] = "signalled to released",
		[LATENCY_SIGNALLED_EXITED] = "signalled to exited",
		[LATENCY_SIGNALLED_FREED] = "signalled to freed",
		[LATENCY_EDGE_FREED] = "edge to freed",
	};

	return step < LATENCY_STEPS ? names[step] : "?";
}

char *signal_value_text(char *buf, size_t size, __u32 signal, __s64 value)
{
	long long v = value;

	switch (signal < SIGNALS ? signals[signal].unit : UNIT_PERMILLE) {
	case UNIT_PERMILLE:
		if (v % 10)
			snprintf(buf, size, "%lld.%lld%%", v / 10, v % 10);
		else
			snprintf(buf, size, "%lld%%", v / 10);
		break;
	case UNIT_MS:
		if (signal == SIGNAL_EXHAUSTION && v >= SIGNAL_NEVER_MS)
			snprintf(buf, size, "never");
		else
			snprintf(buf, size, "%lldms", v);
		break;
	case UNIT_KIB_S:
		snprintf(buf, size, "%lldKiB/s", v);
		break;
	}
	return buf;
}

char *term_text(char *buf, size_t size, const struct record_term *term)
{
	char value[32], limit[32], window[32] = "";

	if (term->na) {
		snprintf(buf, size, "%s does not apply", signal_name(term->signal));
		return buf;
	}
	signal_value_text(value, sizeof(value), term->signal, term->value);
	signal_value_text(limit, sizeof(limit), term->signal, term->limit);
	if (term->window_ms % 1000)
		snprintf(window, sizeof(window), " over %ums", term->window_ms);
	else if (term->window_ms)
		snprintf(window, sizeof(window), " over %us", term->window_ms / 1000);
	snprintf(buf, size, "%s %s %s %s%s", signal_name(term->signal), value,
		 term->over ? ">=" : "<", limit, window);
	return buf;
}

char *terms_text(char *buf, size_t size, const struct record_term *term, __u32 terms)
{
	size_t len = 0;
	char one[128];

	*buf = 0;
	for (__u32 i = 0; i < terms && i < RECORD_TERMS && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? " and " : "",
					term_text(one, sizeof(one), &term[i]));
	return buf;
}

/* What came of it: "freed after 7.9 ms", "exited", "stuck". */
static char *outcome_text(char *buf, size_t size, const struct kill_record *r)
{
	enum stage to = r->outcome == OUTCOME_FREED ? STAGE_FREED : STAGE_RELEASED;
	__u64 from_ns = r->stage_ns[STAGE_SIGNALLED], to_ns = r->stage_ns[to];
	char time[32];

	if ((r->outcome == OUTCOME_FREED || r->outcome == OUTCOME_RELEASED) && to_ns >= from_ns)
		snprintf(buf, size, "%s after %s", outcome_name(r->outcome),
			 text_ns(time, sizeof(time), to_ns - from_ns));
	else
		snprintf(buf, size, "%s", outcome_name(r->outcome));
	return buf;
}

char *record_line(char *buf, size_t size, const struct kill_record *r)
{
	static const char *const begin[] = {
		[0] = "?",
		[RECORD_KILL] = "killed",
		[RECORD_KERNEL_OOM] = "kernel OOM killed",
		[RECORD_NO_VICTIM] = "killed nobody",
	};
	char why[256], kib[32], end[64];

	terms_text(why, sizeof(why), r->term, r->terms);
	if (r->kind == RECORD_NO_VICTIM) {
		snprintf(buf, size, "%s: %s: %s; all %u candidates are spared", begin[r->kind],
			 r->rule, why, r->considered);
		return buf;
	}
	snprintf(buf, size, "%s%s %s (pid %u, uid %u, adj %d, %s): %s%s%s; %s",
		 r->dry_run && r->kind == RECORD_KILL ? "would have " : "",
		 r->kind < sizeof(begin) / sizeof(begin[0]) ? begin[r->kind] : "?",
		 r->name[0] ? r->name : r->comm, r->tgid, r->uid, r->oom_score_adj,
		 text_kib(kib, sizeof(kib),
			  (__u64)r->anon_kib + r->file_kib + r->shmem_kib + r->swap_kib),
		 r->rule, *why ? ": " : "", why, outcome_text(end, sizeof(end), r));
	return buf;
}
