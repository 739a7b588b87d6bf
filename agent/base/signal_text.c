// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "signal_text.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "text.h"

/* PSI's own averaging period, and what tells a short stall from a crisis. */
#define WINDOW_STALL_MS 2000
/* Memory can be gone in less than a second. */
#define WINDOW_RATE_MS	250
/* Events are rare: long enough to see a second one. */
#define WINDOW_COUNT_MS 10000

#define SHARE_MAX      1000
/* All of the page cache read again a thousand times over: what assess_value() answers at most. */
#define REFAULT_MAX    1000000
/* Longer ones are "never". */
#define EXHAUSTION_MAX (SIGNAL_NEVER_MS - 1000)

static const struct signal_info signals[SIGNALS] = {
	[SIGNAL_PSI_SOME] = { "psi.some", "some memory stall", UNIT_SHARE, WINDOW_STALL_MS,
			      SHARE_MAX },
	[SIGNAL_PSI_FULL] = { "psi.full", "full memory stall", UNIT_SHARE, WINDOW_STALL_MS,
			      SHARE_MAX },
	[SIGNAL_MEM_AVAILABLE] = { "mem.available", "available memory", UNIT_SHARE_OR_SIZE, 0,
				   SHARE_MAX },
	[SIGNAL_MEM_FREE] = { "mem.free", "free memory", UNIT_SHARE_OR_SIZE, 0, SHARE_MAX },
	[SIGNAL_MEM_USED] = { "mem.used", "memory that is not available", UNIT_SHARE_OR_SIZE, 0,
			      SHARE_MAX },
	[SIGNAL_MEM_FILE] = { "mem.file", "page cache", UNIT_SHARE_OR_SIZE, 0, SHARE_MAX },
	[SIGNAL_SWAP_FREE] = { "swap.free", "free swap", UNIT_SHARE_OR_SIZE, 0, SHARE_MAX },
	[SIGNAL_SWAP_USED] = { "swap.used", "used swap", UNIT_SHARE_OR_SIZE, 0, SHARE_MAX },
	[SIGNAL_ZRAM_USED] = { "zram.used", "memory that zram takes", UNIT_SHARE_OR_SIZE, 0,
			       SHARE_MAX },
	[SIGNAL_REFAULT] = { "refault", "file cache that was read again", UNIT_SHARE,
			     WINDOW_STALL_MS, REFAULT_MAX },
	[SIGNAL_EFFICIENCY] = { "reclaim.efficiency", "share of scanned pages that reclaim got",
				UNIT_SHARE, WINDOW_STALL_MS, SHARE_MAX },
	[SIGNAL_STUCK] = { "reclaim.stuck", "longest direct reclaim of now", UNIT_TIME },
	[SIGNAL_PGSCAN] = { "pgscan", "number of pages that reclaim scanned", UNIT_COUNT,
			    WINDOW_COUNT_MS },
	[SIGNAL_GROWTH] = { "growth", "shrinking of available memory", UNIT_RATE, WINDOW_RATE_MS },
	[SIGNAL_EXHAUSTION] = { "time.to.exhaustion", "time until available memory is gone",
				UNIT_TIME, WINDOW_RATE_MS, EXHAUSTION_MAX },
	[SIGNAL_SWAP_FULL] = { "time.to.swap.full", "time until swap is full", UNIT_TIME,
			       WINDOW_RATE_MS, EXHAUSTION_MAX },
	[SIGNAL_CURRENT] = { "memory.current", "memory in use", UNIT_SHARE_OR_SIZE, 0, SHARE_MAX,
			     SIGNAL_OF_CGROUP },
	[SIGNAL_SWAP_CURRENT] = { "memory.swap", "swap in use", UNIT_SIZE, 0, 0, SIGNAL_OF_CGROUP },
	[SIGNAL_HIGH_EVENTS] = { "memory.high.events", "number of times memory.high was met",
				 UNIT_COUNT, WINDOW_COUNT_MS, 0, SIGNAL_OF_CGROUP },
	[SIGNAL_MAX_EVENTS] = { "memory.max.events", "number of times memory.max was met",
				UNIT_COUNT, WINDOW_COUNT_MS, 0, SIGNAL_OF_CGROUP },
	[SIGNAL_OOM_EVENTS] = { "memory.oom.events", "number of times it was out of memory",
				UNIT_COUNT, WINDOW_COUNT_MS, 0, SIGNAL_OF_CGROUP },
	[SIGNAL_KERNEL_OOM] = { "kernel.oom", "number of kills by the kernel's own killer",
				UNIT_COUNT, WINDOW_COUNT_MS },
};

const struct signal_info *signal_info(__u32 signal)
{
	return signal && signal < SIGNALS ? &signals[signal] : NULL;
}

__u32 signal_find(const char *name)
{
	for (__u32 i = 1; i < SIGNALS; i++) {
		if (!strcmp(signals[i].name, name))
			return i;
	}
	return 0;
}

const char *signal_name(__u32 signal)
{
	const struct signal_info *info = signal_info(signal);

	return info ? info->name : "?";
}

const char *term_op_text(__u32 op)
{
	static const char *const names[TERM_OPS] = {
		[TERM_LT] = "<", [TERM_GE] = ">=", [TERM_LE] = "<=", [TERM_GT] = ">"
	};

	return op < TERM_OPS ? names[op] : "?";
}

const char *term_op_words(__u32 op)
{
	static const char *const words[TERM_OPS] = {
		[TERM_LT] = "below", [TERM_GE] = "at least", [TERM_LE] = "at most", [TERM_GT] = "above"
	};

	return op < TERM_OPS ? words[op] : "?";
}

static enum signal_unit unit_of(__u32 signal, __u32 flags)
{
	const struct signal_info *info = signal_info(signal);
	enum signal_unit unit = info ? info->unit : UNIT_COUNT;

	if (unit == UNIT_SHARE_OR_SIZE)
		return flags & TERM_KIB ? UNIT_SIZE : UNIT_SHARE;
	return unit;
}

static char *value_text(char *buf, size_t size, enum signal_unit unit, __s64 value)
{
	const char *minus = value < 0 ? "-" : "";
	unsigned long long n = value < 0 ? -(unsigned long long)value : (unsigned long long)value;
	char text[32];

	switch (unit) {
	case UNIT_SHARE:
		snprintf(buf, size, "%s%s", minus, text_permille(text, sizeof(text), n));
		break;
	case UNIT_TIME:
		snprintf(buf, size, "%s%s", minus, text_ms_exact(text, sizeof(text), n));
		break;
	case UNIT_SIZE:
	case UNIT_RATE:
		snprintf(buf, size, "%s%s%s", minus, text_kib_exact(text, sizeof(text), n),
			 unit == UNIT_RATE ? "/s" : "");
		break;
	default:
		snprintf(buf, size, "%s%llu", minus, n);
		break;
	}
	return buf;
}

char *signal_value_text(char *buf, size_t size, __u32 signal, __u32 flags, __s64 value)
{
	enum signal_unit unit = unit_of(signal, flags);

	if ((signal == SIGNAL_EXHAUSTION || signal == SIGNAL_SWAP_FULL) &&
	    value >= SIGNAL_NEVER_MS) {
		snprintf(buf, size, "never");
		return buf;
	}
	if ((unit == UNIT_SIZE || unit == UNIT_RATE) && (value >= 10240 || value <= -10240))
		value -= value % 1024;
	if (unit == UNIT_TIME && value >= 10000)
		value -= value % 1000;
	return value_text(buf, size, unit, value);
}

char *term_limit_text(char *buf, size_t size, const struct record_term *term)
{
	return value_text(buf, size, unit_of(term->signal, term->flags), term->limit);
}

/* "system.psi.full". */
static char *subject_text(char *buf, size_t size, const struct record_term *term)
{
	snprintf(buf, size, "%s%s", term->flags & TERM_SYSTEM ? "system." : "",
		 signal_name(term->signal));
	return buf;
}

/* ">= 60% over 2s for 20s". */
static char *condition_text(char *buf, size_t size, const struct record_term *term)
{
	char limit[32], window[32], held[32];

	snprintf(buf, size, "%s %s%s%s%s%s", term_op_text(term->op),
		 term_limit_text(limit, sizeof(limit), term), term->window_ms ? " over " : "",
		 term->window_ms ? text_ms_exact(window, sizeof(window), term->window_ms) : "",
		 term->for_ms ? " for " : "",
		 term->for_ms ? text_ms_exact(held, sizeof(held), term->for_ms) : "");
	return buf;
}

char *term_rule_text(char *buf, size_t size, const struct record_term *term)
{
	char subject[48], condition[80];

	snprintf(buf, size, "%s %s", subject_text(subject, sizeof(subject), term),
		 condition_text(condition, sizeof(condition), term));
	return buf;
}

char *term_text(char *buf, size_t size, const struct record_term *term)
{
	char subject[48], value[32], condition[80], held[32];

	subject_text(subject, sizeof(subject), term);
	if (term->flags & TERM_NA) {
		snprintf(buf, size, "%s does not apply", subject);
		return buf;
	}
	signal_value_text(value, sizeof(value), term->signal, term->flags, term->value);
	condition_text(condition, sizeof(condition), term);
	snprintf(buf, size, "%s %s %s%s%s", subject, value, condition,
		 term->for_ms ? ", held " : "",
		 term->for_ms ? text_ns(held, sizeof(held), term->held_ms * NS_PER_MS) : "");
	return buf;
}

char *terms_text(char *buf, size_t size, const struct record_term *term, __u32 terms)
{
	char one[TERM_TEXT];
	size_t len = 0;

	*buf = 0;
	for (__u32 i = 0; i < terms && i < RECORD_TERMS && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? " and " : "",
					term_text(one, sizeof(one), &term[i]));
	return buf;
}
