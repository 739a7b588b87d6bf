// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_nohang_adjust.c - nohang's "@KEY NUMBER /// REGEX" lines. What they add to the badness of a
 * process becomes a filter: less than nothing in sum is [avoid], more is [prefer].
 */
#include "import_nohang.h"

#include <string.h>

#include "../agent/base/text.h"
#include "../agent/decide/filter.h"
#include "import_text.h"

#define SEPARATOR "///"

typedef bool name_fn(struct import *im, const struct name *name, int32_t weight);

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && !strcmp(text + len - n, end);
}

/* A path, or the beginning of one that ends where a name ends. */
static bool cgroup_name(struct import *im, const struct name *name, int32_t weight)
{
	char path[sizeof(name->text)];
	size_t len = strlen(name->text);
	bool whole = name->kind == NAME_WHOLE || ends_in(name->text, "/") ||
		     ends_in(name->text, ".slice") || ends_in(name->text, ".service") ||
		     ends_in(name->text, ".scope");

	if (name->kind == NAME_OTHER || !whole || *name->text != '/' || len < 2)
		return false;
	strcpy(path, name->text);
	if (path[len - 1] == '/')
		path[len - 1] = 0;
	import_filter(im, FILTER_CGROUP, weight, path, "and all below it");
	return true;
}

/* The path of a program: its name alone. A directory has none. */
static bool program_name(struct import *im, const struct name *name, int32_t weight)
{
	const char *base = strrchr(name->text, '/');
	char text[sizeof(name->text) + 1], note[96];

	if (name->kind == NAME_OTHER || !base || !base[1] || strchr(base, '*'))
		return false;
	snprintf(text, sizeof(text), "%s%s", base + 1, name->kind == NAME_PREFIX ? "*" : "");
	snprintf(note, sizeof(note), "%.*s", (int)sizeof(note) - 1, name->text);
	import_filter(im, FILTER_PACKAGE, weight, text, note);
	return true;
}

static bool uid_number(struct import *im, const struct name *name, int32_t weight)
{
	uint64_t uid;

	if (name->kind != NAME_WHOLE || text_to_u64(name->text, &uid) || uid > UINT32_MAX)
		return false;
	import_filter(im, FILTER_UID, weight, name->text,
		      "the real user id, not the effective one");
	return true;
}

static const struct adjust {
	const char *key;
	name_fn *filter; /* NULL: reapd has no filters of this kind */
	const char *hint;
} adjusts[] = {
	{ "@BADNESS_ADJ_RE_CGROUP_V1", cgroup_name,
	  "a cgroup filter is a path from the top: cgroup = /PATH" },
	{ "@BADNESS_ADJ_RE_CGROUP_V2", cgroup_name,
	  "a cgroup filter is a path from the top: cgroup = /PATH" },
	{ "@BADNESS_ADJ_RE_REALPATH", program_name,
	  "a package filter is a program's name, or NAME*" },
	{ "@BADNESS_ADJ_RE_UID", uid_number, "a uid filter is one number: uid = NUMBER" },
	{ "@BADNESS_ADJ_RE_CWD", NULL, "reapd does not look at working directories; use cgroup =" },
	{ "@BADNESS_ADJ_RE_CMDLINE", NULL,
	  "reapd does not read command lines (under pressure that stalls); use package = or cgroup =" },
	{ "@BADNESS_ADJ_RE_ENVIRON", NULL,
	  "reapd does not read environments; use uid = or cgroup =" },
};
#define ADJUSTS (sizeof(adjusts) / sizeof(adjusts[0]))

static int apply(struct import *im, const char *where, const struct adjust *a, const char *regex,
		 int32_t weight)
{
	static struct names names;
	const char *wrong = import_names(regex, true, &names);
	bool all = a->filter && names.n;

	if (wrong)
		return import_error(im, "%s: '%s': %s", where, regex, wrong);
	for (size_t i = 0; i < names.n && a->filter; i++)
		all &= a->filter(im, &names.name[i], weight);
	if (!all)
		import_left(im, "%s %d '%s': %s", a->key, weight, regex, a->hint);
	return 0;
}

/* Split "KEY FIRST /// SECOND" behind its key; false when there is no separator. */
static bool split(char *text, char **first, char **second)
{
	char *at = strstr(text, SEPARATOR);

	if (!at)
		return false;
	*at = 0;
	*first = import_trim(text);
	*second = import_trim(at + strlen(SEPARATOR));
	return true;
}

static int adjust(struct import *im, const char *where, const char *key, char *text)
{
	char *number, *regex, what[64];
	int64_t weight;

	if (!split(text, &number, &regex))
		return import_error(im, "%s: %s: no '" SEPARATOR "' in it", where, key);
	if (text_to_i64(number + (*number == '+'), &weight) || weight < -1000000 ||
	    weight > 1000000)
		return import_error(im, "%s: %s: '%s' is not a whole number", where, key, number);
	if (!weight)
		return 0;
	for (size_t i = 0; i < ADJUSTS; i++) {
		if (!strcmp(adjusts[i].key, key))
			return apply(im, where, &adjusts[i], regex, (int32_t)weight);
	}
	snprintf(what, sizeof(what), "%s %d", key, (int)weight);
	return import_regex(im, what, regex, true, (int32_t)weight);
}

static bool is_adjust(const char *key)
{
	for (size_t i = 0; i < ADJUSTS; i++) {
		if (!strcmp(adjusts[i].key, key))
			return true;
	}
	return !strcmp(key, "@BADNESS_ADJ_RE_NAME");
}

int nohang_adjust(struct import *im, const char *where, char *line)
{
	char key[32], *text = line + strcspn(line, " \t"), *first, *second;
	size_t len = (size_t)(text - line);

	if (len < sizeof(key)) {
		memcpy(key, line, len);
		key[len] = 0;
		if (is_adjust(key))
			return adjust(im, where, key, text);
		if (!strncmp(key, "@SOFT_ACTION_RE_", 16) && split(text, &first, &second)) {
			import_left(
				im,
				"%s %s: '%s' in place of SIGTERM: 'run' starts a program by its "
				"path, without arguments, for whoever a rule chose",
				key, first, second);
			return 0;
		}
	}
	import_left(im, "%s: %s: not a key that is known here", where, line);
	return 0;
}
