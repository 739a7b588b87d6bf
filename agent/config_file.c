// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#include "config_file.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "config_keys.h"
#include "config_rules.h"
#include "config_trust.h"

#define LINE_EXPECTED "expected [section] or key = value"

void config_complain(struct config_parse *p, const struct config_spot *at, const char *fmt, ...)
{
	char text[640], column[16] = "";
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (at->column)
		snprintf(column, sizeof(column), "%d:", at->column);
	log_err("%s:%d:%s %s", at->path, at->line, column, text);
	p->errors++;
}

/* About the present line as such. */
#define complain(p, ...) \
	config_complain(p, &(struct config_spot){ (p)->at.path, (p)->at.line, 0 }, __VA_ARGS__)

/* A filter of a limited drop-in: not beyond what its owner owns, and not in place of another. */
static const char *filter_fault(const struct config_parse *p, const struct filter *filter,
				const char *path, bool known)
{
	const char *wrong;

	if (filter->kind != FILTER_CGROUP)
		return "only cgroup = may stand in a file that is not root's";
	wrong = trust_cgroup_fault(path, p->owner);
	if (wrong)
		return wrong;
	return known ? "there is such a filter already" : NULL;
}

static void add_filter(struct config_parse *p, int action, const char *name, const char *value)
{
	struct filter_set *set = p->config->filters;
	int kind = filter_kind_find(name);
	struct filter filter;
	const char *wrong;
	__u32 i;

	if (kind < 0) {
		complain(p, "unknown key '%s'; allowed: package, cgroup, uid", name);
		return;
	}
	wrong = filter_parse((__u32)kind, value, &filter);
	for (i = 0; !wrong && i < set->n && !filter_same_key(&set->filter[i], &filter); i++)
		;
	if (!wrong && p->owner)
		wrong = filter_fault(p, &filter, value, i < set->n);
	if (wrong) {
		complain(p, "%s = %s: %s", name, value, wrong);
		return;
	}
	if (i == FILTERS_MAX) {
		complain(p, "more than %d filters", FILTERS_MAX);
		return;
	}
	filter.value = (__u32)action;
	set->filter[i] = filter;
	set->n += i == set->n;
}

static void set_key(struct config_parse *p, const char *section, const char *name,
		    const char *value)
{
	const struct config_key *key;
	bool section_known;
	char form[256];

	key = config_key_find(section, name, &section_known);
	if (key && !config_key_set(p->config, key, value)) {
		config_key_form(key, form, sizeof(form));
		complain(p, "%s = %s: must be %s", name, value, form);
	}
	if (key)
		return;
	if (!*section)
		complain(p, "'%s' stands before any [section]", name);
	else if (section_known)
		complain(p, "unknown key '%s' in section [%s]", name, section);
	else
		complain(p, "unknown section [%s]", section);
}

static int on_value(void *user, const char *section, const char *name, const char *value)
{
	struct config_parse *p = user;
	int action = filter_action_find(section);

	if (p->skip)
		return 1;
	if (p->rule)
		config_rules_key(p, name, value);
	else if (action >= 0)
		add_filter(p, action, name, value);
	else
		set_key(p, section, name, value);
	return 1;
}

/* Where inih finds the first of these bytes: before a comment, or NULL. */
static char *find_mark(char *line, const char *marks)
{
	for (char *at = line; *at && !(at > line && *at == ';' && isspace((unsigned char)at[-1]));
	     at++) {
		if (strchr(marks, *at))
			return at;
	}
	return NULL;
}

/* A line with a section: `end` is its ']'. */
static void begin_section(struct config_parse *p, const char *line, const char *end)
{
	char section[256];
	int action;

	snprintf(section, sizeof(section), "%.*s", (int)(end - line - 1), line + 1);
	action = filter_action_find(section);
	p->rule = NULL;
	p->skip = false;
	if (config_rules_section(p, section) || !p->owner ||
	    (action >= 0 && action != FILTER_PROTECT))
		return;
	complain(p, "only [rule], [avoid], [prefer] and [normal] may stand in a file of uid %u",
		 p->owner);
	p->skip = true;
}

/* Take in what inih does not tell. False, with the reason said: this is no line of a configuration. */
static bool notice(struct config_parse *p, char *line, size_t len, size_t indent)
{
	char *mark = find_mark(line, *line == '[' ? "]" : "=:");

	if (strlen(line) != len) {
		complain(p, "a NUL byte");
		return false;
	}
	if (!len || strchr("#;", *line))
		return true;
	if (!mark) {
		complain(p, LINE_EXPECTED);
		return false;
	}
	if (*line == '[') {
		begin_section(p, line, mark);
		return true;
	}
	for (mark++; isspace((unsigned char)*mark); mark++)
		;
	p->at.column = (int)(indent + (size_t)(mark - line)) + 1;
	return true;
}

/*
 * fgets for inih, which would cut a long line in two, take an indented one for the rest of the value
 * before it, and report only the first that is neither section nor key: here lines are counted,
 * their indent is dropped, and what is wrong is said and read as an empty line.
 */
static char *read_line(char *line, int size, void *stream)
{
	struct config_parse *p = stream;
	size_t len = 0, room = (size_t)size - 2, indent;
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
	p->at.line++;
	if (len > room) {
		complain(p, "line longer than %zu bytes", room);
		len = 0;
	}
	line[len] = 0;
	indent = p->at.line == 1 && !strncmp(line, "\xef\xbb\xbf", 3) ? 3 : 0;
	indent += strspn(line + indent, " \t\r");
	len -= indent;
	memmove(line, line + indent, len + 1);
	if (!notice(p, line, len, indent))
		len = 0;
	strcpy(line + len, "\n");
	return line;
}

static int read_lines(struct config_parse *p)
{
	int line = ini_parse_stream(read_line, p, on_value, p);

	if (line > 0) {
		p->at.line = line;
		complain(p, LINE_EXPECTED);
	}
	return p->error;
}

int config_file_read(struct config_parse *p, const char *path, bool dropin)
{
	int err = 0;

	p->file = fopen(path, "re");
	if (!p->file)
		return -errno;
	p->at = (struct config_spot){ .path = path };
	p->owner = 0;
	p->rule = NULL;
	p->skip = false;
	p->error = 0;
	if (dropin)
		err = trust_file(fileno(p->file), &p->owner);
	if (!err) {
		err = read_lines(p);
	} else if (err == -EPERM) {
		log_err("%s: its group or others may write it (chmod go-w)", path);
		p->errors++;
		err = 0;
	}
	fclose(p->file);
	return err;
}
