/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * import_text.h - reading what peers' configurations are made of, and writing values of ours.
 */
#ifndef REAPCTL_IMPORT_TEXT_H
#define REAPCTL_IMPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Split off the next line, without its end; NULL when there is none. *number counts them. With
 * `joined`, a line that ends in a backslash goes on in the next one.
 */
char *import_next_line(char **at, unsigned int *number, bool joined);

/* Without blanks around it. */
char *import_trim(char *s);

/* Split "key = value" at its first '='; false when there is none. Both are trimmed. */
bool import_key_value(char *line, char **key, char **value);

/*
 * Split into words as a shell does: blanks, quotes, backslashes; nothing is expanded. Returns how
 * many, -EINVAL for a quote that does not end, -E2BIG for more than `max`.
 */
int import_words(char *text, char **words, size_t max);

/* All of the string is one finite decimal number. */
bool import_number(const char *s, double *ret);

/* Values in our notation. Return buf. A share is rounded to a tenth, but only 0 becomes 0. */
char *import_time(char *buf, size_t size, double seconds);
char *import_share(char *buf, size_t size, double percent);

#define IMPORT_HOLD_MAX_S  3600 /* of a comparison, and of SIGTERM */
#define IMPORT_PAUSE_MAX_S 86400

/* " for 20s", as long as a comparison can be held; nothing for 0. Returns buf. */
char *import_held(char *buf, size_t size, double seconds);

/* What import_share() writes is not exactly this. */
bool import_share_rounds(double percent);

/* The lesser one. */
static inline double import_least(double a, double b)
{
	return a < b ? a : b;
}

/* A command that is the path of a program and no more, as an action takes it. */
bool import_is_program(const char *command);

/* Append "signal op value" to the comparisons of `when`. */
void import_and(char *when, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whose configuration this is, as its name on the command line; NULL: nobody's that we know. */
const char *import_recognise(const char *text);

/* What a regular expression matches, as far as names can say it. */
enum name_kind {
	NAME_WHOLE,
	NAME_PREFIX,
	NAME_OTHER /* .text is the part of it that is known, perhaps none */
};

struct name {
	enum name_kind kind;
	bool begins; /* the text is at the beginning of what matches */
	char text[128];
};

#define NAMES_MAX 128

struct names {
	size_t n;
	struct name name[NAMES_MAX];
};

/*
 * Returns NULL, or what is wrong with the expression, in words. The dialect is Python's, or else
 * POSIX's extended one.
 */
const char *import_names(const char *regex, bool python, struct names *ret);

#endif
