// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * rule_when.c - when = SIGNAL OP LIMIT [over WINDOW] [for DURATION] and ...
 */
#include "rule_parse.h"

#include <errno.h>
#include <string.h>

#include "base/signal_text.h"
#include "base/text.h"

#define SYSTEM "system."

/* 10 ms: below it stall time is not accurate. 10 min: what the history of decide/assess.c holds. */
#define WINDOW_MIN_MS 10
#define WINDOW_MAX_MS 600000
/* An hour is as good as for ever. */
#define FOR_MAX_MS    3600000

static const char *const forms[SIGNAL_UNITS] = {
	[UNIT_SHARE] = "measured in %",
	[UNIT_SHARE_OR_SIZE] = "measured in % or as a size like 64M",
	[UNIT_SIZE] = "a size like 64M",
	[UNIT_TIME] = "a time like 500ms",
	[UNIT_RATE] = "a size per second like 100M/s",
	[UNIT_COUNT] = "a plain number",
};

static bool parse_signal(struct scan *s, struct record_term *t, struct rule_fault *ret)
{
	char word[48];
	const char *name = scan_word(s, word, sizeof(word)), *meant;
	bool system = !strncmp(word, SYSTEM, strlen(SYSTEM));

	if (!s->len)
		return scan_unexpected(s, ret, "expected a signal");
	name += system ? strlen(SYSTEM) : 0;
	t->signal = (__u16)signal_find(name);
	if (!t->signal) {
		meant = scan_meant(name, signal_name, 1, SIGNALS);
		if (meant)
			return scan_fault(s, ret, "unknown signal '%s'; did you mean %s%s?", word,
					  system ? SYSTEM : "", meant);
		return scan_fault(s, ret, "unknown signal '%s'; reapd.conf(5) lists them", word);
	}
	if (system && signal_info(t->signal)->flags & SIGNAL_OF_CGROUP)
		return scan_fault(s, ret, "only a cgroup has %s, not the whole system", name);
	t->flags = system ? TERM_SYSTEM : 0;
	scan_next(s);
	return true;
}

static bool parse_op(struct scan *s, struct record_term *t, struct rule_fault *ret)
{
	for (__u32 op = 0; op < TERM_OPS; op++) {
		if (!scan_is(s, term_op_text(op)))
			continue;
		t->op = (__u8)op;
		scan_next(s);
		return true;
	}
	return scan_unexpected(s, ret, "expected >=, >, <= or <");
}

/* The present word in the unit of the signal. 0, -EINVAL, -ERANGE. */
static int read_limit(const struct scan *s, struct record_term *t)
{
	const struct signal_info *info = signal_info(t->signal);
	enum signal_unit unit = info->unit;
	struct scan rate = *s;
	char word[64];
	uint64_t n = 0;
	__u64 amount = 0;
	uint32_t share = 0;
	int err;

	scan_word(s, word, sizeof(word));
	if (unit == UNIT_SHARE_OR_SIZE && word[strcspn(word, "%")])
		unit = UNIT_SHARE;
	switch (unit) {
	case UNIT_SHARE:
		err = strcmp(word, "0") ? text_to_permille(word, &share) : 0;
		amount = share;
		break;
	case UNIT_TIME:
		err = scan_ms(s, &amount);
		break;
	case UNIT_COUNT:
		err = text_to_u64(word, &n);
		amount = n;
		break;
	default:
		if (unit == UNIT_RATE && s->len > 2 && !strcmp(word + strlen(word) - 2, "/s"))
			rate.len -= 2;
		err = scan_kib(&rate, &amount);
		if (unit == UNIT_SHARE_OR_SIZE)
			t->flags |= TERM_KIB;
		break;
	}
	if (!err && (amount > INT64_MAX ||
		     (info->max && !(t->flags & TERM_KIB) && (__s64)amount > info->max)))
		err = -ERANGE;
	t->limit = (__s64)amount;
	return err;
}

static bool parse_limit(struct scan *s, struct record_term *t, struct rule_fault *ret)
{
	const struct signal_info *info = signal_info(t->signal);
	struct record_term most = { .signal = t->signal, .limit = info->max };
	int err = read_limit(s, t);
	char text[32];

	if (!err) {
		scan_next(s);
		return true;
	}
	if (err == -ERANGE && info->max && !(t->flags & TERM_KIB))
		return scan_unexpected(s, ret, "%s is at most %s", info->name,
				       term_limit_text(text, sizeof(text), &most));
	if (err == -ERANGE)
		return scan_unexpected(s, ret, "the limit of %s is out of range%s", info->name,
				       info->unit == UNIT_COUNT || info->unit == UNIT_TIME ?
					       "" :
					       ": at least 1K, or 0");
	if (s->len && s->text[s->at + s->len - 1] == '%' && info->unit <= UNIT_SHARE_OR_SIZE)
		return scan_unexpected(s, ret, "expected a percentage like 60%% or 12.5%%");
	return scan_unexpected(s, ret, "%s is %s", info->name, forms[info->unit]);
}

/* A time behind `word`, if that is the present one. */
static bool parse_time(struct scan *s, const char *word, __u64 min, __u64 max, __u32 *ret_ms,
		       struct rule_fault *ret)
{
	char low[32], high[32];
	__u64 ms;
	int err;

	if (!scan_is(s, word))
		return true;
	scan_next(s);
	err = scan_ms(s, &ms);
	if (err == -EINVAL)
		return scan_unexpected(s, ret, "expected a time like 2s behind '%s'", word);
	if (err || ms < min || ms > max)
		return scan_unexpected(s, ret, "'%s' takes from %s to %s", word,
				       text_ms_exact(low, sizeof(low), min),
				       text_ms_exact(high, sizeof(high), max));
	*ret_ms = (__u32)ms;
	scan_next(s);
	return true;
}

static bool parse_term(struct scan *s, struct record_term *t, struct rule_fault *ret)
{
	if (!parse_signal(s, t, ret) || !parse_op(s, t, ret) || !parse_limit(s, t, ret))
		return false;
	t->window_ms = signal_info(t->signal)->window_ms;
	if (!t->window_ms && scan_is(s, "over"))
		return scan_fault(s, ret, "%s is of now and has no window: no 'over'",
				  signal_name(t->signal));
	return parse_time(s, "over", WINDOW_MIN_MS, WINDOW_MAX_MS, &t->window_ms, ret) &&
	       parse_time(s, "for", 0, FOR_MAX_MS, &t->for_ms, ret);
}

bool rule_parse_when(struct rule_draft *d, const char *value, struct rule_fault *ret)
{
	struct record_term term[RECORD_TERMS] = {};
	size_t at[RECORD_TERMS] = {};
	struct scan s;
	__u32 n = 0;

	scan_begin(&s, value, "<>=!");
	for (;;) {
		if (n == RECORD_TERMS)
			return scan_fault(&s, ret, "more than %d comparisons", RECORD_TERMS);
		at[n] = s.at;
		if (!parse_term(&s, &term[n++], ret))
			return false;
		if (!s.len)
			break;
		if (scan_is(&s, "or"))
			return scan_fault(&s, ret, "there is no 'or': write a second rule");
		if (!scan_is(&s, "and"))
			return scan_unexpected(&s, ret, "expected %s'and' or the end of the line",
					       term[n - 1].for_ms ? "" : "'over', 'for', ");
		scan_next(&s);
	}
	memcpy(d->rule.term, term, sizeof(term));
	memcpy(d->term_at, at, sizeof(at));
	d->rule.terms = n;
	return true;
}
