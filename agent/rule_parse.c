// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "rule_parse.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/record_text.h"
#include "base/text.h"

/* A day: who wants a rule to rest longer wants it off. */
#define COOLDOWN_MAX_MS 86400000

typedef bool set_fn(struct rule_draft *d, const char *value, struct scan *s,
		    struct rule_fault *ret);

bool rule_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= sizeof(((struct rule *)0)->name))
		return false;
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && !strchr("_.-", *name))
			return false;
	}
	return true;
}

void rule_begin(struct rule_draft *ret, const char *name)
{
	memset(ret, 0, sizeof(*ret));
	text_copy(ret->rule.name, sizeof(ret->rule.name), name);
	ret->rule.steps = 1;
	ret->rule.step[0].kind = STEP_KILL;
}

/* The one word that the value is, as one of some names. */
static bool set_name(struct scan *s, const char *(*name)(__u32 n), __u32 end, const char *expected,
		     __u32 *ret_n, struct rule_fault *ret)
{
	for (__u32 i = 0; i < end; i++) {
		if (scan_is(s, name(i)) && !s->text[s->at + s->len]) {
			*ret_n = i;
			return true;
		}
	}
	return scan_unexpected(s, ret, "expected %s", expected);
}

static bool set_choose(struct rule_draft *d, const char *value, struct scan *s,
		       struct rule_fault *ret)
{
	(void)value;
	return set_name(s, what_name, CHOOSE_WHATS, "process, cgroup or group", &d->rule.what, ret);
}

static bool set_order(struct rule_draft *d, const char *value, struct scan *s,
		      struct rule_fault *ret)
{
	(void)value;
	return set_name(s, order_name, ORDERS,
			"badness, size, growth, benefit, lmkd, stall, pgscan or swap",
			&d->rule.order, ret);
}

/* A component that no path of a cgroup has. */
static bool component_fault(const char *at, size_t len)
{
	return !len || !strncmp(at, ".", len) || !strncmp(at, "..", len);
}

static bool set_scope(struct rule_draft *d, const char *value, struct scan *s,
		      struct rule_fault *ret)
{
	size_t len = strlen(value), part;

	if (*value != '/' || !text_is_clean(value))
		return scan_unexpected(s, ret,
				       "expected the path of a cgroup, or a pattern, from "
				       "the root of cgroup v2: /a/b, /a/*");
	while (len > 1 && value[len - 1] == '/')
		len--;
	if (len >= sizeof(d->rule.scope))
		return scan_fault(s, ret, "longer than %zu bytes", sizeof(d->rule.scope) - 1);
	for (s->at = 1; len > 1 && s->at < len; s->at += part + 1) {
		part = strcspn(value + s->at, "/");
		if (component_fault(value + s->at, part))
			return scan_fault(s, ret, "no cgroup has '%.*s' in its path",
					  (int)(part ? part : 2), part ? value + s->at : "//");
	}
	memset(d->rule.scope, 0, sizeof(d->rule.scope));
	d->rule.flags &= ~RULE_CGROUPS;
	if (len == 1) /* all that is watched, as without this key */
		return true;
	memcpy(d->rule.scope, value, len);
	d->rule.flags |= RULE_CGROUPS;
	return true;
}

static bool set_max_processes(struct rule_draft *d, const char *value, struct scan *s,
			      struct rule_fault *ret)
{
	uint64_t n;

	if (text_to_u64(value, &n) || n > UINT32_MAX)
		return scan_unexpected(s, ret, "expected a number, 0 for no limit");
	d->rule.max_processes = (__u32)n;
	return true;
}

static bool set_max_bytes(struct rule_draft *d, const char *value, struct scan *s,
			  struct rule_fault *ret)
{
	if (value[s->len] || scan_kib(s, &d->rule.max_kib))
		return scan_unexpected(s, ret,
				       "expected a size like 2G from 1K, or 0 for no limit");
	return true;
}

static bool set_cooldown(struct rule_draft *d, const char *value, struct scan *s,
			 struct rule_fault *ret)
{
	__u64 ms;

	if (value[s->len] || scan_ms(s, &ms) || ms > COOLDOWN_MAX_MS)
		return scan_unexpected(s, ret, "expected a time like 15s, at most 24h");
	d->rule.cooldown_ms = ms;
	return true;
}

static bool set_flag(struct rule_draft *d, __u32 flag, const char *value, struct scan *s,
		     struct rule_fault *ret)
{
	bool yes;

	if (text_to_bool(value, &yes))
		return scan_unexpected(s, ret, "expected yes or no");
	d->rule.flags = yes ? d->rule.flags | flag : d->rule.flags & ~flag;
	return true;
}

static bool set_dry_run(struct rule_draft *d, const char *value, struct scan *s,
			struct rule_fault *ret)
{
	return set_flag(d, RULE_DRY_RUN, value, s, ret);
}

static bool set_shadow(struct rule_draft *d, const char *value, struct scan *s,
		       struct rule_fault *ret)
{
	return set_flag(d, RULE_SHADOW, value, s, ret);
}

/* NULL: a grammar of its own. */
static const struct {
	const char *name;
	set_fn *set;
} keys[RULE_KEYS] = {
	[RULE_KEY_WHEN] = { "when", NULL },
	[RULE_KEY_SCOPE] = { "scope", set_scope },
	[RULE_KEY_CHOOSE] = { "choose", set_choose },
	[RULE_KEY_ORDER] = { "order", set_order },
	[RULE_KEY_MAX_PROCESSES] = { "max_processes", set_max_processes },
	[RULE_KEY_MAX_BYTES] = { "max_bytes", set_max_bytes },
	[RULE_KEY_ACTION] = { "action", NULL },
	[RULE_KEY_COOLDOWN] = { "cooldown", set_cooldown },
	[RULE_KEY_DRY_RUN] = { "dry_run", set_dry_run },
	[RULE_KEY_SHADOW] = { "shadow", set_shadow },
};

const char *rule_key_name(__u32 key)
{
	return key < RULE_KEYS ? keys[key].name : "?";
}

int rule_key_find(const char *name)
{
	for (int i = 0; i < RULE_KEYS; i++) {
		if (!strcmp(keys[i].name, name))
			return i;
	}
	return -1;
}

bool rule_set(struct rule_draft *d, enum rule_key key, const char *value, struct programs *programs,
	      struct rule_fault *ret)
{
	struct scan s;
	bool good;

	scan_begin(&s, value, "");
	if (key == RULE_KEY_WHEN)
		good = rule_parse_when(d, value, ret);
	else if (key == RULE_KEY_ACTION)
		good = rule_parse_action(&d->rule, value, programs, ret);
	else
		good = keys[key].set(d, value, &s, ret);
	if (good)
		d->written |= 1u << key;
	return good;
}

int rule_conflict(const struct rule_draft *d, struct rule_fault *ret)
{
	const struct rule *r = &d->rule;
	struct scan whole = { .text = "" };

	for (__u32 i = 0; i < r->terms && !(r->flags & RULE_CGROUPS); i++) {
		struct scan at = { .text = "", .at = d->term_at[i] };

		if (r->term[i].flags & TERM_SYSTEM)
			scan_fault(&at, ret,
				   "'system.' is for rules about cgroups: this one has no scope");
		else if (signal_info(r->term[i].signal)->flags & SIGNAL_OF_CGROUP)
			scan_fault(&at, ret, "only a cgroup has %s: the rule needs a scope below /",
				   signal_name(r->term[i].signal));
		else
			continue;
		return RULE_KEY_WHEN;
	}
	if ((r->order == ORDER_STALL || r->order == ORDER_PGSCAN) && r->what != CHOOSE_CGROUP) {
		scan_fault(&whole, ret, "order = %s needs choose = cgroup", order_name(r->order));
		return RULE_KEY_ORDER;
	}
	if ((r->order == ORDER_BENEFIT || r->order == ORDER_LMKD) && r->what == CHOOSE_CGROUP) {
		scan_fault(&whole, ret, "order = %s needs choose = process or group",
			   order_name(r->order));
		return RULE_KEY_ORDER;
	}
	if ((r->max_processes || r->max_kib) && r->what == CHOOSE_PROCESS) {
		scan_fault(&whole, ret,
			   "a limit on what is killed whole needs choose = cgroup or group");
		return r->max_processes ? RULE_KEY_MAX_PROCESSES : RULE_KEY_MAX_BYTES;
	}
	return -1;
}
