// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config_rules.h"

#include <string.h>

#include "base/clock.h"
#include "config_keys.h"
#include "config_trust.h"

#define SECTION "rule"

/* The rule of this name, or a new one; NULL, with the reason said: it cannot be one. */
static struct config_rule *find_rule(struct config_parse *p, const char *name)
{
	struct config_spot at = { p->at.path, p->at.line, 0 };
	struct config_rule *r;

	if (!rule_name_valid(name)) {
		config_complain(p, &at,
				"[rule NAME]: a name is 1 to 31 letters, digits, '_', '.' and '-'");
		return NULL;
	}
	for (r = p->rules; r < p->rules + p->nrules; r++) {
		if (strcmp(r->draft.rule.name, name))
			continue;
		if (!p->owner || p->owner == r->owner)
			return r;
		config_complain(p, &at, "a file of uid %u must not change [rule %s] of %s",
				p->owner, name, r->section.path);
		return NULL;
	}
	if (p->nrules == RULES_MAX) {
		config_complain(p, &at, "more than %d rules", RULES_MAX);
		return NULL;
	}
	r = &p->rules[p->nrules++];
	rule_begin(&r->draft, name);
	r->owner = p->owner;
	r->section = at;
	return r;
}

bool config_rules_section(struct config_parse *p, const char *section)
{
	const char *name = section + strlen(SECTION);

	if (strncmp(section, SECTION, strlen(SECTION)) || (*name && !strchr(" \t", *name)))
		return false;
	p->rule = find_rule(p, name + strspn(name, " \t"));
	if (!p->rule) {
		p->rule = &p->rules[RULES_MAX];
		rule_begin(&p->rule->draft, "?");
	}
	return true;
}

/* What the owner of a limited drop-in may not decide; NULL: nothing. */
static const char *limit_fault(const struct config_parse *p, const struct rule *r,
			       enum rule_key key)
{
	if (key == RULE_KEY_SCOPE)
		return trust_cgroup_fault(r->scope, p->owner);
	for (__u32 i = 0; key == RULE_KEY_ACTION && i < r->steps; i++) {
		if (r->step[i].kind == STEP_RUN)
			return "'run' may not stand in a file that is not root's";
	}
	return NULL;
}

void config_rules_key(struct config_parse *p, const char *name, const char *value)
{
	struct rule_draft *d = &p->rule->draft;
	struct config_spot at = p->at;
	struct rule_fault fault;
	int key = rule_key_find(name);
	const char *wrong;

	if (key < 0) {
		const char *meant = scan_meant(name, rule_key_name, 0, RULE_KEYS);

		at.column = 0;
		config_complain(p, &at, "unknown key '%s' in section [rule %s]%s%s%s", name,
				d->rule.name, meant ? "; did you mean " : "", meant ? meant : "",
				meant ? "?" : "");
		return;
	}
	p->rule->key[key] = at;
	if (!rule_set(d, (enum rule_key)key, value, &p->config->programs, &fault)) {
		at.column += (int)fault.at;
		config_complain(p, &at, "%s", fault.text);
		d->written |= 1u << key;
		return;
	}
	wrong = p->owner ? limit_fault(p, &d->rule, (enum rule_key)key) : NULL;
	if (wrong)
		config_complain(p, &at, "%s", wrong);
}

static bool is_written(const struct config_rule *r, enum rule_key key)
{
	return r->draft.written & 1u << key;
}

static void check_rule(struct config_parse *p, const struct config_rule *r)
{
	struct rule_fault fault;
	struct config_spot at;
	int key;

	if (!is_written(r, RULE_KEY_WHEN))
		config_complain(p, &r->section, "[rule %s] has no 'when'", r->draft.rule.name);
	if (r->owner && !is_written(r, RULE_KEY_SCOPE))
		config_complain(p, &r->section, "[rule %s] in a file of uid %u needs a scope",
				r->draft.rule.name, r->owner);
	key = rule_conflict(&r->draft, &fault);
	if (key < 0)
		return;
	at = r->key[key];
	at.column += (int)fault.at;
	config_complain(p, &at, "%s", fault.text);
}

/* Each built-in rule of strategy host, in its order: its key in [host], and whether it applies. */
static const char *const builtin_keys[] = { "exhausted", "swap_full", "starving", "thrashing" };
#define BUILTIN_RULES (sizeof(builtin_keys) / sizeof(builtin_keys[0]))

static bool *builtin_applies(struct config *c, __u32 i)
{
	bool *const applies[BUILTIN_RULES] = { &c->exhausted, &c->swap_full, &c->starving,
					       &c->thrashing };

	return applies[i];
}

/* The built-in rules apply alone; beside rules that root wrote, only when they are asked for. */
static void resolve_builtin(const struct config_parse *p)
{
	struct config *c = p->config;
	bool ruled = false;

	for (__u32 i = 0; i < p->nrules; i++)
		ruled |= !p->rules[i].owner;
	for (__u32 i = 0; i < BUILTIN_RULES; i++) {
		if (ruled && !config_key_written(c, "host", builtin_keys[i]))
			*builtin_applies(c, i) = false;
	}
}

static __u32 builtin_rules(struct config *c)
{
	__u32 n = 0;

	for (__u32 i = 0; i < BUILTIN_RULES; i++)
		n += *builtin_applies(c, i);
	return n;
}

/* The policy is still the default one, with the built-in rules in it. */
static bool is_builtin(struct config *c, const char *name)
{
	for (__u32 i = 0; i < BUILTIN_RULES; i++) {
		if (*builtin_applies(c, i) && !strcmp(c->policy.rule[i].name, name))
			return true;
	}
	return false;
}

void config_rules_check(struct config_parse *p)
{
	struct config *c = p->config;
	const struct config_rule *r;

	resolve_builtin(p);
	config_android_resolve(c);
	for (r = p->rules; r < p->rules + p->nrules; r++) {
		check_rule(p, r);
		if (config_is_android(c))
			config_complain(p, &r->section, "rules are for strategy = host");
		if (is_builtin(c, r->draft.rule.name))
			config_complain(
				p, &r->section,
				"the built-in rule %s applies too ([host]): use another name",
				r->draft.rule.name);
	}
	if (p->nrules + builtin_rules(c) > RULES_MAX)
		config_complain(p, &p->rules[p->nrules - 1].section,
				"more than %d rules with the built-in ones", RULES_MAX);
}

static void add(struct policy *policy, const struct rule *rule)
{
	policy->rule[policy->rules++] = *rule;
}

/* [choose]'s, but for a cgroup, which has no oom_score_adj to rank it by. */
static __u32 default_order(const struct config_parse *p, const struct rule *r)
{
	__u32 order = p->config->order;

	if (r->what == CHOOSE_CGROUP && (order == ORDER_BENEFIT || order == ORDER_LMKD))
		return ORDER_BADNESS;
	return order;
}

static void add_written(struct config_parse *p, bool limited)
{
	struct policy *policy = &p->config->policy;
	struct rule *r;

	for (__u32 i = 0; i < p->nrules; i++) {
		if (!p->rules[i].owner == limited)
			continue;
		add(policy, &p->rules[i].draft.rule);
		r = &policy->rule[policy->rules - 1];
		if (!is_written(&p->rules[i], RULE_KEY_ORDER))
			r->order = default_order(p, r);
	}
}

static void compile_choose(struct config *c)
{
	struct choose_policy *choose = &c->policy.choose;

	choose->order = c->order;
	choose->growth_horizon_ms = (__u32)(c->growth_horizon_ns / NS_PER_MS);
	choose->least_kib = (__u32)c->least_size_kib;
	bands_compile(&c->android.bands, choose);
	for (__u32 i = 0; i < c->policy.rules; i++)
		c->policy.rule[i].order = c->order;
}

/* What [host] says of them. */
static void limit_builtin(const struct config *c, struct rule builtin[BUILTIN_RULES])
{
	struct rule *exhausted = &builtin[0], *swap_full = &builtin[1], *starving = &builtin[2],
		    *thrashing = &builtin[3];

	exhausted->term[0].limit = c->exhausted_mem_available;
	exhausted->term[1].limit = c->exhausted_swap_free;
	exhausted->term[2].limit = (__s64)(c->exhausted_within_ns / NS_PER_MS);
	swap_full->term[0].limit = c->swap_full_mem_available;
	swap_full->term[1].limit = (__s64)(c->swap_full_within_ns / NS_PER_MS);
	starving->term[0].limit = c->starving_mem_available;
	starving->term[2].limit = c->starving_psi_full;
	starving->term[2].window_ms = (__u32)(c->starving_window_ns / NS_PER_MS);
	thrashing->term[0].limit = c->thrashing_psi_full;
	thrashing->term[0].window_ms = (__u32)(c->thrashing_window_ns / NS_PER_MS);
	thrashing->term[1].limit = c->thrashing_mem_available;
	thrashing->term[2].window_ms = thrashing->term[0].window_ms;
	thrashing->term[2].limit = (__s64)(c->thrashing_swap_full_ns / NS_PER_MS);
}

void config_rules_compile(struct config_parse *p)
{
	struct config *c = p->config;
	struct policy *policy = &c->policy;
	struct rule builtin[BUILTIN_RULES];

	if (config_is_android(c)) {
		config_android_compile(c);
		compile_choose(c);
		c->rules_builtin = policy->rules;
		return;
	}
	strategy_host.defaults(policy);
	compile_choose(c);
	memcpy(builtin, policy->rule, sizeof(builtin));
	limit_builtin(c, builtin);
	memset(policy->rule, 0, sizeof(policy->rule));
	policy->rules = 0;
	add_written(p, false);
	c->rules_written = policy->rules;
	c->rules_builtin = builtin_rules(c);
	for (__u32 i = 0; i < BUILTIN_RULES; i++) {
		if (*builtin_applies(c, i))
			add(policy, &builtin[i]);
	}
	add_written(p, true);
}
