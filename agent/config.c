// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "config_file.h"
#include "config_keys.h"
#include "config_rules.h"
#include "props.h"
#include "rule_print.h"

void config_defaults(struct config *c)
{
	memset(c, 0, sizeof(*c));
	strcpy(c->strategy, "host");
	strcpy(c->scope, "/");
	strcpy(c->bpf_dir, "/sys/fs/bpf/reapd");
	strcpy(c->run_dir, "/run/reapd");
	strcpy(c->state_dir, "/var/lib/reapd");
	c->realtime = true;
	c->max_processes = 32768; /* the default pid_max; costs memory only as it is used */
	c->reapers = 2;
	c->rss_quantum_kib = 1024;
	c->calm_after_ns = 2 * NS_PER_S;      /* PSI's own averaging period */
	c->prekill_timeout_ns = 2 * NS_PER_S; /* a dump of statistics; less than a user notices */
	c->kill_timeout_ns = NS_PER_S;	      /* 12 GiB of small pages at 80 ms a GiB */
	strategy_host.defaults(&c->policy);
	c->order = c->policy.choose.order;
	c->growth_horizon_ns = c->policy.choose.growth_horizon_ms * NS_PER_MS;
	c->least_size_kib = c->policy.choose.least_kib;
	c->exhausted = c->swap_full = c->starving = c->thrashing = true;
	c->exhausted_mem_available = (uint32_t)c->policy.rule[0].term[0].limit;
	c->exhausted_swap_free = (uint32_t)c->policy.rule[0].term[1].limit;
	c->exhausted_within_ns = (uint64_t)c->policy.rule[0].term[2].limit * NS_PER_MS;
	c->swap_full_mem_available = (uint32_t)c->policy.rule[1].term[0].limit;
	c->swap_full_within_ns = (uint64_t)c->policy.rule[1].term[1].limit * NS_PER_MS;
	c->starving_mem_available = (uint32_t)c->policy.rule[2].term[0].limit;
	c->starving_psi_full = (uint32_t)c->policy.rule[2].term[2].limit;
	c->starving_window_ns = c->policy.rule[2].term[2].window_ms * NS_PER_MS;
	c->thrashing_psi_full = (uint32_t)c->policy.rule[3].term[0].limit;
	c->thrashing_window_ns = c->policy.rule[3].term[0].window_ms * NS_PER_MS;
	c->thrashing_mem_available = (uint32_t)c->policy.rule[3].term[1].limit;
	c->thrashing_swap_full_ns = (uint64_t)c->policy.rule[3].term[2].limit * NS_PER_MS;
	config_android_defaults(c);
}

/* A file that could not be read is said here; its errno is the result. */
static int read_file(struct config_parse *p, const char *path, bool dropin, bool may_miss)
{
	int err = config_file_read(p, path, dropin);

	if (err == -ENOENT && may_miss)
		return 0;
	if (err)
		log_err("%s: %s", path, strerror(-err));
	return err;
}

/* DIR/NAME.conf and DIR/NAME.conf.d. The paths of the drop-ins live in *found. */
static int read_files(struct config_parse *p, const char *path, bool may_miss, glob_t *found)
{
	int err = read_file(p, path, false, may_miss), one;
	char pattern[PATH_MAX];

	snprintf(pattern, sizeof(pattern), "%s.d/*.conf", path);
	glob(pattern, 0, NULL, found);
	for (size_t i = 0; i < found->gl_pathc; i++) {
		one = read_file(p, found->gl_pathv[i], true, false);
		err = err ? err : one;
	}
	return err;
}

int config_load(struct config *ret, const char *path)
{
	struct config c;
	struct config_parse p = { .config = &c };
	glob_t found = {};
	int err = -ENOMEM;

	config_defaults(&c);
	c.filters = calloc(1, sizeof(*c.filters));
	p.rules = calloc(RULES_MAX + 1, sizeof(*p.rules));
	if (!c.filters || !p.rules)
		goto cleanup;
	err = read_files(&p, path ? path : CONFIG_FILE, !path, &found);
	if (config_is_android(&c) && props_system())
		props_apply(&c, props_system(), NULL);
	config_rules_check(&p);
	err = !err && p.errors ? -EINVAL : err;
	if (err)
		goto cleanup;
	config_rules_compile(&p);
	*ret = c;
cleanup:
	if (err)
		config_done(&c);
	globfree(&found);
	free(p.rules);
	return err;
}

void config_done(struct config *c)
{
	free(c->filters);
	c->filters = NULL;
	programs_done(&c->programs);
}

/* Is it one of [rule], not a built-in one? */
static bool is_written(const struct config *c, __u32 rule)
{
	return rule < c->rules_written || rule >= c->rules_written + c->rules_builtin;
}

void config_print(const struct config *c, FILE *f)
{
	char text[REAPD_PATH_LEN];

	config_keys_print(c, f);
	for (__u32 i = 0; i < c->policy.rules; i++) {
		if (!is_written(c, i))
			continue;
		fputs("\n", f);
		rule_print(&c->policy.rule[i], &c->programs, f);
	}
	for (__u32 i = 0; c->filters && i < c->filters->n; i++) {
		const struct filter *filter = &c->filters->filter[i];

		fprintf(f, "\n[%s]\n%s = %s\n",
			filter_action_name(filter->value & FILTER_ACTION_MASK),
			filter_kind_name(filter->kind), filter_text(filter, text, sizeof(text)));
	}
}

void config_print_words(const struct config *c, FILE *f)
{
	unsigned int i = 0;
	const char *note;

	if (config_is_android(c))
		fputs("\n# The reasons to kill are lmkd's, with the numbers of [android].\n", f);
	while ((note = config_android_note(c, &i)))
		fprintf(f, "# %s.\n", note);
	for (i = 0; i < c->policy.rules && !config_is_android(c); i++) {
		fputs("\n", f);
		rule_print_words(&c->policy.rule[i], &c->programs, c->scope, "# ", 80, f);
	}
}
