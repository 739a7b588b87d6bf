// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * import_names.c - the names that a regular expression matches, where they can be listed.
 *
 * The expression is read from left to right with the set of all that was matched so far: a letter
 * makes each longer, alternatives and small classes multiply them. `^(foo|ba[rz])$` ends as three
 * names, `^foo` as a prefix. What cannot be listed (repetition, large classes, back references) marks
 * what is known at that point as incomplete, so that the user can still be told.
 */
#include "import_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 8

struct item {
	bool begins; /* ^ stood in front of it */
	bool ends;   /* $ */
	bool open;   /* .* : anything may follow */
	bool more;   /* and more that is not known */
	char text[sizeof(((struct name *)0)->text)];
};

struct set {
	size_t n;
	struct item item[NAMES_MAX];
};

struct parser {
	const char *at;
	bool python;
	unsigned int depth;
	bool stop;	   /* no need to read on: it is wrong, or more than can be listed */
	const char *wrong; /* in words */
};

static void parse_alternatives(struct parser *p, struct set *s);

static struct set *set_copy(const struct set *s)
{
	struct set *copy = malloc(sizeof(*copy));

	if (!copy)
		abort();
	copy->n = s->n;
	memcpy(copy->item, s->item, s->n * sizeof(s->item[0]));
	return copy;
}

static void set_add(struct parser *p, struct set *s, const struct item *item)
{
	if (s->n == NAMES_MAX)
		p->stop = true;
	else
		s->item[s->n++] = *item;
}

static void wrong(struct parser *p, const char *what)
{
	p->stop = true;
	p->wrong = what;
}

static void set_join(struct parser *p, struct set *s, const struct set *other)
{
	for (size_t i = 0; i < other->n && !p->stop; i++)
		set_add(p, s, &other->item[i]);
}

static void set_more(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->item[i].more |= !s->item[i].ends;
}

/* Each goes on with this letter. What has ended cannot, and matches nothing. */
static void set_letter(struct set *s, char c)
{
	size_t n = 0, len;

	for (size_t i = 0; i < s->n; i++) {
		struct item *item = &s->item[i];

		if (item->ends)
			continue;
		len = strlen(item->text);
		if (item->open || item->more || len + 1 == sizeof(item->text)) {
			item->more = true;
		} else {
			item->text[len] = c;
			item->text[len + 1] = 0;
		}
		s->item[n++] = *item;
	}
	s->n = n;
}

static void set_begin(struct set *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct item *item = &s->item[i];

		if (*item->text || item->open || item->more)
			continue;
		item->begins = true;
		s->item[n++] = *item;
	}
	s->n = n;
}

static void set_end(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->item[i].ends = !s->item[i].open;
}

/* One of these letters. */
static void set_letters(struct parser *p, struct set *s, const char *letters)
{
	struct set *before = set_copy(s), *with;

	s->n = 0;
	for (; *letters && !p->stop; letters++) {
		with = set_copy(before);
		set_letter(with, *letters);
		set_join(p, s, with);
		free(with);
	}
	free(before);
}

/*
 * The letters of a class, p->at behind its '['; in `letters` or, when they are too many or are not
 * listed, none. Moves behind the ']'.
 */
static void take_class(struct parser *p, char *letters, size_t max)
{
	bool listed = *p->at != '^', first = true;
	size_t n = 0;

	p->at += !listed;
	for (; *p->at && (first || *p->at != ']'); p->at++, first = false) {
		unsigned char from, to;

		if (*p->at == '[' && p->at[1] && strchr(":.=", p->at[1])) {
			const char close[] = { p->at[1], ']', 0 };
			const char *end = strstr(p->at + 2, close);

			listed = false;
			p->at = end ? end + 1 : p->at;
			continue;
		}
		if (p->python && *p->at == '\\' && p->at[1]) {
			p->at++;
			listed &= !isalnum((unsigned char)*p->at);
		}
		from = to = (unsigned char)*p->at;
		if (p->at[1] == '-' && p->at[2] && p->at[2] != ']') {
			to = (unsigned char)p->at[2];
			p->at += 2;
		}
		for (unsigned int c = from; c <= to && listed; c++) {
			listed = n + 1 < max;
			letters[n] = (char)c;
			n += listed;
		}
	}
	letters[listed ? n : 0] = 0;
	if (*p->at)
		p->at++;
	else
		wrong(p, "a '[' is not closed");
}

static void parse_class(struct parser *p, struct set *s)
{
	char letters[17];

	take_class(p, letters, sizeof(letters));
	if (*letters)
		set_letters(p, s, letters);
	else
		set_more(s);
}

static void parse_group(struct parser *p, struct set *s)
{
	/* Of Python's own kinds of group the one that only groups is understood. */
	if (!strncmp(p->at, "?:", 2))
		p->at += 2;
	p->stop |= *p->at == '?' || p->depth == DEPTH_MAX;
	if (p->stop)
		return;
	p->depth++;
	parse_alternatives(p, s);
	p->depth--;
	if (*p->at == ')')
		p->at++;
	else if (!p->stop)
		wrong(p, "a '(' is not closed");
}

/* A backslash: a letter behind it has a meaning of its own, anything else is meant as it is. */
static void parse_escape(struct parser *p, struct set *s)
{
	unsigned char c = (unsigned char)*p->at;

	if (!c) {
		wrong(p, "ends in a backslash");
		return;
	}
	p->at++;
	if (isalnum(c) || strchr("<>`'", c))
		set_more(s);
	else
		set_letter(s, (char)c);
}

/* One thing, without what may be said behind it of how often it comes. */
static void parse_atom(struct parser *p, struct set *s)
{
	char c = *p->at++;

	switch (c) {
	case '(':
		parse_group(p, s);
		break;
	case '[':
		parse_class(p, s);
		break;
	case '\\':
		parse_escape(p, s);
		break;
	case '^':
		set_begin(s);
		break;
	case '$':
		set_end(s);
		break;
	case '.':
		set_more(s);
		break;
	default:
		set_letter(s, c);
	}
}

/* ".*": whatever it is. At the very beginning it takes away nothing: as if it were not there. */
static void set_open(struct set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct item *item = &s->item[i];

		if (!*item->text && !item->more)
			item->begins = false;
		else
			item->open = true;
	}
}

/* How often the last thing comes; `before` it was so. A second such mark (lazy, greedy) adds nothing. */
static void parse_times(struct parser *p, struct set *s, const struct set *before)
{
	if (*p->at == '?') {
		set_join(p, s, before);
		p->at++;
	} else if (*p->at && strchr("*+{", *p->at)) {
		s->n = before->n;
		memcpy(s->item, before->item, before->n * sizeof(s->item[0]));
		set_more(s);
		p->at += *p->at == '{' ? strcspn(p->at, "}") : 0;
		p->at += *p->at != 0;
	}
	p->at += strspn(p->at, "?*+");
}

static void parse_branch(struct parser *p, struct set *s)
{
	struct set *before;

	while (*p->at && *p->at != '|' && *p->at != ')' && !p->stop) {
		if (!strncmp(p->at, ".*", 2)) {
			p->at++;
			p->at += strspn(p->at, "?*+");
			set_open(s);
			continue;
		}
		before = set_copy(s);
		parse_atom(p, s);
		parse_times(p, s, before);
		free(before);
	}
}

static void parse_alternatives(struct parser *p, struct set *s)
{
	struct set *before = set_copy(s), *branch;

	s->n = 0;
	for (;;) {
		branch = set_copy(before);
		parse_branch(p, branch);
		set_join(p, s, branch);
		free(branch);
		if (p->stop || *p->at != '|')
			break;
		p->at++;
	}
	free(before);
}

static struct name name_of(const struct item *item)
{
	struct name name = { .kind = NAME_OTHER, .begins = item->begins };

	memcpy(name.text, item->text, sizeof(name.text));
	if (item->begins && !item->more && *item->text)
		name.kind = item->ends ? NAME_WHOLE : NAME_PREFIX;
	return name;
}

static void add_name(struct names *names, const struct item *item)
{
	struct name name = name_of(item);

	for (size_t i = 0; i < names->n; i++) {
		if (names->name[i].kind == name.kind && !strcmp(names->name[i].text, name.text))
			return;
	}
	names->name[names->n++] = name;
}

const char *import_names(const char *regex, bool python, struct names *ret)
{
	static const struct item unknown;
	struct parser p = { .at = regex, .python = python };
	struct set *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->n = 1;
	parse_alternatives(&p, s);
	if (!p.stop && *p.at)
		wrong(&p, "a ')' has no '('");
	ret->n = 0;
	for (size_t i = 0; i < s->n && !p.stop; i++)
		add_name(ret, &s->item[i]);
	if (p.stop && !p.wrong)
		add_name(ret, &unknown);
	free(s);
	return p.wrong;
}
