// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * rule_action.c - action = STEP, STEP ...
 */
#include "rule_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/record_text.h"
#include "base/text.h"

/* Nothing that goes wrong can be waited for longer. */
#define STEP_MAX_MS  3600000
/* 1 TiB: more than memory.reclaim was ever asked for. */
#define STEP_MAX_KIB (1ULL << 30)

void programs_done(struct programs *p)
{
	for (__u32 i = 0; i < p->n; i++)
		free(p->path[i]);
	p->n = 0;
}

static bool is_program(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	errno = EACCES;
	return S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* The present word is a program; which of the list? */
static bool parse_program(struct scan *s, struct programs *programs, __u64 *ret_index,
			  struct rule_fault *ret)
{
	const char *wrong = NULL;
	char *path;
	__u32 i;

	if (!s->len || s->text[s->at] != '/')
		return scan_unexpected(s, ret, "expected the absolute path of a program");
	path = strndup(s->text + s->at, s->len);
	if (!path)
		return scan_fault(s, ret, "%s", strerror(ENOMEM));
	for (i = 0; i < programs->n && strcmp(programs->path[i], path); i++)
		;
	if (!is_program(path))
		wrong = errno == EACCES ? "not an executable file" : strerror(errno);
	else if (i == PROGRAMS_MAX)
		wrong = "one program more than there may be";
	if (wrong)
		scan_fault(s, ret, "%.200s: %s", path, wrong);
	if (wrong || i < programs->n)
		free(path);
	else
		programs->path[programs->n++] = path;
	*ret_index = i;
	return !wrong;
}

/* What stands behind the name of a step. */
static bool parse_amount(struct scan *s, struct step *step, struct programs *programs,
			 struct rule_fault *ret)
{
	const char *name = step_name(step->kind);
	int err;

	switch (step->kind) {
	case STEP_RECLAIM:
		err = scan_kib(s, &step->amount);
		if (err == -EINVAL)
			return scan_unexpected(s, ret, "expected a size like 64M behind '%s'",
					       name);
		if (err || !step->amount || step->amount > STEP_MAX_KIB)
			return scan_unexpected(s, ret, "'%s' takes from 1K to 1T", name);
		break;
	case STEP_WAIT:
	case STEP_TERM:
		err = scan_ms(s, &step->amount);
		if (err == -EINVAL)
			return scan_unexpected(s, ret, "expected a time like 10s behind '%s'",
					       name);
		if (err || !step->amount || step->amount > STEP_MAX_MS)
			return scan_unexpected(s, ret, "'%s' takes from 1ms to 1h", name);
		break;
	case STEP_RUN:
		if (!parse_program(s, programs, &step->amount, ret))
			return false;
		break;
	default:
		return true;
	}
	scan_next(s);
	return true;
}

static bool parse_step(struct scan *s, struct step *step, struct programs *programs,
		       struct rule_fault *ret)
{
	const char *meant;
	char word[32];

	scan_word(s, word, sizeof(word));
	for (step->kind = STEP_NOTIFY; step->kind < STEP_KINDS; step->kind++) {
		if (!scan_is(s, step_name(step->kind)))
			continue;
		scan_next(s);
		return parse_amount(s, step, programs, ret);
	}
	if (!s->len)
		return scan_unexpected(s, ret, "expected a step");
	meant = scan_meant(word, step_name, STEP_NOTIFY, STEP_KINDS);
	if (meant)
		return scan_fault(s, ret, "unknown step '%s'; did you mean %s?", word, meant);
	return scan_unexpected(s, ret,
			       "expected notify, reclaim, freeze, clamp, wait, term, run or kill");
}

bool rule_parse_action(struct rule *r, const char *value, struct programs *programs,
		       struct rule_fault *ret)
{
	struct step step[RULE_STEPS] = {}, one;
	__u32 n = 0,
	      last = 0; /* the step behind which none can come; `kill` may say what `term` implies */
	struct scan s, begin;

	for (scan_begin(&s, value, ",");; scan_next(&s)) {
		begin = s;
		one = (struct step){};
		if (!parse_step(&s, &one, programs, ret))
			return false;
		if (last && (last != STEP_TERM || one.kind != STEP_KILL))
			return scan_fault(&begin, ret, "no step can come behind '%s'",
					  step_name(last));
		if (!last && n == RULE_STEPS)
			return scan_fault(&begin, ret, "more than %d steps", RULE_STEPS);
		if (!last)
			step[n++] = one;
		if (one.kind == STEP_TERM || one.kind == STEP_KILL)
			last = one.kind;
		if (!s.len)
			break;
		if (!scan_is(&s, ","))
			return scan_unexpected(&s, ret, "expected ',' or the end of the line");
	}
	memcpy(r->step, step, sizeof(step));
	r->steps = n;
	return true;
}
