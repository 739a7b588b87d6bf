// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_out.c - how importers write: lines, comments above them, and what is said at the end.
 */
#include "import.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../agent/base/text.h"
#include "../agent/decide/strategy.h"
#include "import_text.h"
#include <reapd/event.h>

#define COMMENT_WIDTH 79
#define TERMS_MAX     6 /* comparisons of a rule */

/* As text in one line, whatever was put in; to be freed. */
static __attribute__((format(printf, 1, 0))) char *clean_text(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		abort();
	text_clean(text);
	return text;
}

/* Lines but the first begin with `indent`, behind the '#'. */
static void comment(struct import *im, const char *text, const char *indent)
{
	char prefix[8];

	snprintf(prefix, sizeof(prefix), "# %s", indent);
	fputs("# ", im->out);
	text_wrap(im->out, prefix, COMMENT_WIDTH, text);
}

void import_begin(struct import *im, const struct import_host *host, const char *from)
{
	char *head;

	memset(im, 0, sizeof(*im));
	im->host = *host;
	im->out = open_memstream(&im->text, &im->size);
	im->notes = json_object_new_array();
	im->left = json_object_new_array();
	if (!im->out || !im->notes || !im->left ||
	    asprintf(
		    &head,
		    "reapd.conf(5) for what %s says, by reapctl import. A comment above or behind a "
		    "line says what is not exactly the same; what has no line is named at the end.",
		    from) < 0)
		abort();
	text_clean(head);
	comment(im, head, "");
	free(head);
}

void import_done(struct import *im)
{
	if (im->out)
		fclose(im->out);
	im->out = NULL;
	free(im->text);
	free(im->filter);
	json_object_put(im->notes);
	json_object_put(im->left);
}

static void section(struct import *im, bool off, const char *name)
{
	im->off = off;
	fprintf(im->out, "\n%s[%s]\n", off ? "#" : "", name);
}

void import_section(struct import *im, const char *name)
{
	section(im, false, name);
}

void import_line(struct import *im, const char *fmt, ...)
{
	size_t n = json_object_array_length(im->notes);
	va_list args;
	int lines = 0;
	char *text;

	va_start(args, fmt);
	text = clean_text(fmt, args);
	va_end(args);
	fprintf(im->out, "%s%s\n", im->off ? "#" : "", text);
	free(text);
	if (!im->pending)
		return;
	fflush(im->out);
	for (size_t i = 0; i < im->size; i++)
		lines += im->text[i] == '\n';
	for (; im->pending; im->pending--)
		json_object_object_add(json_object_array_get_idx(im->notes, n - im->pending),
				       "line", json_object_new_int(lines));
}

void import_note_inline(struct import *im, const char *text)
{
	struct json_object *note = json_object_new_object();

	json_object_object_add(note, "text", json_object_new_string(text));
	json_object_array_add(im->notes, note);
	im->pending++;
}

void import_note(struct import *im, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = clean_text(fmt, args);
	va_end(args);
	comment(im, text, "");
	import_note_inline(im, text);
	free(text);
}

void import_note_rounding(struct import *im, double percent)
{
	if (import_share_rounds(percent))
		import_note(im, "%g%% rounded: reapd counts in tenths.", percent);
}

void import_left(struct import *im, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = clean_text(fmt, args);
	va_end(args);
	json_object_array_add(im->left, json_object_new_string(text));
	free(text);
}

int import_error(struct import *im, const char *fmt, ...)
{
	va_list args;

	if (!*im->error) {
		va_start(args, fmt);
		vsnprintf(im->error, sizeof(im->error), fmt, args);
		va_end(args);
		text_clean(im->error);
	}
	return -EINVAL;
}

static bool rule_is_there(const struct import *im, const char *name)
{
	for (unsigned int i = 0; i < im->rules; i++) {
		if (!strcmp(im->rule[i], name))
			return true;
	}
	return false;
}

/* What is not allowed in a name is left out; blanks become a '-'. */
static void rule_stem(const char *base, char stem[32])
{
	size_t n = 0;

	for (; *base && n < 31; base++) {
		if (isalnum((unsigned char)*base) || strchr("_.-", *base))
			stem[n++] = *base;
		else if (*base == ' ' || *base == '/')
			stem[n++] = '-';
	}
	stem[n] = 0;
	if (!n)
		strcpy(stem, "rule");
}

static void rule_name(const struct import *im, const char *base, const char *suffix, char name[32])
{
	char stem[32], end[32];

	rule_stem(base, stem);
	for (unsigned int turn = 1;; turn++) {
		snprintf(end, sizeof(end), "%s%s", *suffix ? "-" : "", suffix);
		if (turn > 1)
			snprintf(end + strlen(end), sizeof(end) - strlen(end), "-%u", turn);
		stem[31 - strlen(end)] = 0;
		text_copy(name, 32, stem);
		text_copy(name + strlen(name), 32 - strlen(name), end);
		if (!rule_is_there(im, name))
			return;
	}
}

/* A path, or a pattern of paths, as a rule can be over. */
static bool scope_valid(const char *scope)
{
	size_t len;

	if (strlen(scope) >= REAPD_PATH_LEN || !text_is_clean(scope) || strstr(scope, " ;"))
		return false;
	for (; *scope == '/'; scope += len) {
		len = strcspn(++scope, "/");
		if (!len || !strncmp(scope, ".", len) || !strncmp(scope, "..", len))
			return false;
	}
	return !*scope;
}

/* NULL, or why reapd could not hold such a rule. */
static const char *rule_wrong(const struct import *im, const char *scope, const char *when)
{
	unsigned int terms = 1;

	for (const char *p = when; (p = strstr(p, " and ")); p++)
		terms++;
	if (im->rules == IMPORT_RULES)
		return "more than the 32 rules that reapd can hold";
	if (*scope && !scope_valid(scope))
		return "no path of a cgroup, nor a pattern of paths";
	if (terms > TERMS_MAX)
		return "more than the 6 comparisons that a rule can have";
	if (strlen("scope = ") + strlen(scope) > IMPORT_LINE ||
	    strlen("when = ") + strlen(when) > IMPORT_LINE)
		return "longer than a line of reapd.conf can be";
	return NULL;
}

void import_rule(struct import *im, const char *base, const char *suffix, const char *scope,
		 const char *when)
{
	const char *wrong = rule_wrong(im, scope, when);
	char name[32], head[48];

	rule_name(im, base, suffix, name);
	snprintf(head, sizeof(head), "rule %s", name);
	section(im, wrong, head);
	if (wrong)
		import_left(im, "rule %s: %s", name, wrong);
	else
		memcpy(im->rule[im->rules++], name, sizeof(name));
}

/* Keys of the built-in rules: their names, with '_'. */
static void print_own(struct import *im)
{
	struct policy own;

	strategy_host.defaults(&own);
	fputs("#[host]\n", im->out);
	for (__u32 i = 0; i < own.rules; i++) {
		for (char *c = own.rule[i].name; (c = strchr(c, '-'));)
			*c = '_';
		fprintf(im->out, "#%s = %s\n", own.rule[i].name, im->rules ? "yes" : "no");
	}
}

void import_end(struct import *im)
{
	size_t n = json_object_array_length(im->left);

	import_filters(im);
	im->off = false;
	fputc('\n', im->out);
	comment(im, n ? "Left out:" : "Nothing was left out.", "");
	for (size_t i = 0; i < n; i++) {
		char *item;

		if (asprintf(&item, "- %s",
			     json_object_get_string(json_object_array_get_idx(im->left, i))) < 0)
			abort();
		comment(im, item, "  ");
		free(item);
	}
	fputc('\n', im->out);
	if (im->rules)
		comment(im,
			"Beside rules that are written, reapd's own are off. To have them too, "
			"behind these, take away the '#':",
			"");
	else
		comment(im, "No rule was written, so reapd's own count. Without them:", "");
	print_own(im);
	fclose(im->out);
	im->out = NULL;
}
