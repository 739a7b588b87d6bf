// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_filter.c - filters of peers as ours: collected, then written by what they do.
 */
#include "import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../agent/base/text.h"
#include "../agent/decide/filter.h"
#include "import_text.h"

#define COMM_MAX 15 /* bytes of a name that peers see */

/* What can be in a line of reapd.conf, as the value of a key. */
static bool fits_a_line(const char *key, const char *value)
{
	size_t len = strlen(value);

	return strlen(key) + 3 + len <= IMPORT_LINE && !strstr(value, " ;") && *value != ';' &&
	       *value != ' ' && value[len - 1] != ' ';
}

void import_filter(struct import *im, uint32_t kind, int32_t weight, const char *text,
		   const char *note)
{
	const char *wrong, *key = filter_kind_name(kind);
	struct import_filter *f;
	struct filter parsed;

	wrong = filter_parse(kind, text, &parsed);
	if (!wrong && !fits_a_line(key, text))
		wrong = "cannot be written in reapd.conf";
	if (!wrong && im->filters == FILTERS_MAX)
		wrong = "more than the 1024 filters that reapd can hold";
	if (wrong) {
		import_left(im, "%s '%s': %s", key, text, wrong);
		return;
	}
	for (size_t i = 0; i < im->filters; i++) {
		f = &im->filter[i];
		if (f->kind != kind || strcmp(f->text, text))
			continue;
		if (weight == IMPORT_PROTECT || f->weight == IMPORT_PROTECT ||
		    __builtin_add_overflow(f->weight, weight, &f->weight))
			f->weight = IMPORT_PROTECT;
		return;
	}
	im->filter = realloc(im->filter, (im->filters + 1) * sizeof(*f));
	if (!im->filter)
		abort();
	f = &im->filter[im->filters++];
	f->kind = kind;
	f->weight = weight;
	text_copy(f->text, sizeof(f->text), text);
	text_copy(f->note, sizeof(f->note), note);
}

/* "" for one that adds up to nothing. */
static const char *section_of(int32_t weight)
{
	if (weight == IMPORT_PROTECT)
		return "protect";
	return weight < 0 ? "avoid" : weight > 0 ? "prefer" : "";
}

static void write_filter(struct import *im, const struct import_filter *f)
{
	const char *key = filter_kind_name(f->kind);

	if (!*f->note || strlen(key) + strlen(f->text) + strlen(f->note) + 7 > IMPORT_LINE) {
		import_line(im, "%s = %s", key, f->text);
		return;
	}
	import_note_inline(im, f->note);
	import_line(im, "%s = %s  ; %s", key, f->text, f->note);
}

static void write_section(struct import *im, const char *section, const char *note)
{
	bool begun = false;

	for (size_t i = 0; i < im->filters; i++) {
		if (strcmp(section_of(im->filter[i].weight), section))
			continue;
		if (!begun)
			import_section(im, section);
		if (!begun && note)
			import_note(im, "%s", note);
		begun = true;
		write_filter(im, &im->filter[i]);
	}
}

void import_filters(struct import *im)
{
	write_section(im, "protect", im->protect_note);
	write_section(im, "avoid", im->avoid_note);
	write_section(im, "prefer", im->prefer_note);
}

/* A filter for this one; false when there is none. */
static bool name_filter(struct import *im, const struct name *name, int32_t weight)
{
	char text[sizeof(name->text) + 1];
	size_t len = strlen(name->text);

	if (name->kind == NAME_OTHER || memchr(name->text, '*', len))
		return false;
	snprintf(text, sizeof(text), "%s%s", name->text, name->kind == NAME_PREFIX ? "*" : "");
	import_filter(im, FILTER_PACKAGE, weight, text,
		      len > COMM_MAX ? "more than the 15 bytes seen there: it never matched" : "");
	return true;
}

/* The end of a path, from "(^|/)name$": no program's name has a '/'. */
static bool is_path(const struct name *name)
{
	return name->kind == NAME_OTHER && !name->begins && *name->text == '/';
}

int import_regex(struct import *im, const char *what, const char *regex, bool python,
		 int32_t weight)
{
	static struct names names;
	const char *wrong = import_names(regex, python, &names);
	char parts[256] = "";
	bool made = false, rest = false;
	size_t len = 0;

	if (wrong)
		return import_error(im, "%s '%s': %s", what, regex, wrong);
	for (size_t i = 0; i < names.n; i++) {
		const struct name *name = &names.name[i];

		if (is_path(name))
			continue;
		if (name_filter(im, name, weight)) {
			made = true;
			continue;
		}
		if (*name->text && len < sizeof(parts))
			len += (size_t)snprintf(parts + len, sizeof(parts) - len, "%s'%s'",
						len ? ", " : " ", name->text);
		rest = true;
	}
	if (rest)
		import_left(im,
			    "%s '%s': reapd compares whole names, and beginnings of names (NAME*). "
			    "This is neither%s%s: name the programs it is for, each as 'package = "
			    "NAME' in [%s]",
			    what, regex, *parts ? ", in" : "", parts, section_of(weight));
	else if (!made)
		import_left(im, "%s '%s': no program's name is like this", what, regex);
	return 0;
}
