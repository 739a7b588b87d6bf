// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config.h"

#include <errno.h>
#include <glob.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "config_keys.h"

/* One parse of one file. */
struct parse {
	struct config *config;
	const char *path;
	FILE *file;
	int line;
	int errors;
	int error; /* the file could not be read to its end */
};

#define LINE_EXPECTED "expected [section] or key = value"

static void __attribute__((format(printf, 2, 3))) complain(struct parse *p, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_err("%s:%d: %s", p->path, p->line, text);
	p->errors++;
}

static void add_filter(struct parse *p, int action, const char *name, const char *value)
{
	struct filter_set *set = p->config->filters;
	int kind = filter_kind_find(name);
	struct filter filter;
	const char *wrong;

	if (kind < 0) {
		complain(p, "unknown key '%s'; allowed: package, cgroup, uid", name);
		return;
	}
	wrong = filter_parse((__u32)kind, value, &filter);
	if (wrong) {
		complain(p, "%s = %s: %s", name, value, wrong);
		return;
	}
	filter.value = (__u32)action;
	for (__u32 i = 0; i < set->n; i++) {
		if (!filter_same_key(&set->filter[i], &filter))
			continue;
		set->filter[i] = filter;
		return;
	}
	if (set->n == FILTERS_MAX) {
		complain(p, "more than %d filters", FILTERS_MAX);
		return;
	}
	set->filter[set->n++] = filter;
}

static int on_value(void *user, const char *section, const char *name, const char *value)
{
	struct parse *p = user;
	int action = filter_action_find(section);
	const struct config_key *key;
	bool section_known;
	char form[256];

	if (action >= 0) {
		add_filter(p, action, name, value);
		return 1;
	}
	key = config_key_find(section, name, &section_known);
	if (key) {
		if (config_key_set(p->config, key, value))
			return 1;
		config_key_form(key, form, sizeof(form));
		complain(p, "%s = %s: must be %s", name, value, form);
		return 1;
	}
	if (!*section)
		complain(p, "'%s' stands before any [section]", name);
	else if (section_known)
		complain(p, "unknown key '%s' in section [%s]", name, section);
	else
		complain(p, "unknown section [%s]", section);
	return 1;
}

/* What is wrong with a line whatever section it is in; NULL: nothing. */
static const char *line_fault(const char *line, size_t len)
{
	if (strlen(line) != len)
		return "a NUL byte";
	if (!len || strchr("#;", *line))
		return NULL;
	if (*line == '[' ? !strchr(line, ']') : !strpbrk(line, "=:"))
		return LINE_EXPECTED;
	return NULL;
}

/*
 * fgets for inih, which would cut a long line in two, take an indented one for the rest of the value
 * before it, and report only the first that is neither section nor key: here lines are counted,
 * their indent is dropped, and what is wrong is said and read as an empty line.
 */
static char *read_line(char *line, int size, void *stream)
{
	struct parse *p = stream;
	size_t len = 0, room = (size_t)size - 2, indent;
	const char *fault;
	bool any = false;
	int c;

	while ((c = getc(p->file)) != EOF && c != '\n') {
		any = true;
		if (len < room)
			line[len] = (char)c;
		len++;
	}
	if (c == EOF && ferror(p->file))
		p->error = -errno;
	if (c == EOF && !any)
		return NULL;
	p->line++;
	if (len > room) {
		complain(p, "line longer than %zu bytes", room);
		len = 0;
	}
	line[len] = 0;
	indent = p->line == 1 && !strncmp(line, "\xef\xbb\xbf", 3) ? 3 : 0;
	indent += strspn(line + indent, " \t\r");
	len -= indent;
	memmove(line, line + indent, len + 1);
	fault = line_fault(line, len);
	if (fault) {
		complain(p, "%s", fault);
		len = 0;
	}
	strcpy(line + len, "\n");
	return line;
}

static int parse_file(struct config *c, const char *path)
{
	struct parse p = { .config = c, .path = path, .file = fopen(path, "re") };
	int line;

	if (!p.file)
		return -errno;
	line = ini_parse_stream(read_line, &p, on_value, &p);
	fclose(p.file);
	if (line > 0) {
		p.line = line;
		complain(&p, LINE_EXPECTED);
	}
	if (p.error)
		return p.error;
	return p.errors ? -EINVAL : 0;
}

/* DIR/NAME.conf.d for DIR/NAME.conf. */
static int parse_dropins(struct config *c, const char *path)
{
	char pattern[PATH_MAX];
	int err = 0, one;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s.d/*.conf", path);
	if (glob(pattern, 0, NULL, &found))
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		one = parse_file(c, found.gl_pathv[i]);
		if (one && one != -EINVAL)
			log_err("%s: %s", found.gl_pathv[i], strerror(-one));
		err = err ? err : one;
	}
	globfree(&found);
	return err;
}

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
	c->calm_after_ns = 2 * NS_PER_S; /* PSI's own averaging period */
	c->kill_timeout_ns = NS_PER_S;	 /* 12 GiB of small pages at 80 ms a GiB */
	strategy_host.defaults(&c->policy);
	c->order = c->policy.choose.order;
	c->growth_horizon_ns = c->policy.choose.growth_horizon_ms * NS_PER_MS;
	c->least_size_kib = c->policy.choose.least_kib;
	c->exhausted = c->thrashing = true;
	c->exhausted_mem_available = (uint32_t)c->policy.rule[0].term[0].limit;
	c->exhausted_swap_free = (uint32_t)c->policy.rule[0].term[1].limit;
	c->exhausted_within_ns = (uint64_t)c->policy.rule[0].term[2].limit * NS_PER_MS;
	c->thrashing_psi_full = (uint32_t)c->policy.rule[1].term[0].limit;
	c->thrashing_window_ns = c->policy.rule[1].term[0].window_ms * NS_PER_MS;
	c->thrashing_mem_available = (uint32_t)c->policy.rule[1].term[1].limit;
}

/* The keys of [choose] and [host] as the policy that decide/ understands. */
static void compile(struct config *c)
{
	struct policy *p = &c->policy;
	struct rule exhausted, thrashing;

	strategy_host.defaults(p);
	p->choose.order = c->order;
	p->choose.growth_horizon_ms = (__u32)(c->growth_horizon_ns / NS_PER_MS);
	p->choose.least_kib = (__u32)c->least_size_kib;
	exhausted = p->rule[0];
	thrashing = p->rule[1];
	exhausted.term[0].limit = c->exhausted_mem_available;
	exhausted.term[1].limit = c->exhausted_swap_free;
	exhausted.term[2].limit = (__s64)(c->exhausted_within_ns / NS_PER_MS);
	thrashing.term[0].limit = c->thrashing_psi_full;
	thrashing.term[0].window_ms = (__u32)(c->thrashing_window_ns / NS_PER_MS);
	thrashing.term[1].limit = c->thrashing_mem_available;
	memset(p->rule, 0, sizeof(p->rule));
	p->rules = 0;
	if (c->exhausted)
		p->rule[p->rules++] = exhausted;
	if (c->thrashing)
		p->rule[p->rules++] = thrashing;
}

int config_load(struct config *ret, const char *path)
{
	const char *file = path ? path : CONFIG_FILE;
	struct config c;
	int err, dropins;

	config_defaults(&c);
	c.filters = calloc(1, sizeof(*c.filters));
	if (!c.filters)
		return -ENOMEM;
	err = parse_file(&c, file);
	if (err == -ENOENT && !path)
		err = 0;
	if (err && err != -EINVAL)
		log_err("%s: %s", file, strerror(-err));
	dropins = parse_dropins(&c, file);
	err = err ? err : dropins;
	if (err) {
		config_done(&c);
		return err;
	}
	compile(&c);
	*ret = c;
	return 0;
}

void config_done(struct config *c)
{
	free(c->filters);
	c->filters = NULL;
}

void config_print(const struct config *c, FILE *f)
{
	char text[REAPD_PATH_LEN];

	config_keys_print(c, f);
	for (__u32 i = 0; c->filters && i < c->filters->n; i++) {
		const struct filter *filter = &c->filters->filter[i];

		fprintf(f, "\n[%s]\n%s = %s\n",
			filter_action_name(filter->value & FILTER_ACTION_MASK),
			filter_kind_name(filter->kind), filter_text(filter, text, sizeof(text)));
	}
}
